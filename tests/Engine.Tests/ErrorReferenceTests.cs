using System.Text.RegularExpressions;
using Xunit;

namespace Cleiss.Engine.Tests;

public sealed class ErrorReferenceTests
{
    [Fact]
    public void EveryErrorCode_IsExplained()
    {
        var root = RepositoryRoot();
        var codes = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "CLS-[0-9]{4}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        var headings = File.ReadAllLines(Path.Combine(root, "docs", "reference", "errors.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line[3..].Trim())
            .ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(codes);
        Assert.Empty(codes.Except(headings, StringComparer.Ordinal));
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cleiss.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder with Cleiss.sln above the tests.");
    }
}
