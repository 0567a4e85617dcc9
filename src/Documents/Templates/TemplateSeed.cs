using Cleiss.Persistence.Startup;
using Microsoft.Extensions.Options;

namespace Cleiss.Documents.Templates;

public sealed class TemplateOptions
{
    /// <summary>Folder with <c>&lt;process&gt;/&lt;code&gt;/</c>; empty finds the folder <c>templates</c> above the running program.</summary>
    public string Path { get; set; } = "";
}

/// <summary>Brings the templates of this release into the database, which is the truth from then on.</summary>
public sealed class TemplateSeed(TemplateStore templates, IOptions<TemplateOptions> options) : IStartupTask
{
    // Before definitions, which may only name templates that exist.
    public int Order => 300;

    public string Title => "Modèles";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var root = options.Value.Path.Length > 0 ? Path.GetFullPath(options.Value.Path) : FindAbove(AppContext.BaseDirectory);
        foreach (var folder in Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateDirectories).Order(StringComparer.Ordinal))
        {
            await templates.SeedAsync(Path.GetRelativePath(root, folder).Replace('\\', '/'), await ReadAsync(folder, cancellationToken), cancellationToken);
        }
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            // A checkout may have other line ends; the same release must have the same hash everywhere.
            files[Path.GetFileName(file)] = (await File.ReadAllTextAsync(file, cancellationToken)).ReplaceLineEndings("\n");
        }

        return files;
    }

    private static string FindAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "templates");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"No folder « templates » above {start}; set Templates:Path.");
    }
}
