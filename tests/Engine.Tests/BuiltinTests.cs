using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

public sealed class BuiltinTests
{
    [Fact]
    public async Task Sequence_RunsInOrder_AcrossAWait()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(Line("a", "un"), Event("e", "suite"), Line("b", "deux"))));

        Assert.Equal(["un"], host.Lines(instance.Id));
        await host.SendEventAsync("suite");

        Assert.Equal(["un", "deux"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Theory]
    [InlineData(true, "alors")]
    [InlineData(false, "sinon")]
    public async Task If_RunsOneBranch_AndGivesItsCondition(bool condition, string expected)
    {
        await using var host = new WorkflowTestHost();
        var branch = Activity("si", "Elsa.If", ("condition", Literal(condition)), ("then", Line("t", "alors")), ("else", Line("f", "sinon")),
            ("result", JsonNode.Parse("""{"typeName":"Boolean","memoryReference":{"id":"var-vu"}}""")));

        var instance = await host.StartAsync(Definition(
            Sequence(branch, Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-vu","name":"vu"}""")))), Variable("vu", "Boolean")));

        Assert.True(instance.IncidentCount == 0, host.PrintJournal(instance.Id));
        Assert.Equal([expected, condition ? "true" : "false"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Delay_FiresOnce_AtItsTime()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(
            Activity("d", "Elsa.Delay", ("timeSpan", Literal("30.00:00:00"))), Line("a", "fini"))));

        await host.AdvanceAsync(TimeSpan.FromDays(29));
        Assert.Empty(host.Lines(instance.Id));
        await host.AdvanceAsync(TimeSpan.FromDays(400));

        Assert.Equal(["fini"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task SetVariable_SetName_Correlate_AreKept()
    {
        await using var host = new WorkflowTestHost();
        var set = Activity("v", "Elsa.SetVariable", ("variable", JsonNode.Parse("""{"id":"var-x","name":"x"}""")), ("value", Literal("42")));

        var instance = await host.StartAsync(Definition(
            Sequence(
                set,
                Activity("n", "Elsa.SetName", ("value", Input("Variable", """{"id":"var-x"}"""))),
                Activity("c", "Elsa.Correlate", ("correlationId", Input("Input", """{"name":"dossier"}"""))),
                Event("e", "fin")),
            Variable("x")).With("inputs", JsonNode.Parse("""[{"name":"dossier","type":"String"}]""")), new JsonObject { ["dossier"] = "abc" });

        Assert.Equal("42", instance.Name);
        Assert.Equal("abc", instance.CorrelationId);
        Assert.Equal("abc", Assert.Single(host.Store.Bookmarks(instance.Id)).CorrelationId);
    }

    [Fact]
    public async Task Event_BringsItsPayload()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(
            Sequence(
                Activity("e", "Elsa.Event", ("eventName", Literal("reçu")), ("result", JsonNode.Parse("""{"memoryReference":{"id":"var-x"}}"""))),
                Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-x"}""")))),
            Variable("x", "Object")));

        await host.SendEventAsync("autre", "non");
        await host.SendEventAsync("reçu", "bonjour");

        Assert.Equal(["bonjour"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Fault_BecomesAnIncident_ThatNamesCodeAndMessage()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(
            Activity("f", "Elsa.Fault", ("code", Literal("E7")), ("message", Literal("plus de papier"))), Line("a", "jamais"))));

        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);
        Assert.Contains(host.Store.Journal(instance.Id), r => r is { EventName: "Faulted", Message: "E7 · plus de papier" });
        Assert.Empty(host.Lines(instance.Id));
    }

    [Fact]
    public async Task Cancel_BurnsBookmarks_AndFinishes()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(Event("e", "suite"))));

        var result = await host.Runtime.CancelAsync(new CancelWorkflow(instance.Id), CancellationToken.None);

        Assert.Equal(WorkflowSubStatus.Cancelled, result.Instance!.SubStatus);
        Assert.Empty(host.Store.Bookmarks(instance.Id));
        Assert.Empty(await host.SendEventAsync("suite"));
    }

    [Fact]
    public async Task Definition_ReportsEverythingWrong_AtOnce()
    {
        await using var host = new WorkflowTestHost();
        var broken = Definition(Flowchart(
            [
                Activity("a", "Elsa.Ecrire"), Line("b", "x"), Line("b", "y"), Activity("e", "Elsa.Event"),
                Activity("n", "Elsa.SetName", ("value", Input("Variable", """{"id":"v9","name":"inconnue"}"""))),
                Activity("d", "Elsa.Delay", ("timeSpan", Literal("bientôt"))),
                Activity("p", "Elsa.SetName", ("value", Input("Cobol", "DISPLAY"))),
            ]));

        var error = await Assert.ThrowsAsync<DefinitionException>(() => host.StartAsync(broken));

        Assert.Equal(
            ["CLS-1001 $.root.activities[0].type", "CLS-1002 $.root.activities[2].id", "CLS-1003 $.root.activities[5].timeSpan",
                "CLS-1004 $.root.activities[4].value", "CLS-1007 $.root.activities[3].eventName", "CLS-1008 $.root.activities[6].value"],
            error.Problems.Select(p => $"{p.Code} {p.Path}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("d.Peut-être>a", "CLS-1006")]
    [InlineData("d.True>z", "CLS-1005")]
    public async Task Connections_ToNothing_AreNamed(string connection, string code)
    {
        await using var host = new WorkflowTestHost();

        var error = await Assert.ThrowsAsync<DefinitionException>(() => host.StartAsync(Definition(Flowchart(
            [Activity("d", "Elsa.FlowDecision", ("condition", Literal(true))), Line("a", "x")], connection))));

        Assert.Equal(code, Assert.Single(error.Problems).Code);
    }
}
