using System.IO.Compression;
using System.Text;
using System.Xml;
using Cleiss.Persistence.Files;

namespace Cleiss.Workflows.Traductions.Words;

/// <summary>Counts the words of a document: runs of letters and digits, with what joins them. Scripts without spaces count each sign of theirs.</summary>
public static class WordCount
{
    /// <summary>What a zip may unfold to; a document of that size holds more words than a year's lot.</summary>
    private const int LargestText = 50 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LargestText, Async = false };

    /// <summary>Of a text, Word or OpenDocument file; the text of a PDF comes from the script host.</summary>
    /// <returns>Null when the file holds no text a program can read, e.g. a picture: a person counts then.</returns>
    public static int? Of(string mediaType, byte[] content)
    {
        try
        {
            var text = mediaType switch
            {
                MediaSniffer.Text => Encoding.UTF8.GetString(content),
                MediaSniffer.Docx => ReadZip(content, "word/document.xml", "http://schemas.openxmlformats.org/wordprocessingml/2006/main", ["p", "tab", "br"], "t"),
                MediaSniffer.Odt => ReadZip(content, "content.xml", "urn:oasis:names:tc:opendocument:xmlns:text:1.0", ["p", "h", "s", "tab", "line-break"], null),
                _ => null,
            };
            return text is null || Count(text) is not (> 0 and var words) ? null : words;
        }
        catch (Exception e) when (e is InvalidDataException or XmlException)
        {
            return null;
        }
    }

    public static int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = 0;
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsSign(c))
            {
                words++;
                inside = false;
            }
            else if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                words += inside ? 0 : 1;
                inside = true;
            }
            else if (!(inside && IsJoiner(c) && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1])))
            {
                inside = inside && IsMark(c);
            }
        }

        return words;
    }

    /// <summary>Chinese and Japanese write without spaces; the trade counts their signs.</summary>
    private static bool IsSign(char c) => c is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff';

    private static bool IsJoiner(char c) => c is '-' or '\u2011' or '.' or ',' or '/' or '@' or '_';

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.Format;

    private static string? ReadZip(byte[] content, string entryName, string space, string[] breaks, string? textElement)
    {
        using var zip = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        if (zip.GetEntry(entryName) is not { } entry || entry.Length > LargestText)
        {
            return null;
        }

        using var stream = entry.Open();
        using var xml = XmlReader.Create(stream, Settings);
        var text = new StringBuilder();
        var inText = textElement is null;
        while (xml.Read())
        {
            if (xml.NodeType is XmlNodeType.Element or XmlNodeType.EndElement && xml.NamespaceURI == space)
            {
                inText = textElement is null || (xml.LocalName == textElement && xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement);
                if (breaks.Contains(xml.LocalName))
                {
                    text.Append(' ');
                }
            }
            else if (inText && xml.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
            {
                text.Append(xml.Value);
            }
        }

        return text.ToString();
    }
}
