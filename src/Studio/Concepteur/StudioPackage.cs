using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;

namespace Cleiss.Studio.Concepteur;

/// <summary>
/// The files of Elsa Studio as its npm package ships them. What may be served is listed once, at the first request: an address is looked up
/// in this list and never becomes a path.
/// </summary>
public sealed partial class StudioPackage
{
    private const string Name = "@elsa-workflows/elsa-studio-wasm";

    private readonly Lazy<FrozenDictionary<string, StudioFile>> _files = new(List);

    /// <param name="address">As in the package, with slashes: <c>_framework/blazor.webassembly.js</c>.</param>
    public StudioFile? Find(string address) => _files.Value.GetValueOrDefault(address);

    private static FrozenDictionary<string, StudioFile> List()
    {
        var folder = Locate();
        using var package = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "package.json")));
        var version = package.RootElement.GetProperty("version").GetString()!;
        var types = new FileExtensionContentTypeProvider { Mappings = { [".dat"] = "application/octet-stream", [".map"] = "application/json" } };
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Address: Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')))
            // Not the page it ships (ours stands in its place), nor what npm keeps about it.
            .Where(file => !file.Address.EndsWith(".br", StringComparison.Ordinal) && !file.Address.EndsWith(".gz", StringComparison.Ordinal)
                && file.Address is not ("index.html" or "package.json"))
            .ToFrozenDictionary(file => file.Address, file => new StudioFile(
                file.Path,
                types.TryGetContentType(file.Path, out var type) ? type : "application/octet-stream",
                version,
                File.Exists(file.Path + ".br"),
                File.Exists(file.Path + ".gz"),
                Fingerprint().IsMatch(file.Address)));
    }

    /// <summary>Searches upwards from the program and from the working folder, as Node itself finds packages.</summary>
    private static string Locate()
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var package = Path.Combine(folder.FullName, "node_modules", Name);
                if (File.Exists(Path.Combine(package, "package.json")))
                {
                    return package;
                }
            }
        }

        throw new DirectoryNotFoundException($"{Name} is missing: run « npm install --no-save » in the root of the repository.");
    }

    // name.<ten characters>.wasm as .NET writes it, name-<eight characters>.js as Monaco's build does.
    [GeneratedRegex(@"\.[a-z0-9]{10}\.[a-z]+$|/monaco-editor/min/vs/(assets/)?[\w.]+-[\w-]{8}\.js$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fingerprint();
}
