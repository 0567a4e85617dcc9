using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Cleiss.Persistence.Files;

/// <summary>Tells the type of an upload by its bytes; what its name claims counts for nothing.</summary>
public static class MediaSniffer
{
    public const string Pdf = "application/pdf";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Odt = "application/vnd.oasis.opendocument.text";
    public const string Text = "text/plain";

    /// <summary>The accepted types as a person reads them.</summary>
    public const string Accepted = "PDF, PNG, JPEG, Word (.docx), OpenDocument (.odt) et texte (UTF-8)";

    /// <returns>One of the types above, or null when the content is none of them.</returns>
    public static string? Sniff(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.AsSpan() switch
        {
            var bytes when bytes.StartsWith("%PDF-"u8) => Pdf,
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [(byte)'P', (byte)'K', 3, 4, ..] => SniffZip(content),
            _ => IsText(content) ? Text : null,
        };
    }

    /// <summary>The usual ending of a name for the type, with the dot.</summary>
    public static string ExtensionOf(string mediaType) => mediaType switch
    {
        Pdf => ".pdf",
        Png => ".png",
        Jpeg => ".jpg",
        Docx => ".docx",
        Odt => ".odt",
        Text => ".txt",
        _ => ".bin",
    };

    private static string? SniffZip(byte[] content)
    {
        try
        {
            // Only names are read, and one entry of a few bytes: a zip bomb is not unpacked here.
            using var zip = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (zip.GetEntry("[Content_Types].xml") is not null && zip.GetEntry("word/document.xml") is not null)
            {
                return Docx;
            }

            if (zip.GetEntry("mimetype") is { } entry && entry.Length == Odt.Length)
            {
                using var reader = new StreamReader(entry.Open(), Encoding.ASCII);
                return reader.ReadToEnd() == Odt ? Odt : null;
            }
        }
        catch (InvalidDataException)
        {
            // Begins like a zip and is none.
        }

        return null;
    }

    private static bool IsText(ReadOnlySpan<byte> content) =>
        content.Length > 0 && Utf8.IsValid(content) && content.IndexOfAnyInRange((byte)0, (byte)8) < 0 && content.IndexOfAnyInRange((byte)14, (byte)31) < 0;
}
