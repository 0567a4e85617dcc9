using Cleiss.Browser.Tests.Studio;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Cleiss.Browser.Tests.LongestFirst", "Cleiss.Browser.Tests")]

namespace Cleiss.Browser.Tests;

/// <summary>Two collections run at a time. The stories in Studio take as long as all the others together: begun last, they would run alone to the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.DisplayName != StudioCollection.Name).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
