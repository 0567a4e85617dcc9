using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Persistence.Tests.Engine;

/// <summary>Triggers, children, events and activation strategies on PostgreSQL, with two hosts.</summary>
public sealed class TriggerClaimTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task ARecurringTrigger_OnTwoHosts_FiresOncePerDueTime_AndLateOnesTogether()
    {
        await using var one = Host();
        await using var two = Host();
        await PublishAsync(one, "minuterie", Timer("00:01:00"));

        for (var round = 1; round <= 20; round++)
        {
            _time.Advance(TimeSpan.FromMinutes(round % 5 == 0 ? 7 : 1));
            await Task.WhenAll(FireAsync(one), FireAsync(two), FireAsync(one), FireAsync(two));
            Assert.Equal(round, await CountAsync("workflow_instances"));
        }
    }

    [Fact]
    public async Task ATrigger_WhoseStartFails_StaysDue_AndLeavesNothing()
    {
        await using var host = Host();
        await PublishAsync(host, "minuterie", Timer("00:01:00"));
        _time.Advance(TimeSpan.FromMinutes(1));
        var due = Assert.Single(await host.GetRequiredService<ITriggerStore>().FindDueAsync(_time.GetUtcNow(), 10, CancellationToken.None));

        // The instance cannot be written: the claim that went before must not stay.
        await _database.ExecuteAsync("alter table workflow_instances add constraint none check (false) not valid");
        await Assert.ThrowsAnyAsync<Exception>(() => host.GetRequiredService<DueTriggers>().FireAsync(due, CancellationToken.None));
        await _database.ExecuteAsync("alter table workflow_instances drop constraint none");

        Assert.True(await host.GetRequiredService<DueTriggers>().FireAsync(due, CancellationToken.None));
        Assert.False(await host.GetRequiredService<DueTriggers>().FireAsync(due, CancellationToken.None));
        Assert.Equal(1, await CountAsync("workflow_instances"));
    }

    [Fact]
    public async Task ARetractedOrPausedDefinition_StopsFiring()
    {
        await using var host = Host();
        await PublishAsync(host, "minuterie", Timer("00:01:00"));
        var triggers = host.GetRequiredService<ITriggerStore>();

        await triggers.PauseAsync("minuterie", _time.GetUtcNow(), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, await FireAsync(host));
        Assert.Null(await triggers.NextDueAsync(CancellationToken.None));
        await triggers.ContinueAsync("minuterie", CancellationToken.None);
        Assert.Equal(1, await FireAsync(host));

        Assert.NotNull(await host.GetRequiredService<IDefinitionStore>().RetractAsync("minuterie", CancellationToken.None));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, await FireAsync(host));
        Assert.Equal(0, await CountAsync("workflow_triggers"));
    }

    [Fact]
    public async Task AVersionInForceLater_TakesOverAtMidnightInParis()
    {
        await using var host = Host();
        await PublishAsync(host, "accueil", Starting(Event("e", "bonjour")));
        var second = await PublishAsync(host, "accueil", Starting(Event("e", "bonjour")), effectiveFrom: "2026-03-12");

        // What other workflows start, and what is shown as published, follow the same date as what events start.
        Assert.False(second.IsPublished);
        _time.AdvanceTo(new DateTimeOffset(2026, 3, 11, 22, 59, 59, TimeSpan.Zero));
        Assert.Equal(1, (await SendAsync(host)).Instance!.Version);
        await AssertInForceAsync(host, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(second.Version, (await SendAsync(host)).Instance!.Version);
        await AssertInForceAsync(host, 2);
    }

    private static async Task AssertInForceAsync(ServiceProvider host, int version)
    {
        var store = host.GetRequiredService<IDefinitionStore>();
        Assert.Equal([version], (await store.ListAsync("accueil", CancellationToken.None)).Where(v => v.IsPublished).Select(v => v.Version));
        var id = await store.FindInForceIdAsync("accueil", CancellationToken.None);
        Assert.Equal((version, true), await store.FindByIdAsync(id!, CancellationToken.None) is { } found ? (found.Version, found.IsPublished) : default);
        var (rows, total) = await host.GetRequiredService<DefinitionLists>().ListAsync(new DefinitionQuery("Published", DefinitionIds: ["accueil"]), CancellationToken.None);
        Assert.Equal((1, version, true), (total, rows[0].Version, rows[0].IsPublished));
    }

    [Fact]
    public async Task Children_OfABulkDispatch_FinishingOnTwoHosts_ResumeTheirParentOnceEach()
    {
        await using var one = Host(workers: true);
        await using var two = Host(workers: true);
        await PublishAsync(one, "enfant", Line("w", "x"));
        var items = new JsonArray([.. Enumerable.Range(0, Environment.GetEnvironmentVariable("CLEISS_LONG") == "1" ? 10_000 : 100).Select(i => (JsonNode?)i)]);
        var parent = await PublishAsync(one, "parent", Activity(
            "b", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Literal("enfant")), ("items", Input("Object", items.ToJsonString())), ("childCompleted", Line("ok", "terminée"))));
        await one.StartWorkersAsync();
        await two.StartWorkersAsync();

        var instance = (await one.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(parent.Id), CancellationToken.None)).Instance!;
        await UntilAsync($"select count(*) from workflow_instances where id = '{instance.Id}' and status = 'Finished'", 1);
        await one.StopWorkersAsync();
        await two.StopWorkersAsync();

        Assert.Equal(items.Count, await _database.ScalarAsync<long>("select count(*) from workflow_instances where definition_id = 'enfant' and status = 'Finished'"));
        Assert.Equal(0, await CountAsync("outbox"));
    }

    [Fact]
    public async Task AnEvent_PublishedToManyWaiters_ReachesEachOnce()
    {
        await using var one = Host(workers: true);
        await using var two = Host(workers: true);
        var listener = await PublishAsync(one, "abonné", Event("e", "nouvelle"));
        var sender = await PublishAsync(one, "émetteur", Activity("p", "Elsa.PublishEvent", ("eventName", Literal("nouvelle"))));
        var runtime = one.GetRequiredService<WorkflowRuntime>();
        for (var i = 0; i < 60; i++)
        {
            await runtime.StartAsync(new StartWorkflow(listener.Id), CancellationToken.None);
        }

        await one.StartWorkersAsync();
        await two.StartWorkersAsync();
        await runtime.StartAsync(new StartWorkflow(sender.Id), CancellationToken.None);
        await UntilAsync("select count(*) from workflow_instances where status = 'Finished'", 61);
        await one.StopWorkersAsync();
        await two.StopWorkersAsync();

        Assert.Equal(0, await CountAsync("bookmarks"));
    }

    [Fact]
    public async Task ASingleton_StartedOnTwoHostsAtOnce_RunsOnce_AndAgainWhenItHasEnded()
    {
        await using var one = Host();
        await using var two = Host();
        var definition = await PublishAsync(
            one, "unique", Event("e", "fin"), options: new JsonObject { ["activationStrategyType"] = "SingletonStrategy" });

        for (var round = 1; round <= 10; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? one : two).GetRequiredService<WorkflowRuntime>()
                .StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)));
            Assert.Single(results, result => result.Executed);
            Assert.Equal(5, results.Count(result => result.Status == BurstStatus.CannotStart));
            await one.GetRequiredService<StimulusSender>().SendAsync(
                new Stimulus(Cleiss.Engine.Builtins.Waiting.Event.BookmarkName, Cleiss.Engine.Builtins.Waiting.Event.Stimulus("fin")), null, CancellationToken.None);
            Assert.Equal(round, await CountAsync("workflow_instances"));
        }
    }

    private static JsonObject Timer(string interval) => Starting(Activity("t", "Elsa.Timer", ("interval", Literal(interval))));

    private static JsonObject Starting(JsonObject activity) => activity.With("customProperties", new JsonObject { ["canStartWorkflow"] = true });

    private static async Task<BurstResult> SendAsync(ServiceProvider host) => Assert.Single(await host.GetRequiredService<StimulusSender>().SendAsync(
        new Stimulus(Cleiss.Engine.Builtins.Waiting.Event.BookmarkName, Cleiss.Engine.Builtins.Waiting.Event.Stimulus("bonjour")), null, CancellationToken.None));

    private static Task<int> FireAsync(ServiceProvider host) =>
        ActivatorUtilities.CreateInstance<TriggerService>(host).FireDueAsync(CancellationToken.None);

    private ServiceProvider Host(bool workers = false)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddPersistence(_database.ConnectionString);
        return (workers ? services.AddWorkflowWorkers() : services.AddWorkflowStores()).BuildServiceProvider();
    }

    private static async Task<WorkflowDefinition> PublishAsync(
        ServiceProvider host, string definitionId, JsonObject activity, string? effectiveFrom = null, JsonObject? options = null)
    {
        var document = Definition(Flowchart([activity]));
        if (effectiveFrom is not null)
        {
            document["customProperties"] = new JsonObject { ["effectiveFrom"] = effectiveFrom };
        }

        document["options"] = options;
        var store = host.GetRequiredService<IDefinitionStore>();
        return await store.PublishAsync((await store.SaveDraftAsync(definitionId, document, CancellationToken.None)).Id, CancellationToken.None);
    }

    private Task<long> CountAsync(string table) => _database.ScalarAsync<long>("select count(*) from " + table);

    private async Task UntilAsync(string sql, long expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(Environment.GetEnvironmentVariable("CLEISS_LONG") == "1" ? 10 : 1));
        for (var found = 0L; (found = await _database.ScalarAsync<long>(sql)) != expected;)
        {
            Assert.False(limit.IsCancellationRequested, $"« {sql} » gave {found} instead of {expected}; outbox: {await _database.ScalarAsync<string>("select string_agg(kind || ' ' || coalesce(last_error, ''), ', ') from outbox")}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
