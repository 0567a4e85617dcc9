using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.Engine.Tests.Builtins.Nested;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

public sealed class StateMachineTests
{
    [Fact]
    public async Task Transitions_RunActionExitAndEntry_InThisOrder()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(Machine(
            [State("Ouvert", Line("en-o", "+ouvert"), Line("ex-o", "-ouvert")), State("Clos", Line("en-c", "+clos"))],
            Transition("Ouvert", "Clos", Event("e", "clore"), Line("act", "action")))
            , Line("fin", "fin"))));
        await host.SendEventAsync("clore");

        Assert.Equal(["+ouvert", "action", "-ouvert", "+clos", "fin"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Theory]
    [InlineData("accepter", "accepté")]
    [InlineData("refuser", "refusé")]
    public async Task Triggers_Compete_AndTheWinnerCancelsTheOthers(string sent, string line)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Machine(
            [State("Attente"), State("A", Line("a", "accepté")), State("R", Line("r", "refusé"))],
            Transition("Attente", "A", Event("ea", "accepter")), Transition("Attente", "R", Event("er", "refuser")))));
        Assert.Equal(2, host.Store.Bookmarks(instance.Id).Count);
        await host.SendEventAsync(sent);
        await host.SendEventAsync(sent == "accepter" ? "refuser" : "accepter");

        Assert.Equal([line], host.Lines(instance.Id));
        Assert.Empty(host.Store.Bookmarks(instance.Id));
    }

    [Fact]
    public async Task Condition_ThatIsFalse_LetsTheTriggerWaitAgain()
    {
        await using var host = new WorkflowTestHost();
        var transition = Transition("Attente", "Fin", EventInto("e", "essai", "ok"), Line("act", "passé"));
        transition["condition"] = Var("ok", "Boolean");

        var instance = await host.StartAsync(Definition(Machine([State("Attente", null, Line("ex", "sorti")), State("Fin")], transition), Variable("ok", "Boolean", false)));
        await host.SendEventAsync("essai", false);
        await host.SendEventAsync("essai", false);
        Assert.Empty(host.Lines(instance.Id));
        await host.SendEventAsync("essai", true);

        Assert.Equal(["passé", "sorti"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task States_MayBeEnteredAgain_AndEverythingInThemMayWait()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Machine(
            [State("A", Seq("sa", Event("ea", "entrée"), Line("la", "a"))), State("B", null, Seq("sb", Event("xb", "sortie"), Line("lb", "b")))],
            Transition("A", "B", Event("t1", "aller"), Seq("act", Event("ac", "action"), Line("l", "act"))), Transition("B", "A", Event("t2", "retour")))));
        foreach (var name in new[] { "entrée", "aller", "action", "retour", "sortie", "entrée", "aller" })
        {
            Assert.Single(await host.SendEventAsync(name));
        }

        Assert.Equal(["a", "act", "b", "a"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Suspended, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task UnknownStates_AreRefused()
    {
        await using var host = new WorkflowTestHost();
        var machine = Machine([State("A")], Transition("A", "Z", Event("e", "e")));
        machine["initialState"] = "Y";

        var error = await Assert.ThrowsAsync<DefinitionException>(() => host.StartAsync(Definition(machine)));

        Assert.Equal(["CLS-1009 $.root.initialState", "CLS-1009 $.root.transitions[0].to"], error.Problems.Select(p => $"{p.Code} {p.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task NewMachine_AsStudioPostsIt_CompletesAtOnce()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(JsonNode.Parse(
            """{"name":"Essai","variables":null,"root":{"id":"56ab","type":"Elsa.StateMachine","version":1,"name":"StateMachine1","states":[],"transitions":[],"nodeId":"Workflow1:56ab"}}""")!.AsObject());

        Assert.Equal(WorkflowSubStatus.Finished, instance.SubStatus);
    }

    private static JsonObject Machine(JsonObject[] states, params JsonObject[] transitions) => Activity(
        "m", "Elsa.StateMachine", ("initialState", states[0]["name"]!.DeepClone()), ("currentState", null), ("states", new JsonArray([.. states])), ("transitions", new JsonArray([.. transitions])));

    private static JsonObject State(string name, JsonObject? entry = null, JsonObject? exit = null) => new() { ["name"] = name, ["entry"] = entry, ["exit"] = exit };

    private static JsonObject Transition(string from, string to, JsonObject? trigger, JsonObject? action = null) =>
        new() { ["name"] = null, ["displayName"] = null, ["from"] = from, ["to"] = to, ["trigger"] = trigger, ["condition"] = null, ["action"] = action };
}
