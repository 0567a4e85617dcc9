using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Cleiss.Host.ElsaApi.Files;

/// <param name="Name">With the name of the zip it came in.</param>
internal sealed record JsonFile(string Name, JsonObject Content);

/// <summary>Files that definitions and instances leave and come in as: JSON, or a zip of JSON.</summary>
internal static class JsonFiles
{
    public const int MostFiles = 500;
    private const int LargestFile = 20 * 1024 * 1024;
    private const int LargestImport = 100 * 1024 * 1024;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static IResult Send(JsonFile file) => Results.File(Bytes(file.Content), "application/json", file.Name);

    public static IResult SendZip(string name, IEnumerable<JsonFile> files)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                using var entry = zip.CreateEntry(file.Name).Open();
                entry.Write(Bytes(file.Content));
            }
        }

        return Results.File(content.ToArray(), "application/zip", name);
    }

    /// <summary>All files of an upload, and what is wrong with those that cannot be read. What a zip really holds is counted, not what it says.</summary>
    public static async Task<(IReadOnlyList<JsonFile> Files, Dictionary<string, string[]> Faults)> ReceiveAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (files, faults) = (new List<JsonFile>(), new Dictionary<string, string[]>(StringComparer.Ordinal));
        if (!request.HasFormContentType)
        {
            faults["files"] = ["Envoyez les fichiers dans un formulaire (multipart), sous le nom « files »."];
            return (files, faults);
        }

        var left = LargestImport;
        foreach (var (name, open) in Entries((await ReadFormAsync(request, cancellationToken)).Files, faults))
        {
            try
            {
                await using var stream = open();
                var bytes = await ReadAsync(stream, Math.Min(LargestFile, left), cancellationToken);
                if (bytes is null)
                {
                    faults[name] = [$"« {name} » est trop grand : 20 Mo par fichier, 100 Mo en tout, une fois décompressés."];
                    break;
                }

                left -= bytes.Length;
                if (Parse(name, bytes) is var (file, fault) && file is not null)
                {
                    files.Add(file);
                }
                else
                {
                    faults[name] = [$"« {name} » : {fault}"];
                }
            }
            catch (InvalidDataException)
            {
                faults[name] = [$"« {name} » n'est pas lisible : le fichier zip est abîmé."];
            }
        }

        if (files.Count == 0 && faults.Count == 0)
        {
            faults["files"] = ["Il n'y a aucun fichier JSON dans cet envoi."];
        }

        return (files, faults);
    }

    private static async Task<IFormCollection> ReadFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.ReadFormAsync(cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new BadHttpRequestException("The form cannot be read.", e);
        }
    }

    private static IEnumerable<(string Name, Func<Stream> Open)> Entries(IFormFileCollection uploaded, Dictionary<string, string[]> faults)
    {
        var count = 0;
        foreach (var file in uploaded)
        {
            if (!file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                yield return (file.FileName, file.OpenReadStream);
                continue;
            }

            using var stream = file.OpenReadStream();
            using var zip = Open(stream);
            if (zip is null)
            {
                faults[file.FileName] = [$"« {file.FileName} » n'est pas un fichier zip lisible."];
                continue;
            }

            foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
            {
                if (++count > MostFiles)
                {
                    faults[file.FileName] = [$"« {file.FileName} » contient trop de fichiers : {MostFiles} au plus."];
                    yield break;
                }

                yield return ($"{file.FileName}/{entry.FullName}", entry.Open);
            }
        }
    }

    private static ZipArchive? Open(Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        // A file shorter than a zip's directory makes the reader seek before its beginning.
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <returns>Null when there is more than allowed.</returns>
    private static async Task<byte[]?> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[81920];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (content.Length + read > most)
            {
                return null;
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    private static (JsonFile? File, string? Fault) Parse(string name, byte[] bytes)
    {
        var json = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        if (JsonText.FaultOf(json) is { } fault)
        {
            return (null, fault);
        }

        try
        {
            return JsonNode.Parse(json.Span) is JsonObject content ? (new JsonFile(name, content), null) : (null, "ce n'est pas un objet JSON.");
        }
        catch (JsonException)
        {
            return (null, "ce n'est pas du JSON lisible.");
        }
    }

    private static byte[] Bytes(JsonObject content) => Encoding.UTF8.GetBytes(content.ToJsonString(Indented));
}
