using System.Text.RegularExpressions;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Engine.Tests;

public sealed class ErrorReferenceTests
{
    [Fact]
    public void EveryErrorCode_IsExplained()
    {
        var root = RepositoryFolder.Path;
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
}
