using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

public sealed class FlowchartTests
{
    [Fact]
    public async Task Outcomes_ChooseTheConnections()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [Activity("d", "Elsa.FlowDecision", ("condition", Literal(true))), Line("oui", "oui"), Line("non", "non")],
            "d.True>oui", "d.False>non")));

        Assert.Equal(["oui"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, instance.SubStatus);
    }

    [Theory]
    [InlineData("MatchFirst", "un")]
    [InlineData("MatchAny", "un,deux")]
    public async Task FlowSwitch_RunsMatchingCases(string mode, string expected)
    {
        await using var host = new WorkflowTestHost();
        var cases = System.Text.Json.Nodes.JsonNode.Parse(
            """[{"label":"A","condition":{"type":"Literal","value":true}},{"label":"B","condition":{"type":"Literal","value":"true"}},{"label":"C","condition":{"type":"Literal","value":false}}]""");

        var instance = await host.StartAsync(Definition(Flowchart(
            [Activity("s", "Elsa.FlowSwitch", ("cases", cases), ("mode", Literal(mode))), Line("a", "un"), Line("b", "deux"), Line("c", "trois"), Line("x", "défaut")],
            "s.A>a", "s.B>b", "s.C>c", "s.Default>x")));

        Assert.Equal(expected.Split(','), host.Lines(instance.Id));
    }

    [Fact]
    public async Task FlowSwitch_WithoutMatch_TakesDefault()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [Activity("s", "Elsa.FlowSwitch", ("cases", new System.Text.Json.Nodes.JsonArray())), Line("x", "défaut")], "s.Default>x")));

        Assert.Equal(["défaut"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task JoinWaitAll_WaitsForEveryBranch()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(ForkInto("WaitAll")));

        await host.SendEventAsync("un");
        Assert.Empty(host.Lines(instance.Id));
        await host.SendEventAsync("deux");

        Assert.Equal(["après"], host.Lines(instance.Id));
        Assert.Equal(WorkflowStatus.Finished, host.Instance(instance.Id).Status);
    }

    [Fact]
    public async Task JoinWaitAny_GoesOnOnce_AndCancelsTheOthers()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(ForkInto("WaitAny")));

        await host.SendEventAsync("deux");
        var late = await host.SendEventAsync("un");

        Assert.Equal(["après"], host.Lines(instance.Id));
        Assert.Empty(late);
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
        Assert.Contains(host.Store.Journal(instance.Id), r => r is { ActivityId: "e1", EventName: "Canceled" });
    }

    [Fact]
    public async Task JoinWaitAllActive_DoesNotWaitForABranchThatEnded()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [
                Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
                Activity("d", "Elsa.FlowDecision", ("condition", Literal(false))),
                Event("e", "suite"),
                Activity("j", "Elsa.FlowJoin", ("mode", Literal("WaitAllActive"))),
                Line("fin", "après"),
            ],
            "f.A>d", "f.B>e", "d.True>j", "e>j", "j>fin")));
        await host.SendEventAsync("suite");

        Assert.Equal(["après"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Cycle_RunsUntilItsConditionEndsIt()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [Line("a", "tour"), Event("e", "encore"), Activity("d", "Elsa.FlowDecision", ("condition", Input("Variable", """{"id":"var-continuer","name":"continuer"}""")))],
            "a>e", "e>d", "d.True>a"), Variable("continuer", "Boolean", true)));
        await host.SendEventAsync("encore");
        await host.SendEventAsync("encore");

        Assert.Equal(["tour", "tour", "tour"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Suspended, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task CycleWithoutWait_BecomesAnIncident()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [Activity("s", "Elsa.Start"), Activity("a", "Elsa.SetName", ("value", Literal("x"))), Activity("b", "Elsa.SetName", ("value", Literal("y")))],
            "s>a", "a>b", "b>a")));

        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);
        Assert.Equal(1, instance.IncidentCount);
    }

    [Fact]
    public async Task Finish_EndsEverything()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Flowchart(
            [
                Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
                Event("e", "jamais"), Activity("fin", "Elsa.Finish"),
            ],
            "f.A>e", "f.B>fin")));

        Assert.Equal(WorkflowSubStatus.Finished, instance.SubStatus);
        Assert.Empty(host.Store.Bookmarks(instance.Id));
    }

    private static System.Text.Json.Nodes.JsonObject ForkInto(string mode) => Flowchart(
        [
            Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
            Event("e1", "un"), Event("e2", "deux"),
            Activity("j", "Elsa.FlowJoin", ("mode", Literal(mode))), Line("fin", "après"),
        ],
        "f.A>e1", "f.B>e2", "e1>j", "e2>j", "j>fin");
}
