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

    /// <summary>
    /// Compares a page with the sketch kept beside the test. Numbers, dates and codes differ from print to print and fonts from release to release,
    /// so a place may be a little off; a part that is missing or lies elsewhere may not.
    /// </summary>
    public static void MatchPicture(GreyPicture received, string file, [CallerFilePath] string test = "")
    {
        ArgumentNullException.ThrowIfNull(received);
        var path = Path.Combine(Path.GetDirectoryName(test)!, file);
        var sketch = received.Sketch();
        if (Environment.GetEnvironmentVariable("CLEISS_ACCEPT_GOLDEN") == "1")
        {
            File.WriteAllText(path, sketch);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run once with CLEISS_ACCEPT_GOLDEN=1 and review what it holds.");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        var off = expected.Zip(sketch).Where(pair => char.IsDigit(pair.First)).Select(pair => Math.Abs(pair.First - pair.Second)).ToList();
        Assert.True(expected.Length == sketch.Length && off.Average() < 0.25 && off.Max() <= 5, $"{path} holds another picture than{Environment.NewLine}{sketch}");
    }
}
