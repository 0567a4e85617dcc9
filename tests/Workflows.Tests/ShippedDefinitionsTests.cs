using Cleiss.Engine.Definitions;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class ShippedDefinitionsTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task Nothing_is_wrong_with_a_shipped_definition_not_even_slightly()
    {
        var versions = await agency.Get<IDefinitionStore>().ListAsync(null, CancellationToken.None);

        Assert.NotEmpty(versions);
        foreach (var version in versions)
        {
            var problems = await agency.Get<DefinitionPublisher>().CheckAsync(version.DefinitionId, version.Document, CancellationToken.None);
            Assert.True(problems.Count == 0, string.Join('\n', problems.Select(problem => $"{version.DefinitionId} {problem.Code} {problem.Path} {problem.Message}")));
        }
    }
}
