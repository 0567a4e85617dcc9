using System.Xml.Linq;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>References between projects point one way; an arrow the other way would tie the engine to the product around it.</summary>
public sealed class ProjectArrowsTests
{
    // A project may refer to those before it, and to none beside it on the same step.
    private static readonly string[][] Steps =
    [
        ["Engine"], ["Scripting", "Persistence"], ["Forms", "Documents"], ["Activities"], ["Workflows"], ["Web"], ["Studio"], ["Host"],
    ];

    [Fact]
    public void Projects_refer_only_to_those_below_them()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var project = Path.GetFileNameWithoutExtension(file);
            var references = XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            wrong.AddRange(references.Where(reference => StepOf(reference) >= StepOf(project)).Select(reference => $"{project} → {reference}"));
        }

        Assert.Empty(wrong);
    }

    private static int StepOf(string project)
    {
        var step = Array.FindIndex(Steps, names => names.Contains(project));
        Assert.True(step >= 0, $"{project} has no place in the order of projects; give it one here.");
        return step;
    }
}
