using System.Runtime.CompilerServices;
using Xunit;

namespace Cleiss.TestKit;

/// <summary>
/// Compares text with a file kept beside the test. <c>CLEISS_ACCEPT_GOLDEN=1</c> writes what was received, for a reviewed commit.
/// </summary>
public static class Golden
{
    /// <param name="file">Relative to the folder of the calling test's source file.</param>
    public static void Match(string received, string file, [CallerFilePath] string test = "")
    {
        ArgumentNullException.ThrowIfNull(received);
        var path = Path.Combine(Path.GetDirectoryName(test)!, file);
        var text = received.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("CLEISS_ACCEPT_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run once with CLEISS_ACCEPT_GOLDEN=1 and review what it holds.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text);
    }
}
