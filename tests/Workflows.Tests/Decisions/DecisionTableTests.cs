using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Workflows.Tests.Decisions;

/// <summary>Tables as their owner writes them: checked before they are published, and true to what they say.</summary>
public sealed class DecisionTableTests(Agency agency) : IClassFixture<Agency>
{
    private const string Columns =
        """[{"nom":"Pays","entree":"pays"},{"nom":"Mois","entree":"mois","genre":"nombre"},{"nom":"Début","entree":"debut","genre":"date","peutManquer":true}]""";

    [Fact]
    public async Task A_table_that_covers_everything_may_be_published() =>
        Assert.Empty(await CodesAsync("première", """["\"GB\"","-",">= date(\"2021-05-01\")"]""", """["-","[1..24]","-"]""", """["-","-","-"]"""));

    [Fact]
    public async Task A_gap_between_two_bounds_is_named()
    {
        var problem = Assert.Single(await ProblemsAsync("unique", """["-","<= 24","-"]""", """["-","> 36","-"]"""));

        Assert.Equal("CLS-1047", problem.Code);
        Assert.Contains("Mois = 36", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_fact_is_a_gap_as_well()
    {
        var problems = await ProblemsAsync("unique", """["-","-",">= date(\"2021-05-01\")"]""", """["-","-","< date(\"2021-05-01\")"]""");

        Assert.Contains("Début = absent", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_policy_unique_two_rows_may_not_claim_one_case()
    {
        var problems = await ProblemsAsync("unique", """["-","<= 24","-"]""", """["-",">= 24","-"]""");

        Assert.Equal("CLS-1048", Assert.Single(problems).Code);
        Assert.Equal(["CLS-1049"], await CodesAsync("première", """["-","-","-"]""", """["-",">= 24","-"]"""));
    }

    [Theory]
    [InlineData("première", """["\"GB\"","-"]""")]
    [InlineData("au hasard", """["-","-","-"]""")]
    [InlineData("première", """["-","douze","-"]""")]
    public async Task What_cannot_be_read_is_refused_with_the_place(string policy, string row) =>
        Assert.Contains("CLS-1046", await CodesAsync(policy, row, """["-","-","-"]"""));

    [Fact]
    public async Task An_outcome_that_the_activity_does_not_have_is_refused()
    {
        var document = Document("première", ["""["-","-","-"]"""], outcomes: """["Autre"]""");

        Assert.Contains("CLS-1046", (await agency.Get<DefinitionPublisher>().CheckAsync("table-issue", document, CancellationToken.None)).Select(problem => problem.Code));
    }

    [Theory]
    [InlineData("GB", 12, "2021-05-01", 1)]
    [InlineData("GB", 12, "2021-04-30", 2)]
    [InlineData("IT", 25, null, 3)]
    public async Task The_uppermost_row_that_matches_decides(string country, int months, string? from, int row)
    {
        var document = Document(
            "première", ["""["\"GB\"","-",">= date(\"2021-05-01\")"]""", """["-","[1..24]","-"]""", """["-","-","-"]"""],
            facts: new JsonObject { ["pays"] = country, ["mois"] = months, ["debut"] = from });
        var definition = await agency.Get<DefinitionPublisher>().PublishAsync("table-" + Guid.NewGuid().ToString("N"), document, CancellationToken.None);
        var id = Guid.NewGuid().ToString("N");

        await agency.Get<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id, id), CancellationToken.None);

        Assert.Equal(1, await agency.CountAsync(
            $"select count(*) from bookmarks where workflow_instance_id = '{id}' and activity_id = 'suite-{row}'"));
    }

    private async Task<IReadOnlyList<string>> CodesAsync(string policy, params string[] rows) => [.. (await ProblemsAsync(policy, rows)).Select(problem => problem.Code)];

    private Task<IReadOnlyList<DefinitionProblem>> ProblemsAsync(string policy, params string[] rows) =>
        agency.Get<DefinitionPublisher>().CheckAsync("table-essai", Document(policy, rows), CancellationToken.None);

    private static JsonObject Document(string policy, IReadOnlyList<string> rows, string? outcomes = null, JsonObject? facts = null)
    {
        var names = rows.Select((_, index) => $"Suite {index + 1}").ToList();
        var table = new JsonObject
        {
            ["politique"] = policy,
            ["colonnes"] = JsonNode.Parse(Columns),
            ["lignes"] = new JsonArray([.. rows.Select((row, index) => new JsonObject { ["nom"] = names[index], ["si"] = JsonNode.Parse(row), ["issue"] = names[index] })]),
        };
        var decide = Activity("decider", "Cleiss.DecisionTable");
        decide["table"] = Input("Object", table.ToJsonString(), "Object");
        decide["facts"] = Input("Object", (facts ?? new JsonObject { ["pays"] = "GB" }).ToJsonString(), "Object");
        decide["outcomes"] = Input("Object", outcomes ?? new JsonArray([.. names.Select(name => JsonValue.Create(name))]).ToJsonString(), "String[]");
        var after = names.Select((_, index) => Event($"suite-{index + 1}", "suite")).ToList();
        return Definition(Flowchart(
            [decide, .. after],
            outcomes is null ? [.. names.Select((name, index) => $"decider.{name}>suite-{index + 1}")] : []));
    }
}
