using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Triggers;

public sealed class TriggerTests
{
    [Fact]
    public async Task Event_AsStart_StartsAnInstanceAtTheTrigger_WithItsPayload()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(
            Flowchart(
                [
                    Line("autre", "jamais"),
                    Starting(Event("e", "arrivée")).With("result", JsonNode.Parse("""{"memoryReference":{"id":"var-x"}}""")),
                    Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-x","name":"x"}"""))),
                ],
                "e>w"),
            Variable("x", "Object")));

        var started = Assert.Single(await host.SendEventAsync("arrivée", "bonjour", "dossier-7"));
        await host.SendEventAsync("autre chose");

        Assert.Equal(WorkflowSubStatus.Finished, started.Instance!.SubStatus);
        Assert.Equal("dossier-7", started.Instance.CorrelationId);
        Assert.Equal(["bonjour"], host.Lines(started.Instance.Id));
    }

    [Fact]
    public async Task Event_MetAgainByTheInstanceItStarted_IsWaitedForLikeAnyOther()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Flowchart([Starting(Event("e", "tic")), Line("w", "reçu")], "e>w", "w>e")));

        var first = Assert.Single(await host.SendEventAsync("tic"));
        var second = await host.SendEventAsync("tic");

        Assert.Equal(WorkflowSubStatus.Suspended, first.Instance!.SubStatus);
        Assert.Equal(2, second.Count);
        Assert.Equal(["reçu", "reçu"], host.Lines(first.Instance.Id));
    }

    [Fact]
    public async Task Trigger_NotMarkedAsStart_OnlyWaitsInsideAFlow()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Flowchart([Event("e", "arrivée"), Line("w", "suite")], "e>w")));

        Assert.Empty(await host.SendEventAsync("arrivée"));
    }

    [Fact]
    public async Task Timer_AsStart_FiresOncePerInterval_AndOnceForAllItMissed()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Flowchart([Starting(Activity("t", "Elsa.Timer", ("interval", Literal("00:10:00")))), Line("w", "x")], "t>w")));

        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromMinutes(9)));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromMinutes(1)));
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.Zero));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromMinutes(47)));
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromMinutes(2)));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Cron_AsStart_FiresAtItsMoments_InParis()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Flowchart([Starting(Activity("c", "Elsa.Cron", ("cronExpression", Literal("0 30 9 * * *"))))])));

        // The clock starts at 09:00 in Paris.
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromMinutes(29)));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromMinutes(1)));
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromHours(23)));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData("2026-03-10T10:00:00Z")]
    [InlineData("2020-01-01T00:00:00Z")]
    public async Task StartAt_AsStart_FiresOnce_AndNotAgainWhenPublishedAgain(string moment)
    {
        await using var host = new WorkflowTestHost();
        JsonObject Document() => Definition(Flowchart([Starting(Activity("s", "Elsa.StartAt", ("dateTime", Literal(moment))))]));
        await host.PublishAsync(Document());

        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromHours(2)));
        await host.PublishAsync(Document());

        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Timer_PublishedAgainUnchanged_KeepsItsPhase()
    {
        await using var host = new WorkflowTestHost();
        JsonObject Document() => Definition(Flowchart([Starting(Activity("t", "Elsa.Timer", ("interval", Literal("01:00:00"))))]));
        await host.PublishAsync(Document());
        host.Time.Advance(TimeSpan.FromMinutes(50));
        await host.PublishAsync(Document());

        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task Triggers_OfARetractedOrPausedDefinition_Rest()
    {
        await using var host = new WorkflowTestHost();
        await host.PublishAsync(Definition(Flowchart(
            [Starting(Event("e", "tic")), Starting(Activity("t", "Elsa.Timer", ("interval", Literal("00:01:00"))))])));
        var triggers = host.Get<ITriggerStore>();

        await triggers.PauseAsync("essai", host.Time.GetUtcNow(), CancellationToken.None);
        Assert.Empty(await host.SendEventAsync("tic"));
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromMinutes(5)));
        await triggers.ContinueAsync("essai", CancellationToken.None);
        Assert.Single(await host.SendEventAsync("tic"));
        Assert.Equal(1, await FireAfterAsync(host, TimeSpan.Zero));

        Assert.NotNull(await host.Get<IDefinitionStore>().RetractAsync("essai", CancellationToken.None));
        Assert.Empty(await host.SendEventAsync("tic"));
        Assert.Equal(0, await FireAfterAsync(host, TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Triggers_OfAVersionInForceLater_TakeOverThen()
    {
        await using var host = new WorkflowTestHost();
        var first = Trigger("v1", "tic");
        var second = Trigger("v2", "tic") with { ActiveFrom = At(10) };

        var all = TriggerSuccession.Apply([first], [second], At(10), At(1));

        Assert.Equal(["v1"], all.Where(trigger => trigger.IsActiveAt(At(9))).Select(trigger => trigger.DefinitionVersionId));
        Assert.Equal(["v2"], all.Where(trigger => trigger.IsActiveAt(At(10))).Select(trigger => trigger.DefinitionVersionId));
        // A correction of the version in force today does not touch the one to come.
        var corrected = TriggerSuccession.Apply(all, [Trigger("v3", "tic")], null, At(2));
        Assert.Equal(["v3"], corrected.Where(trigger => trigger.IsActiveAt(At(9))).Select(trigger => trigger.DefinitionVersionId));
        Assert.Equal(["v2"], corrected.Where(trigger => trigger.IsActiveAt(At(10))).Select(trigger => trigger.DefinitionVersionId));
    }

    [Fact]
    public void Triggers_OfAnExpiredVersion_GoAndGiveTheirPhaseToNobody()
    {
        var expired = Trigger("v1", "tic") with { ActiveUntil = At(10), NextDue = null };
        var current = Trigger("v2", "tic") with { ActiveFrom = At(10), NextDue = At(20) };

        var all = TriggerSuccession.Apply([expired, current], [Trigger("v3", "tic") with { NextDue = At(25) }], null, At(15));

        Assert.Equal(("v3", At(20)), (Assert.Single(all).DefinitionVersionId, all[0].NextDue));
        Assert.Equal(["v2", "v4"], TriggerSuccession.Apply([expired, current], [Trigger("v4", "tic") with { ActiveFrom = At(30) }], At(30), At(15)).Select(trigger => trigger.DefinitionVersionId));
    }

    [Theory]
    [InlineData("Elsa.Cron", "cronExpression", "0 9 * * *")]
    [InlineData("Elsa.Timer", "interval", "00:00:00")]
    public async Task Triggers_ThatCannotBeRead_AreRefusedBeforePublishing(string type, string input, string value)
    {
        await using var host = new WorkflowTestHost();

        var problems = await host.Get<DefinitionPublisher>().CheckAsync(
            "essai", Definition(Flowchart([Starting(Activity("t", type, (input, Literal(value))))])), CancellationToken.None);

        Assert.Equal("CLS-1060", Assert.Single(problems).Code);
    }

    [Fact]
    public async Task Schedules_InsideAFlow_WaitOnce()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(
            Activity("t", "Elsa.Timer", ("interval", Literal("00:05:00"))), Line("a", "minuterie"),
            Activity("c", "Elsa.Cron", ("cronExpression", Literal("0 0 12 * * *"))), Line("b", "midi"),
            Activity("p", "Elsa.StartAt", ("dateTime", Literal("2020-01-01T00:00:00Z"))), Line("d", "passé"),
            Activity("s", "Elsa.StartAt", ("dateTime", Literal("2026-03-11T12:00:00Z"))), Line("e", "fin"))));

        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["minuterie"], host.Lines(instance.Id));
        await host.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal(["minuterie", "midi", "passé"], host.Lines(instance.Id));
        await host.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.Equal(["minuterie", "midi", "passé", "fin"], host.Lines(instance.Id));
    }

    private static Task<int> FireAfterAsync(WorkflowTestHost host, TimeSpan wait)
    {
        host.Time.Advance(wait);
        return host.FireTriggersAsync();
    }

    private static JsonObject Starting(JsonObject activity) => activity.With("customProperties", new JsonObject { ["canStartWorkflow"] = true });

    private static WorkflowTrigger Trigger(string version, string eventName) => new(
        Ids.New(), "essai", version, "e", "Elsa.Event", StimulusHasher.Hash("Elsa.Event", new JsonObject { ["eventName"] = eventName }), null, null, null, null, null);

    private static DateTimeOffset At(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.Zero);
}
