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

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static JsonObject OpenDesk(string id = "guichet", int days = 0) =>
        Activity(id, "Elsa.Desk", ("sign", Input("JavaScript", "enseigne()", "String")), ("days", Literal(days)));

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
