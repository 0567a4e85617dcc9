using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Cleiss.TestKit;

/// <summary>A PDF looked at with poppler's and qpdf's tools.</summary>
public sealed class PrintedFile(byte[] content)
{
    public byte[] Content => content;

    /// <summary>PDF/UA-1, by the file's own metadata; the compiler refuses to write it where it does not hold.</summary>
    public bool SaysItIsUniversallyAccessible => Encoding.Latin1.GetString(content).Contains("<pdfuaid:part>1<", StringComparison.Ordinal);

    public Task<string> InfoAsync() => RunAsync("pdfinfo", "{0}");

    public Task<string> FontsAsync() => RunAsync("pdffonts", "{0}");

    public Task<string> StructureAsync() => RunAsync("qpdf", "--json=2 --json-key=qpdf {0}");

    /// <summary>The tags, one a line, as a screen reader meets them.</summary>
    public Task<string> TagsAsync() => RunAsync("pdfinfo", "-struct {0}");

    /// <summary>Every object as text, content streams unpacked.</summary>
    public Task<string> ObjectsAsync() => RunAsync("qpdf", "--qdf --object-streams=disable {0} -");

    public async Task<string> TextAsync() => (await RunAsync("pdftotext", "{0} -")).ReplaceLineEndings("\n");

    /// <summary>The text as it was set, cell by cell, without any white space: lines may break anywhere.</summary>
    public async Task<string> RunningTextAsync() => Squeeze(await RunAsync("pdftotext", "-raw {0} -"));

    /// <summary>Without white space, as <see cref="RunningTextAsync"/> gives it.</summary>
    public static string Squeeze(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character) && character is not ('\u200b' or '\u00ad')));

    /// <summary>The first page as a grey picture, one byte a pixel, without a header that names the tool.</summary>
    public async Task<GreyPicture> DrawAsync(int resolution)
    {
        var folder = Directory.CreateTempSubdirectory("cleiss-page-").FullName;
        try
        {
            await RunAsync("pdftoppm", $"-gray -r {resolution} -singlefile {{0}} {folder}/page");
            return GreyPicture.Read(await File.ReadAllBytesAsync(Path.Combine(folder, "page.pgm")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> RunAsync(string tool, string arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, content);
            using var process = Process.Start(new ProcessStartInfo(tool, string.Format(CultureInfo.InvariantCulture, arguments, file))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{tool}: {await errors}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
