namespace Cleiss.Browser.Tests;

internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    /// <summary>The host of the same configuration as these tests.</summary>
    public static string HostAssembly
    {
        get
        {
            var configuration = System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
            return System.IO.Path.Combine(Path, "artifacts", "bin", "Host", configuration, "Cleiss.Host.dll");
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Cleiss.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Cleiss.sln is not above the test assembly.");
    }
}
