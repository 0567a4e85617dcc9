using Xunit;

namespace Cleiss.Browser.Tests.Formulaires;

/// <summary>What owners design, in one product: each story works on a form or a template of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ConceptionCollection : ICollectionFixture<Product>
{
    public const string Name = "conception";
}
