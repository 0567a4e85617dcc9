using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

public sealed class JournalTests
{
    [Fact]
    public async Task ALine_ShowsActivity_Inputs_AndOutcomes_AsTheyWere()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(Line("a", "été « 100 % »"), Activity("si", "Elsa.If", ("condition", Literal(true))))));

        var journal = host.Store.Journal(instance.Id);

        Assert.Equal(Enumerable.Range(1, journal.Count), journal.Select(line => line.Sequence));
        var started = Assert.Single(journal, line => line is { ActivityId: "a", EventName: "Started" });
        Assert.Equal("été « 100 % »", started.ActivityState!["Text"]!.GetValue<string>());
        Assert.Equal(("Elsa.WriteLine", 1, "a", "Workflow1:root:a"), (started.ActivityType, started.ActivityTypeVersion, started.ActivityName, started.NodeId));
        Assert.Equal(journal.First(line => line.ActivityId == "root").ActivityNumber, started.ParentNumber);
        var completed = Assert.Single(journal, line => line is { ActivityId: "a", EventName: "Completed" });
        Assert.Equal("""{"Outcomes":["Done"]}""", completed.Payload!.ToJsonString());
        Assert.Null(completed.Message);
        Assert.Equal("été « 100 % »", Assert.Single(journal, line => line.EventName == "Written").Message);
    }

    [Fact]
    public async Task TheFirstLineOfABurst_TellsWhoOrWhatCausedIt()
    {
        await using var host = new WorkflowTestHost();
        var definition = await host.PublishAsync(Definition(Sequence(Activity("d", "Elsa.Delay", ("timeSpan", Literal("01:00:00"))), Event("e", "suite"))));
        var id = (await host.Runtime.StartAsync(new StartWorkflow(definition.Id, Cause: "agent1"), CancellationToken.None)).Instance!.Id;
        await host.AdvanceAsync(TimeSpan.FromHours(2));
        await host.Runtime.CancelAsync(new CancelWorkflow(id, "admin"), CancellationToken.None);

        var told = host.Store.Journal(id).Where(line => line.Message is not null);

        Assert.Equal([("Started", "root", "agent1"), ("Resumed", "d", "timer"), ("Canceled", "e", "admin")], told.Select(line => (line.EventName, line.ActivityId, line.Message!)));
    }

    [Fact]
    public async Task SensitiveInputs_StayOut()
    {
        await using var host = Host();
        var instance = await host.StartAsync(Definition(Sequence(Activity("s", "Test.Secret", ("secret", Literal("1 85 05 78 006 048")), ("open", Literal("vu"))))));

        var started = Assert.Single(host.Store.Journal(instance.Id), line => line is { ActivityId: "s", EventName: "Started" });

        Assert.Equal("""{"Open":"vu"}""", started.ActivityState!.ToJsonString());
    }

    [Fact]
    public async Task ALongBurst_IsWrittenInPages_AndReadAsOne()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence([.. Enumerable.Range(1, 800).Select(i => Line($"l{i}", $"ligne {i}"))])));

        var journal = host.Store.Journal(instance.Id);

        Assert.Equal(2 + 800 * 3, journal.Count);
        Assert.Equal(Enumerable.Range(1, journal.Count), journal.Select(line => line.Sequence));
        Assert.Equal(Enumerable.Range(1, 800).Select(i => $"ligne {i}"), host.Lines(instance.Id));
        Assert.All(journal.Where(line => line.EventName == "Written"), line => Assert.Equal("ligne " + line.ActivityId[1..], line.Message));
        Assert.All(journal, line => Assert.Equal(host.Time.GetUtcNow(), line.At));
    }

    [Fact]
    public async Task AnIncident_OfAContainersCallback_BelongsToTheContainer()
    {
        await using var host = Host();
        var instance = await host.StartAsync(Definition(Sequence(Activity("c", "Test.Clumsy", ("body", Line("a", "un"))))));

        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);
        var journal = host.Store.Journal(instance.Id);
        Assert.Equal("c", Assert.Single(journal, line => line.EventName == "Faulted").ActivityId);
        Assert.Contains(journal, line => line is { ActivityId: "a", EventName: "Completed" });
    }

    [Fact]
    public async Task ACallback_ThatIsNoMethodOfTheActivity_IsRefusedAtOnce()
    {
        await using var host = Host();
        var instance = await host.StartAsync(Definition(Sequence(Activity("c", "Test.Lambda", ("body", Line("a", "un"))))));

        Assert.Contains("must be a method of the activity", Assert.Single(host.Store.Journal(instance.Id), line => line.EventName == "Faulted").Message, StringComparison.Ordinal);
    }

    private static WorkflowTestHost Host() => new(services => services.AddActivitiesFrom(typeof(JournalTests).Assembly));
}

[Activity("Test", "Essais", "Garde un secret.", Type = "Secret")]
public sealed class SecretActivity : CodeActivity
{
    [Input(IsSensitive = true)]
    public Input<string>? Secret { get; set; }

    [Input]
    public Input<string>? Open { get; set; }
}

[Activity("Test", "Essais", "Échoue quand son contenu se termine.", Type = "Clumsy")]
public sealed class ClumsyContainer : Activity
{
    [Port]
    public Activity? Body { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.ScheduleActivity(Body, OnBodyCompletedAsync);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => throw new InvalidOperationException("raté");
}

[Activity("Test", "Essais", "Donne un rappel qu'on ne peut pas enregistrer.", Type = "Lambda")]
public sealed class LambdaContainer : Activity
{
    [Port]
    public Activity? Body { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.ScheduleActivity(Body, completed => completed.TargetContext.CompleteActivityAsync());
}
