using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Composition;

public sealed class ChildWorkflowTests
{
    [Fact]
    public async Task Dispatch_Waiting_GoesOnWithTheChildsOutputs()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Giving("merci", Event("e", "suite")), "enfant");
        var parent = await host.StartAsync(Definition(
            Sequence(
                Activity("d", "Elsa.DispatchWorkflow", ("workflowDefinitionId", Literal("enfant")), ("waitForCompletion", Literal(true)),
                    ("input", Input("Object", """{"numero":"42"}""")), ("result", JsonNode.Parse("""{"memoryReference":{"id":"var-r"}}"""))),
                Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-r","name":"r"}""")))),
            Variable("r", "Object")));

        await host.RunEffectsAsync();
        Assert.Empty(host.Lines(parent.Id));
        await host.SendEventAsync("suite");
        await host.RunEffectsAsync();

        Assert.Equal(["""{"Sortie":"merci"}"""], host.Lines(parent.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(parent.Id).SubStatus);
    }

    [Fact]
    public async Task Dispatch_NotWaiting_GoesOnAtOnce_AndStartsOneChildOfThisParent()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Giving("x", Event("e", "suite")), "enfant");

        var parent = await host.StartAsync(Definition(Sequence(
            Activity("d", "Elsa.DispatchWorkflow", ("workflowDefinitionId", Literal("enfant")), ("correlationId", Literal("c-1"))), Line("a", "suite"))));
        await host.RunEffectsAsync();

        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(parent.Id).SubStatus);
        var child = host.Instance(Assert.Single(await host.Store.FindRunningChildrenAsync(parent.Id, 10, CancellationToken.None)));
        Assert.Equal(("enfant", "c-1", parent.Id), (child.DefinitionId, child.CorrelationId, child.ParentInstanceId));
    }

    [Fact]
    public async Task Dispatch_OfWhatIsNotPublished_IsAnIncidentOfTheWaitingParent_AndParkedOtherwise()
    {
        await using var host = new WorkflowTestHost();
        var waiting = await host.StartAsync(Definition(Sequence(Dispatch("inconnu", wait: true))));
        await host.StartAsync(Definition(Sequence(Dispatch("inconnu", wait: false))));

        await host.RunEffectsAsync();

        Assert.Equal(WorkflowSubStatus.Faulted, host.Instance(waiting.Id).SubStatus);
        Assert.Contains("inconnu", Assert.Single(host.Parked), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Suspended")]
    [InlineData(true, "Finished")]
    public async Task Execute_ReportsTheChildsState_WhenItFirstWaitsOrEnds(bool wait, string expected)
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Giving("x", Event("e", "suite")), "enfant");
        var parent = await host.StartAsync(Definition(
            Sequence(
                Activity("d", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", Literal("enfant")), ("waitForCompletion", Literal(wait)),
                    ("result", JsonNode.Parse("""{"memoryReference":{"id":"var-r"}}"""))),
                Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-r","name":"r"}""")))),
            Variable("r", "Object")));

        await host.RunEffectsAsync();
        Assert.Equal(wait ? 0 : 1, host.Lines(parent.Id).Count);
        await host.SendEventAsync("suite");
        await host.RunEffectsAsync();

        Assert.Equal(expected, JsonNode.Parse(Assert.Single(host.Lines(parent.Id)))!["SubStatus"]!.GetValue<string>());
    }

    [Fact]
    public async Task Dispatch_OfAChildThatFaultsOrIsCancelled_TellsTheParentOnce()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Sequence(Activity("f", "Elsa.Fault", ("message", Literal("panne"))))), "fautif");
        await host.PublishAsync(Definition(Sequence(Event("e", "jamais"))), "lent");
        var first = await host.StartAsync(Definition(Sequence(Dispatch("fautif", wait: true), Line("a", "suite"))));
        var second = await host.StartAsync(Definition(Sequence(Dispatch("lent", wait: true), Line("a", "suite"))));
        await host.RunEffectsAsync();

        var slow = Assert.Single(await host.Store.FindRunningChildrenAsync(second.Id, 10, CancellationToken.None));
        await host.Runtime.CancelAsync(new CancelWorkflow(slow), CancellationToken.None);
        await host.RunEffectsAsync();

        Assert.Equal(["suite"], host.Lines(first.Id));
        Assert.Equal(["suite"], host.Lines(second.Id));
    }

    [Fact]
    public async Task Cancel_OfAParent_CancelsItsChildren_AndTheirs_EvenThoseNotStartedYet()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Sequence(Event("e", "jamais"))), "petit-enfant");
        await host.PublishAsync(Definition(Sequence(Dispatch("petit-enfant", wait: true))), "enfant");
        var started = await host.StartAsync(Definition(Sequence(Dispatch("enfant", wait: true))));
        await host.RunEffectsAsync();
        var pending = await host.StartAsync(Definition(Sequence(Dispatch("enfant", wait: true))));

        await host.Runtime.CancelAsync(new CancelWorkflow(started.Id), CancellationToken.None);
        await host.Runtime.CancelAsync(new CancelWorkflow(pending.Id), CancellationToken.None);
        await host.RunEffectsAsync();

        Assert.Empty(await host.SendEventAsync("jamais"));
        Assert.Empty(await host.Store.FindRunningChildrenAsync(started.Id, 10, CancellationToken.None));
        Assert.Empty(await host.Store.FindRunningChildrenAsync(pending.Id, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Bulk_StartsOneInstancePerItem_AndEndsWhenAllHaveBeenDealtWith()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(
            Definition(Sequence(
                Activity("w", "Elsa.WriteLine", ("text", Input("Input", """{"name":"Item"}"""))),
                Activity("f", "Elsa.If", ("condition", Input("Input", """{"name":"casse"}""")), ("then", Activity("x", "Elsa.Fault")))))
            .With("inputs", JsonNode.Parse("""[{"name":"Item","type":"Object"},{"name":"casse","type":"Boolean"}]""")),
            "enfant");
        var parent = await host.StartAsync(Definition(Flowchart(
            [
                Activity("b", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Literal("enfant")),
                    ("items", Input("Object", """["un","deux",{"Item":"trois","casse":true}]""")),
                    ("childCompleted", Line("ok", "terminée")), ("childFaulted", Line("ko", "en incident"))),
                Line("c", "Completed"), Line("n", "Canceled"), Line("d", "Done"),
            ],
            "b.Completed>c", "b.Canceled>n", "b.Done>d")));

        await host.RunEffectsAsync();

        Assert.Equal(["Completed", "Done", "en incident", "terminée", "terminée"], host.Lines(parent.Id).Order(StringComparer.Ordinal));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(parent.Id).SubStatus);
    }

    [Fact]
    public async Task Bulk_OfManyItems_KeepsItsStateSmall_WhateverTheOrderOfTheEnds()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Sequence(Line("w", "x"))), "enfant");
        var items = new JsonArray([.. Enumerable.Range(0, 2_000).Select(i => (JsonNode?)i)]);
        var parent = await host.StartAsync(
            Definition(Sequence(
                Activity("b", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Literal("enfant")), ("items", Input("Object", items.ToJsonString()))), Line("a", "fini"))));
        var waiting = host.Instance(parent.Id).State.Length;

        await host.RunEffectsAsync(backwards: true);

        Assert.True(waiting < 2_000, $"The waiting parent takes {waiting} bytes.");
        Assert.Equal(["fini"], host.Lines(parent.Id));
    }

    [Theory]
    [InlineData("[]", true)]
    [InlineData("[1]", false)]
    public async Task Bulk_WithNothingToWaitFor_IsDoneAtOnce(string items, bool wait)
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Sequence(Line("w", "x"))), "enfant");

        var parent = await host.StartAsync(Definition(Flowchart(
            [
                Activity("b", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Literal("enfant")), ("items", Input("Object", items)), ("waitForCompletion", Literal(wait))),
                Line("c", "Completed"), Line("d", "Done"),
            ],
            "b.Completed>c", "b.Done>d")));

        Assert.Equal(["Done"], host.Lines(parent.Id));
    }

    [Fact]
    public async Task PublishEvent_ReachesThoseOfItsCorrelation_StartsWhatBeginsWithIt_AndOnlyItselfWhenLocal()
    {
        await using var host = new WorkflowTestHost();
        var listener = await host.PublishAsync(Definition(Sequence(Event("e", "nouvelle"), Line("w", "reçue"))), "abonné");
        var one = await StartAsync(host, listener.Id, "c-1");
        var two = await StartAsync(host, listener.Id, "c-2");
        await host.StartAsync(Definition(Sequence(Publish("nouvelle", ("correlationId", Literal("c-1"))))));
        await host.RunEffectsAsync();
        Assert.Equal((1, 0), (host.Lines(one).Count, host.Lines(two).Count));

        await host.StartAsync(Definition(Sequence(Publish("nouvelle", ("isLocalEvent", Literal(true))))));
        await host.RunEffectsAsync();
        Assert.Empty(host.Lines(two));

        await host.StartAsync(Definition(Sequence(Publish("nouvelle"))));
        await host.RunEffectsAsync();
        Assert.Equal(["reçue"], host.Lines(two));
    }

    [Fact]
    public async Task RunTask_WaitsForTheTaskToBeReported_AndGivesItsResult()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(
            Sequence(
                Activity("t", "Elsa.RunTask", ("taskName", Literal("imprimer")), ("result", JsonNode.Parse("""{"memoryReference":{"id":"var-r"}}"""))),
                Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-r","name":"r"}""")))),
            Variable("r", "Object")));
        await host.RunEffectsAsync();
        var taskId = Assert.Single(host.Store.Bookmarks(instance.Id)).Payload!["taskId"]!.GetValue<string>();
        var sender = host.Get<StimulusSender>();

        Assert.Empty(await sender.SendAsync(Engine.Builtins.Waiting.RunTask.Completion("autre", 1), null, CancellationToken.None));
        Assert.Single(await sender.SendAsync(Engine.Builtins.Waiting.RunTask.Completion(taskId, "fait"), null, CancellationToken.None));
        Assert.Empty(await sender.SendAsync(Engine.Builtins.Waiting.RunTask.Completion(taskId, "encore"), null, CancellationToken.None));

        Assert.Equal(["fait"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("AllowAlways", 3)]
    [InlineData("Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime", 1)]
    [InlineData("CorrelatedSingletonStrategy", 2)]
    [InlineData("CorrelationStrategy", 2)]
    public async Task ActivationStrategy_AllowsAsManyAsItSays_UntilTheyEnd(string strategy, int expected)
    {
        await using var host = new WorkflowTestHost();
        var definition = await host.PublishAsync(
            Definition(Sequence(Event("e", "fin"))).With("options", new JsonObject { ["activationStrategyType"] = strategy }));

        async Task<int> StartAllAsync() => (await Task.WhenAll(new[] { "a", "a", "b" }.Select(correlation => host.Runtime.StartAsync(
            new StartWorkflow(definition.Id, CorrelationId: correlation), CancellationToken.None)))).Count(result => result.Executed);

        Assert.Equal(expected, await StartAllAsync());
        await host.SendEventAsync("fin");
        Assert.Equal(expected, await StartAllAsync());
    }

    private static async Task<string> StartAsync(WorkflowTestHost host, string versionId, string correlationId) =>
        (await host.Runtime.StartAsync(new StartWorkflow(versionId, CorrelationId: correlationId), CancellationToken.None)).Instance!.Id;

    private static JsonObject Publish(string name, params (string, JsonNode?)[] more) =>
        Activity("p", "Elsa.PublishEvent", [("eventName", Literal(name)), .. more]);

    private static JsonObject Dispatch(string definitionId, bool wait) =>
        Activity("d", "Elsa.DispatchWorkflow", ("workflowDefinitionId", Literal(definitionId)), ("waitForCompletion", Literal(wait)));

    /// <summary>Runs the activities, then gives an output.</summary>
    private static JsonObject Giving(string output, params JsonObject[] before) => Definition(Sequence(
        [.. before, Activity("o", "Elsa.SetOutput", ("outputName", Literal("Sortie")), ("outputValue", Literal(output)))]))
        .With("outputs", JsonNode.Parse("""[{"name":"Sortie","type":"String"}]"""));
}
