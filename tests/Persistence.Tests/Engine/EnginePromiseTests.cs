using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Waiting = Cleiss.Engine.Builtins.Waiting;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Persistence.Tests.Engine;

/// <summary>Promises 1 to 4 of the design, on PostgreSQL.</summary>
public sealed class EnginePromiseTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Ledger _ledger = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    // Promise 1: one burst, one transaction.
    [Fact]
    public async Task ABurst_ThatFailsAtItsLastWrite_LeavesNothing()
    {
        await using var host = Host();
        var definition = await PublishAsync(host, Definition(Sequence(Event("e", "suite"), Activity("x", "Test.Effect"), Event("f", "fin"))));
        var runtime = host.GetRequiredService<WorkflowRuntime>();
        var instance = (await runtime.StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)).Instance!;
        var bookmark = await OnlyBookmarkAsync(instance.Id);
        var before = await SnapshotAsync();

        await Assert.ThrowsAsync<PostgresException>(() => runtime.ResumeAsync(
            new ResumeBookmark(instance.Id, bookmark, Companions: [new Explode()]), CancellationToken.None));

        Assert.Equal(before, await SnapshotAsync());
        var again = await runtime.ResumeAsync(new ResumeBookmark(instance.Id, bookmark), CancellationToken.None);
        Assert.Equal(BurstStatus.Executed, again.Status);
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from outbox"));
    }

    [Fact]
    public async Task AStart_ThatFails_LeavesNothing()
    {
        await using var host = Host();
        var definition = await PublishAsync(host, Definition(Sequence(Event("e", "suite"))));

        await Assert.ThrowsAsync<PostgresException>(() => host.GetRequiredService<WorkflowRuntime>().StartAsync(
            new StartWorkflow(definition.Id, Companions: [new Explode()]), CancellationToken.None));

        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from workflow_instances"));
    }

    [Fact]
    public async Task AGuard_ThatRefuses_LeavesNothing_AndReleasesTheInstance()
    {
        await using var host = Host();
        var definition = await PublishAsync(host, Definition(Sequence(Event("e", "suite"))));
        var runtime = host.GetRequiredService<WorkflowRuntime>();
        var instance = (await runtime.StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)).Instance!;
        var bookmark = await OnlyBookmarkAsync(instance.Id);

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => runtime.ResumeAsync(
            new ResumeBookmark(instance.Id, bookmark, Guard: (_, _) => throw new UnauthorizedAccessException()), CancellationToken.None));

        Assert.True((await runtime.ResumeAsync(new ResumeBookmark(instance.Id, bookmark), CancellationToken.None)).Executed);
    }

    // Promise 2: effects happen at least once outside, exactly once in the flow.
    [Fact]
    public async Task AnEffect_ThatFailsTwice_IsRepeatedWithItsKey_AndResumesTheFlowOnce()
    {
        await using var host = Host(workers: true);
        _ledger.FailuresToCome = 2;
        var definition = await PublishAsync(host, Definition(Sequence(Activity("x", "Test.Effect"), Line("a", "fait"))));
        await host.StartWorkersAsync();

        var instance = (await host.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)).Instance!;
        await UntilFinishedAsync(instance.Id, whileWaiting: () => _time.Advance(TimeSpan.FromSeconds(5)));
        await host.StopWorkersAsync();

        Assert.Equal(3, _ledger.Calls.Count);
        Assert.Single(_ledger.Calls.Distinct());
        Assert.Equal(1, await WrittenAsync(instance.Id));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from outbox"));
    }

    [Fact]
    public async Task AnEffect_OfADeadHost_IsTakenOver()
    {
        await using var host = Host(workers: true);
        var definition = await PublishAsync(host, Definition(Sequence(Activity("x", "Test.Effect"), Line("a", "fait"))));
        var instance = (await host.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)).Instance!;
        // A host claimed the effect and died: its number's lock is held by nobody.
        await host.GetRequiredService<Outbox>().ClaimAsync(owner: 999_999, 10, _time.GetUtcNow(), CancellationToken.None);

        await host.StartWorkersAsync();
        await UntilFinishedAsync(instance.Id);
        await host.StopWorkersAsync();

        Assert.Equal(1, await WrittenAsync(instance.Id));
    }

    [Fact]
    public async Task APoisonedEffect_IsParkedWithItsReason_AndTheNextGoesOn()
    {
        await using var host = Host(workers: true);
        _ledger.Poisoned = true;
        var definition = await PublishAsync(host, Definition(Sequence(Activity("x", "Test.Effect"), Line("a", "fait"))));
        var runtime = host.GetRequiredService<WorkflowRuntime>();
        await host.StartWorkersAsync();
        await runtime.StartAsync(new StartWorkflow(definition.Id), CancellationToken.None);
        await UntilAsync(async () => await _database.ScalarAsync<long>("select count(*) from outbox where parked_at is not null") == 1, "the first effect is parked");
        _ledger.Poisoned = false;

        var second = (await runtime.StartAsync(new StartWorkflow(definition.Id), CancellationToken.None)).Instance!;
        await UntilFinishedAsync(second.Id);
        var parked = await _database.ScalarAsync<string>("select id from outbox where parked_at is not null and last_error = 'poison'");
        Assert.True(await host.GetRequiredService<Outbox>().RetryAsync(parked!, _time.GetUtcNow(), CancellationToken.None));
        await UntilAsync(async () => await _database.ScalarAsync<long>("select count(*) from outbox") == 0, "the parked effect is retried");
        await host.StopWorkersAsync();
    }

    [Fact]
    public async Task AResultTheFlowRefuses_ParksTheEffect_WhichIsNotDoneAgain()
    {
        await using var host = Host(workers: true);
        var definition = await PublishAsync(host, Definition(Sequence(Activity("x", "Test.Effect"))));
        await host.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id), CancellationToken.None);
        await _database.ExecuteAsync("update workflow_instances set state = jsonb_set(state::jsonb, '{v}', '99')::json");

        await host.StartWorkersAsync();
        await UntilAsync(async () => await _database.ScalarAsync<long>("select count(*) from outbox where parked_at is not null") == 1, "the effect is parked");
        await host.StopWorkersAsync();

        Assert.Single(_ledger.Calls);
        Assert.Contains("newer build", await _database.ScalarAsync<string>("select last_error from outbox"), StringComparison.Ordinal);
    }

    // Promise 3: a single writer per instance.
    [Fact]
    public async Task TwoEventsAtOnce_ToOneInstance_NeverLeaveItStuck()
    {
        await using var one = Host();
        await using var two = Host();
        var definition = await PublishAsync(one, Definition(Flowchart(
            [
                Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
                Event("e1", "un"), Event("e2", "deux"), Activity("j", "Elsa.FlowJoin", ("mode", Literal("WaitAll"))),
            ],
            "f.A>e1", "f.B>e2", "e1>j", "e2>j")));

        for (var round = 0; round < 100; round++)
        {
            var correlation = $"tour-{round}";
            await one.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id, CorrelationId: correlation), CancellationToken.None);
            await Task.WhenAll(SendAsync(one, "un", correlation), SendAsync(two, "deux", correlation), SendAsync(two, "un", correlation));
        }

        Assert.Equal(100, await _database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Finished'"));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from bookmarks"));
        Assert.Equal(100, await _database.ScalarAsync<long>("select count(*) from workflow_journal where activity_id = 'j' and event_name = 'Completed'"));
    }

    // Promise 4: timers are rows; late ones fire once.
    [Fact]
    public async Task LateTimers_FireOnce_OnWhicheverHost()
    {
        await using var first = Host();
        var definition = await PublishAsync(first, Definition(Sequence(Activity("d", "Elsa.Delay", ("timeSpan", Literal("1.00:00:00"))), Line("a", "fait"))));
        for (var i = 0; i < 40; i++)
        {
            await first.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition.Id), CancellationToken.None);
        }

        // No host runs while the timers fall due; two start afterwards.
        _time.Advance(TimeSpan.FromDays(30));
        await using var one = Host(workers: true);
        await using var two = Host(workers: true);
        await one.StartWorkersAsync();
        await two.StartWorkersAsync();
        await UntilAsync(async () => await _database.ScalarAsync<long>("select count(*) from bookmarks") == 0, "all timers have fired");
        await one.StopWorkersAsync();
        await two.StopWorkersAsync();

        Assert.Equal(40, await _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written'"));
    }

    private static Task SendAsync(IServiceProvider host, string name, string correlation) => host.GetRequiredService<WorkflowRuntime>()
        .PublishAsync(new Stimulus(Waiting.Event.BookmarkName, Waiting.Event.Stimulus(name), CorrelationId: correlation), "test", CancellationToken.None);

    private ServiceProvider Host(bool workers = false)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddPersistence(_database.ConnectionString);
        services.AddSingleton(_ledger);
        services.AddSingleton<IBurstParticipant, ExplodingParticipant>();
        services.AddActivitiesFrom(typeof(TestEffect).Assembly);
        services.AddEffectHandler<LedgerHandler>();
        return (workers ? services.AddWorkflowWorkers() : services.AddWorkflowStores()).BuildServiceProvider();
    }

    private static async Task<WorkflowDefinition> PublishAsync(ServiceProvider host, JsonObject document)
    {
        var store = host.GetRequiredService<IDefinitionStore>();
        return await store.PublishAsync((await store.SaveDraftAsync("essai", document, CancellationToken.None)).Id, CancellationToken.None);
    }

    private async Task<string> OnlyBookmarkAsync(string instanceId) =>
        (await _database.ScalarAsync<string>($"select id from bookmarks where workflow_instance_id = '{instanceId}'"))!;

    private Task<long> WrittenAsync(string instanceId) => _database.ScalarAsync<long>(
        $"select count(*) from workflow_journal where workflow_instance_id = '{instanceId}' and event_name = 'Written'");

    private Task<string?> SnapshotAsync() => _database.ScalarAsync<string>(
        """
        select jsonb_build_object(
            'instances', (select jsonb_agg(to_jsonb(i) order by id) from workflow_instances i),
            'bookmarks', (select jsonb_agg(to_jsonb(b) order by id) from bookmarks b),
            'outbox', (select jsonb_agg(to_jsonb(o) order by id) from outbox o),
            'journal', (select count(*) from workflow_journal))::text
        """);

    private Task UntilFinishedAsync(string instanceId, Action? whileWaiting = null) => UntilAsync(
        async () => await _database.ScalarAsync<string>($"select status from workflow_instances where id = '{instanceId}'") == "Finished",
        $"instance {instanceId} finishes", whileWaiting);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what, Action? whileWaiting = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited 30 s in vain until {what}.");
            whileWaiting?.Invoke();
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private sealed record Explode;

    private sealed class ExplodingParticipant : IBurstParticipant
    {
        public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
        {
            if (companion is Explode)
            {
                batch.Add("select 1 / 0");
            }

            return companion is Explode;
        }
    }

    private sealed class Ledger
    {
        public ConcurrentQueue<string> Calls { get; } = [];

        public int FailuresToCome { get; set; }

        public bool Poisoned { get; set; }
    }

    private sealed class LedgerHandler(Ledger ledger) : IEffectHandler
    {
        public string Kind => "test.effect";

        public Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
        {
            ledger.Calls.Enqueue(effect.IdempotencyKey);
            if (ledger.Poisoned)
            {
                return Task.FromResult<EffectResult>(new EffectResult.Park("poison"));
            }

            return ledger.FailuresToCome-- > 0
                ? throw new IOException("not this time")
                : Task.FromResult<EffectResult>(new EffectResult.Done(new JsonObject { ["ok"] = true }));
        }
    }
}

/// <summary>Asks for an effect and waits for its result.</summary>
[Activity("Test", "Essais", "Demande un effet.", Type = "Effect")]
public sealed class TestEffect : Activity
{
    protected override void Execute(ActivityExecutionContext context) =>
        context.AddEffect("test.effect", [], context.CreateBookmark(new CreateBookmarkArgs("Test.Effect")));
}
