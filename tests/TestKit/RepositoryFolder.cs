namespace Cleiss.TestKit;

/// <summary>The working copy the tests were built in.</summary>
public static class RepositoryFolder
{
    public static string Path { get; } = Find();

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
