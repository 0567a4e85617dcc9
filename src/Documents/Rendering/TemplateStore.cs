using Microsoft.Extensions.Options;

namespace Cleiss.Documents.Rendering;

public sealed class TemplateOptions
{
    /// <summary>Folder with <c>&lt;process&gt;/&lt;code&gt;/</c>; empty finds the folder <c>templates</c> above the running program.</summary>
    public string Path { get; set; } = "";
}

/// <summary>Document (.typ) and mail (.liquid) templates, one folder each: <c>templates/&lt;process&gt;/&lt;code&gt;/</c>.</summary>
public sealed class TemplateStore
{
    private readonly string _root;

    public TemplateStore(IOptions<TemplateOptions> options)
    {
        _root = options.Value.Path.Length > 0 ? Path.GetFullPath(options.Value.Path) : FindAbove(AppContext.BaseDirectory);
    }

    /// <summary>Codes of all templates, as <c>process/code</c>.</summary>
    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateDirectories(_root).SelectMany(Directory.EnumerateDirectories)
            .Select(folder => Path.GetRelativePath(_root, folder).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public bool Exists(string template) => List().Contains(template, StringComparer.Ordinal);

    /// <summary>All files of a template by their name.</summary>
    /// <exception cref="KeyNotFoundException">No such template; the message names those there are.</exception>
    public IReadOnlyDictionary<string, byte[]> Read(string template)
    {
        // The list, not the path, decides: a name with « .. » is in no list.
        if (!Exists(template))
        {
            throw new KeyNotFoundException($"There is no template « {template} ». Known templates: {string.Join(", ", List())}.");
        }

        return Directory.EnumerateFiles(Path.Combine(_root, template)).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes, StringComparer.Ordinal);
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
