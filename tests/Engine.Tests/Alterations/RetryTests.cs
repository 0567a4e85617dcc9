using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Expressions;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>A failure takes nothing back that was done, and loses nothing that arrived: a retry goes on where the failure was.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly FlakyScripts _scripts = new();
    private readonly WorkflowTestHost _host;

    public RetryTests() => _host = new WorkflowTestHost(services => services.AddSingleton<IScriptEvaluator>(_scripts).AddActivitiesFrom(typeof(Desk).Assembly));

    public static TheoryData<Alteration> WaysOut => [new SkipActivity(new ActivityHandle("guichet")), new CancelActivity(new ActivityHandle("guichet")), new CancelInstance()];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task An_activity_that_failed_before_it_opened_anything_has_nothing_to_close(Alteration wayOut)
    {
        _scripts.Failures = 1;
        var instance = await _host.StartAsync(Definition(Sequence(OpenDesk())));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);

        var result = await AlterAsync(instance.Id, wayOut);

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Equal(WorkflowStatus.Finished, result.Instance!.Status);
        Assert.Empty(_host.Store.Companions);
    }

    [Fact]
    public async Task An_activity_that_a_fault_kept_from_running_can_be_skipped()
    {
        _scripts.Failures = 1;
        var instance = await _host.StartAsync(Definition(Builtins.Chart.Of("s>x s>b").With("activities", new JsonArray(
            Line("s", "s"), Activity("x", "Elsa.WriteLine", ("text", Input("JavaScript", "x()"))), OpenDesk("b")))));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);

        var result = await AlterAsync(instance.Id, new SkipActivity(new ActivityHandle("b")));

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Empty(_host.Store.Companions);
    }

    [Fact]
    public async Task What_somebody_brought_to_an_activity_that_failed_is_not_lost()
    {
        var instance = await _host.StartAsync(Definition(Sequence(OpenDesk(days: 2))));
        _scripts.Failures = 1;
        await ServeAsync(instance.Id, "un acte de naissance");
        Assert.Equal(WorkflowSubStatus.Faulted, _host.Instance(instance.Id).SubStatus);

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal(["un acte de naissance"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
        Assert.IsType<DeskOpened>(Assert.Single(_host.Store.Companions));
    }

    [Fact]
    public async Task A_deadline_whose_handling_failed_is_handled_by_the_retry()
    {
        var instance = await _host.StartAsync(Definition(Sequence(OpenDesk(days: 2))));
        _scripts.Failures = 1;
        await _host.AdvanceAsync(TimeSpan.FromDays(3));
        // The desk is open still, and somebody comes.
        Assert.Single(_host.Store.Bookmarks(instance.Id));
        await ServeAsync(instance.Id, "trop tard");

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
        Assert.Equal([typeof(DeskOpened), typeof(DeskClosed)], _host.Store.Companions.Select(companion => companion.GetType()));
    }

    [Fact]
    public async Task A_resume_that_fails_is_tried_again_by_the_activitys_strategy()
    {
        var instance = await _host.StartAsync(Definition(Sequence(WithStrategy(OpenDesk()))));
        _scripts.Failures = 2;
        await ServeAsync(instance.Id, "une copie");
        Assert.Equal((WorkflowSubStatus.Suspended, 0), (_host.Instance(instance.Id).SubStatus, _host.Instance(instance.Id).IncidentCount));

        await _host.AdvanceAsync(TimeSpan.FromSeconds(10));
        await _host.AdvanceAsync(TimeSpan.FromSeconds(25));

        Assert.Equal(["une copie"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
        Assert.Single(_host.Store.Companions);
    }

    [Fact]
    public async Task An_activity_begun_anew_closes_what_it_had_opened()
    {
        // As builds before stored it: at fault, nothing said about what failed.
        var instance = await _host.StartAsync(Definition(Sequence(OpenDesk())));
        await StoreAsFormerlyAsync(instance, "guichet");

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal([typeof(DeskOpened), typeof(DeskClosed), typeof(DeskOpened)], _host.Store.Companions.Select(companion => companion.GetType()));
        Assert.Single(_host.Store.Bookmarks(instance.Id));
    }

    [Fact]
    public async Task An_owner_that_failed_goes_on_where_it_was_and_misses_no_event()
    {
        var instance = await _host.StartAsync(Definition(Machine()));
        await _host.SendEventAsync("e1");
        _scripts.Failures = 1;
        await _host.SendEventAsync("e2");
        Assert.Equal((WorkflowSubStatus.Faulted, "e3"), (_host.Instance(instance.Id).SubStatus, Assert.Single(_host.Store.Bookmarks(instance.Id)).ActivityId));
        Assert.Single(await _host.SendEventAsync("e3"));

        await AlterAsync(instance.Id, new RetryIncidents());

        // e2 came first, and its condition holds now.
        Assert.Equal(["S1", "S2", "S3"], _host.Lines(instance.Id));
        Assert.Equal((WorkflowSubStatus.Finished, 0), (_host.Instance(instance.Id).SubStatus, _host.Instance(instance.Id).IncidentCount));
    }

    [Fact]
    public async Task What_an_owner_hears_behind_a_failure_it_hears_in_order()
    {
        var document = Definition(Machine());
        document["root"]!["transitions"]![1]!["condition"] = Input("Literal", false, "Boolean");
        document["root"]!["transitions"]![2]!["condition"] = Input("JavaScript", "si()", "Boolean");
        var instance = await _host.StartAsync(document);
        await _host.SendEventAsync("e1");
        _scripts.Failures = 2;
        await _host.SendEventAsync("e3");
        await _host.SendEventAsync("e2");

        await AlterAsync(instance.Id, new RetryIncidents());
        Assert.Equal(WorkflowSubStatus.Faulted, _host.Instance(instance.Id).SubStatus);
        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal(["S1", "S2", "S4"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task An_owner_is_tried_again_by_its_strategy_without_beginning_anew()
    {
        var round = Activity("tour", "Elsa.Sequence", ("activities", new JsonArray(Event("e", "go"), Line("l", "fait"))));
        var instance = await _host.StartAsync(Definition(WithStrategy(Activity("w", "Elsa.While", ("condition", Input("JavaScript", "si()", "Boolean")), ("body", round)))));
        _scripts.Failures = 1;
        await _host.SendEventAsync("go");
        Assert.Equal((WorkflowSubStatus.Suspended, 0), (_host.Instance(instance.Id).SubStatus, _host.Instance(instance.Id).IncidentCount));

        await _host.AdvanceAsync(TimeSpan.FromSeconds(10));
        await _host.SendEventAsync("go");

        Assert.Equal(["fait", "fait"], _host.Lines(instance.Id));
        Assert.Equal("e", Assert.Single(_host.Store.Bookmarks(instance.Id)).ActivityId);
        Assert.Single(_host.Store.Journal(instance.Id), line => line is { EventName: "Started", ActivityId: "w" });
    }

    [Fact]
    public async Task A_failed_owner_can_still_be_cancelled_with_all_it_has_not_heard()
    {
        var instance = await _host.StartAsync(Definition(Machine()));
        await _host.SendEventAsync("e1");
        _scripts.Failures = 1;
        await _host.SendEventAsync("e2");

        Assert.True((await AlterAsync(instance.Id, new SkipActivity(new ActivityHandle("m")))).Applied);

        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
        Assert.Empty(_host.Store.Bookmarks(instance.Id));
    }

    [Fact]
    public async Task What_waited_behind_a_failure_moves_to_another_version_with_it()
    {
        var instance = await _host.StartAsync(Definition(Machine()));
        await _host.SendEventAsync("e1");
        _scripts.Failures = 1;
        await _host.SendEventAsync("e2");
        var document = Definition(Machine());
        // The transition under way has another place now.
        var transitions = document["root"]!["transitions"]!.AsArray();
        var first = transitions[0]!;
        transitions.RemoveAt(0);
        transitions.Add(first);
        await _host.PublishAsync(document);

        var moved = await AlterAsync(instance.Id, new RetryIncidents(), new Migrate(2));

        Assert.True(moved.Applied, string.Join(' ', moved.Refusals));
        Assert.Equal(["S1", "S2", "S3"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_retry_of_all_incidents_runs_nothing_that_its_owner_has_cancelled()
    {
        Fragile.Failures = 1;
        var third = Activity("sq", "Elsa.Sequence", ("activities", new JsonArray(Event("e3", "e3"), Activity("f", "Elsa.Fragile"), OpenDesk())));
        var instance = await _host.StartAsync(Definition(Machine(third)));
        await _host.SendEventAsync("e1");
        await _host.SendEventAsync("e3");
        _scripts.Failures = 1;
        await _host.SendEventAsync("e2");
        Assert.Equal(2, _host.Instance(instance.Id).IncidentCount);

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal(["S1", "S2", "S3"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
        Assert.Empty(_host.Store.Bookmarks(instance.Id));
        Assert.Empty(_host.Store.Effects);
    }

    [Fact]
    public async Task An_owner_begun_anew_takes_what_was_at_fault_in_it_along()
    {
        Fragile.Failures = 2;
        var inner = Activity("dedans", "Elsa.Sequence", ("activities", new JsonArray(Event("e", "e"), Activity("f", "Elsa.Fragile"), OpenDesk())));
        var instance = await _host.StartAsync(Definition(Sequence(inner)));
        await _host.SendEventAsync("e");
        await StoreAsFormerlyAsync(_host.Instance(instance.Id), "dedans");

        await AlterAsync(instance.Id, new RetryIncidents());

        Assert.Equal("e", Assert.Single(_host.Store.Bookmarks(instance.Id)).ActivityId);
        Assert.Empty(_host.Store.Effects);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_whose_consequence_fails_is_refused(bool skip)
    {
        var loop = Activity("w", "Elsa.While", ("condition", Input("JavaScript", "si()", "Boolean")), ("body", Event("e", "go")));
        var instance = await _host.StartAsync(Definition(Sequence(loop)));
        _scripts.Failures = 1;

        var result = await AlterAsync(instance.Id, skip ? new SkipActivity(new ActivityHandle("e")) : new CancelActivity(new ActivityHandle("e")));

        Assert.Contains("time limit", Assert.Single(result.Refusals), StringComparison.Ordinal);
        Assert.Equal(WorkflowSubStatus.Suspended, _host.Instance(instance.Id).SubStatus);
        Assert.Single(_host.Store.Bookmarks(instance.Id));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static JsonObject OpenDesk(string id = "guichet", int days = 0) =>
        Activity(id, "Elsa.Desk", ("sign", Input("JavaScript", "enseigne()", "String")), ("days", Literal(days)));

    /// <summary>From S1 by the event e1 to S2; from there by e2, under a condition, to S3, or by e3 to S4.</summary>
    private static JsonObject Machine(JsonObject? third = null)
    {
        JsonObject Transition(string from, string to, JsonObject trigger, JsonObject? condition = null) =>
            new() { ["name"] = to, ["from"] = from, ["to"] = to, ["trigger"] = trigger, ["condition"] = condition };
        return Activity("m", "Elsa.StateMachine", ("initialState", "S1"),
            ("states", new JsonArray([.. Enumerable.Range(1, 4).Select(i => new JsonObject { ["name"] = $"S{i}", ["entry"] = Line($"l{i}", $"S{i}") })])),
            ("transitions", new JsonArray(
                Transition("S1", "S2", Event("e1", "e1")),
                Transition("S2", "S3", Event("e2", "e2"), Input("JavaScript", "si()", "Boolean")),
                Transition("S2", "S4", third ?? Event("e3", "e3")))));
    }

    private static JsonObject WithStrategy(JsonObject activity) => activity.With(
        "customProperties", new JsonObject { ["resilienceStrategy"] = new JsonObject { ["mode"] = "Identifier", ["strategyId"] = "bref" } });

    /// <summary>Puts an activity at fault in the form of the first builds: without its bookmarks, and without what is left undone.</summary>
    private async Task StoreAsFormerlyAsync(InstanceRecord instance, string activityId)
    {
        var state = JsonNode.Parse(instance.State.Span)!;
        state["ctx"]!.AsArray().Single(execution => execution!["a"]!.GetValue<string>() == activityId)!["s"] = "Faulted";
        var burst = new Burst
        {
            Now = _host.Time.GetUtcNow(),
            Instance = instance with { SubStatus = WorkflowSubStatus.Faulted, State = Encoding.UTF8.GetBytes(state.ToJsonString()) },
        };
        burst.BurnedBookmarkIds.AddRange(_host.Store.Bookmarks(instance.Id).Select(bookmark => bookmark.Id));
        await using var transaction = await _host.Store.BeginAsync(instance.Id, CancellationToken.None);
        await transaction.CommitAsync(burst, CancellationToken.None);
    }

    private Task<BurstResult> ServeAsync(string instanceId, string request) => _host.Runtime.ResumeAsync(
        new ResumeBookmark(instanceId, _host.Store.Bookmarks(instanceId).First(bookmark => bookmark.Name == Desk.BookmarkName).Id, new JsonObject { ["demande"] = request }),
        CancellationToken.None);

    private Task<AlterationResult> AlterAsync(string instanceId, params Alteration[] alterations) =>
        _host.Runtime.AlterAsync(new AlterWorkflow(instanceId, alterations), CancellationToken.None);
}
