using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Tests.Builtins;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>What happens when an activity fails, and what a person can do about it.</summary>
public sealed class IncidentTests : IAsyncDisposable
{
    private readonly WorkflowTestHost _host = new(services => services.AddActivitiesFrom(typeof(Fragile).Assembly));

    [Fact]
    public async Task A_retried_incident_runs_again_and_the_flow_goes_on()
    {
        Fragile.Failures = 1;
        var instance = await _host.StartAsync(Definition(Sequence(Line("a", "a"), Break("f"), Line("b", "b"))));
        Assert.Equal((WorkflowSubStatus.Faulted, 1), (instance.SubStatus, instance.IncidentCount));

        var result = await AlterAsync(instance.Id, new RetryIncidents());

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Equal(["a", "b"], _host.Lines(instance.Id));
        Assert.Equal((WorkflowSubStatus.Finished, 0), (result.Instance!.SubStatus, result.Instance.IncidentCount));
    }

    [Fact]
    public async Task What_a_fault_kept_from_running_runs_after_the_retry()
    {
        Fragile.Failures = 1;
        var chart = Chart.Of("s>x s>b s>c");
        chart["activities"]!.AsArray()[1]!["type"] = "Elsa.Fragile";
        var instance = await _host.StartAsync(Definition(chart));
        Assert.Empty(_host.Lines(instance.Id));

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal(["b", "c"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_skipped_incident_goes_on_as_if_it_had_completed()
    {
        Fragile.Failures = 9;
        var instance = await _host.StartAsync(Definition(Sequence(Break("f"), Line("b", "b"))));

        Assert.True((await AlterAsync(instance.Id, new SkipActivity(new ActivityHandle("f")))).Applied);

        Assert.Equal(["b"], _host.Lines(instance.Id));
        Assert.Equal(0, _host.Instance(instance.Id).IncidentCount);
    }

    [Fact]
    public async Task A_skip_with_an_outcome_the_activity_does_not_have_is_refused()
    {
        var instance = await _host.StartAsync(Definition(Sequence(Event("e", "suite"))));

        var refused = await AlterAsync(instance.Id, new SkipActivity(new ActivityHandle("e"), ["Inventée"]));

        Assert.Contains("n'a pas l'issue « Inventée »", Assert.Single(refused.Refusals), StringComparison.Ordinal);
        Assert.Single(_host.Store.Bookmarks(instance.Id));
    }

    [Fact]
    public async Task A_cancelled_activity_waits_no_more_and_the_other_branch_goes_on()
    {
        var instance = await _host.StartAsync(Definition(Chart.Of("s>e1 s>e2 e1>j:WaitAllActive e2>j j>z")));

        Assert.True((await AlterAsync(instance.Id, new CancelActivity(new ActivityHandle("e1")))).Applied);

        Assert.Equal("e2", Assert.Single(_host.Store.Bookmarks(instance.Id)).ActivityId);
        await _host.SendEventAsync("e2");
        Assert.Equal(["z"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_variable_changed_by_hand_is_what_the_flow_reads_next()
    {
        var instance = await _host.StartAsync(Definition(
            Sequence(Event("e", "suite"), Activity("w", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-nom","name":"nom"}""")))),
            Variable("nom", value: "avant")));

        var unknown = await AlterAsync(instance.Id, new ModifyVariable("autre", 1));
        Assert.Contains("« autre » n'existe pas. Variables : nom", Assert.Single(unknown.Refusals), StringComparison.Ordinal);
        Assert.True((await AlterAsync(instance.Id, new ModifyVariable("var-nom", "après"))).Applied);
        await _host.SendEventAsync("suite");

        Assert.Equal(["après"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task A_variable_is_changed_where_it_is_declared()
    {
        var inner = Activity("dedans", "Elsa.Sequence", ("activities", new JsonArray(Event("e", "suite"), Nested.Show("w1", "statut"))));
        inner["variables"] = new JsonArray(Variable("statut", value: "interne").With("id", "var-interne"));
        var later = Activity("ensuite", "Elsa.Sequence", ("activities", new JsonArray(Line("l", "l"))), ("variables", new JsonArray(Variable("tard"))));
        var instance = await _host.StartAsync(Definition(Sequence(inner, Nested.Show("w2", "statut"), later), Variable("statut", value: "ancien")));

        Assert.True((await AlterAsync(instance.Id, new ModifyVariable("var-statut", "nouveau"))).Applied);
        Assert.Contains("n'est pas en cours", Assert.Single((await AlterAsync(instance.Id, new ModifyVariable("tard", "x"))).Refusals), StringComparison.Ordinal);
        await _host.SendEventAsync("suite");

        Assert.Equal(["interne", "nouveau", "l"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task Several_changes_are_made_together_or_not_at_all()
    {
        var instance = await _host.StartAsync(Definition(Sequence(Event("e", "suite")), Variable("nom", value: "avant")));
        var before = _host.Instance(instance.Id);

        var refused = await AlterAsync(instance.Id, new ModifyVariable("nom", "après"), new SkipActivity(new ActivityHandle("ailleurs")));

        Assert.False(refused.Applied);
        Assert.Equal(before, _host.Instance(instance.Id));
    }

    [Fact]
    public async Task A_failing_activity_with_a_strategy_tries_again_later_and_only_then_becomes_an_incident()
    {
        Fragile.Failures = 2;
        var instance = await _host.StartAsync(Definition(Sequence(Break("f", "bref"), Line("b", "b"))));
        Assert.Equal((WorkflowSubStatus.Suspended, 0), (instance.SubStatus, instance.IncidentCount));
        // The failed attempt has left no effect behind.
        Assert.Empty(_host.Store.Effects);

        await _host.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(WorkflowSubStatus.Suspended, _host.Instance(instance.Id).SubStatus);
        await _host.AdvanceAsync(TimeSpan.FromSeconds(25));

        Assert.Equal(["b"], _host.Lines(instance.Id));
        Assert.Single(_host.Store.Effects);

        Fragile.Failures = 9;
        instance = await _host.StartAsync(Definition(Sequence(Break("f", "bref"))));
        foreach (var seconds in new[] { 10, 25, 63 })
        {
            Assert.Equal(WorkflowSubStatus.Suspended, _host.Instance(instance.Id).SubStatus);
            await _host.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal((WorkflowSubStatus.Faulted, 1), (_host.Instance(instance.Id).SubStatus, _host.Instance(instance.Id).IncidentCount));
        Assert.Equal(3, _host.Store.Journal(instance.Id).Count(line => line.EventName == "Retrying"));
    }

    [Fact]
    public async Task The_strategy_that_continues_lets_the_other_branches_run()
    {
        Fragile.Failures = 1;
        var chart = Chart.Of("s>x s>b");
        chart["activities"]!.AsArray()[1]!["type"] = "Elsa.Fragile";
        var document = Definition(chart);
        document["options"] = new JsonObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" };

        var instance = await _host.StartAsync(document);

        Assert.Equal(["b"], _host.Lines(instance.Id));
        Assert.Equal(1, instance.IncidentCount);
    }

    [Fact]
    public async Task A_branch_that_moves_on_does_not_hide_the_incident_of_another()
    {
        Fragile.Failures = 1;
        var chart = Chart.Of("s>e1 s>x e1>b");
        chart["activities"]!.AsArray()[2]!["type"] = "Elsa.Fragile";
        var instance = await _host.StartAsync(Definition(chart));

        await _host.SendEventAsync("e1");

        Assert.Equal(["b"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Faulted, _host.Instance(instance.Id).SubStatus);
        await AlterAsync(instance.Id, new RetryIncidents());
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static JsonObject Break(string id, string? strategy = null)
    {
        var activity = Activity(id, "Elsa.Fragile");
        return strategy is null ? activity : activity.With(
            "customProperties", new JsonObject { ["resilienceStrategy"] = new JsonObject { ["mode"] = "Identifier", ["strategyId"] = strategy } });
    }

    private Task<AlterationResult> AlterAsync(string instanceId, params Alteration[] alterations) =>
        _host.Runtime.AlterAsync(new AlterWorkflow(instanceId, alterations), CancellationToken.None);
}

/// <summary>Fails as often as told, after it has asked for an effect.</summary>
[Activity("Elsa", "Essais", "Échoue sur demande.", DisplayName = "Fragile")]
public sealed class Fragile : CodeActivity
{
    private static readonly AsyncLocal<int[]> Left = new();

    public static int Failures
    {
        set => Left.Value = [value];
    }

    protected override void Execute(ActivityExecutionContext context)
    {
        context.AddEffect("essai", []);
        if (Left.Value is { } left && left[0]-- > 0)
        {
            throw new InvalidOperationException("Le service ne répond pas.");
        }
    }
}
