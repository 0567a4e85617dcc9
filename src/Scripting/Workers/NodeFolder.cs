namespace Cleiss.Scripting.Workers;

/// <summary>Where the worker modules and their npm packages are: beside each other under one folder.</summary>
public sealed record NodeFolder(string Root)
{
    private const string Modules = "src/Scripting/node";

    public string PathOf(string module) => Path.Combine(Root, Modules, module + ".mjs");

    /// <exception cref="DirectoryNotFoundException">No folder upwards holds the worker modules.</exception>
    public static NodeFolder Find(string? setting)
    {
        if (!string.IsNullOrWhiteSpace(setting))
        {
            return new NodeFolder(Path.GetFullPath(setting));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "package.json")) && Directory.Exists(Path.Combine(folder.FullName, Modules)))
            {
                return new NodeFolder(folder.FullName);
            }
        }

        throw new DirectoryNotFoundException(
            $"No folder above {AppContext.BaseDirectory} holds package.json and {Modules}; name it in Scripting:Root.");
    }
}
