using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Waiting = Cleiss.Engine.Builtins.Waiting;

namespace Cleiss.EngineBenchmark;

/// <summary>The engine on PostgreSQL as the product composes it, without the web.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public BenchHost(string connectionString, TimeProvider? time = null, bool workers = false)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddPersistence(connectionString);
        _services = (workers ? services.AddWorkflowWorkers() : services.AddWorkflowStores()).BuildServiceProvider();
    }

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();

    public NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public IEnumerable<IHostedService> Workers => _services.GetServices<IHostedService>();

    public void Wake() => _services.GetRequiredService<BurstSignals>().Wake(new BurstNews(true, DateTimeOffset.MinValue, null));

    public Task MigrateAsync() => _services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);

    public async Task<WorkflowDefinition> PublishAsync(string definitionId, JsonObject document)
    {
        var store = _services.GetRequiredService<IDefinitionStore>();
        return await store.PublishAsync((await store.SaveDraftAsync(definitionId, document, CancellationToken.None)).Id, CancellationToken.None);
    }

    public async Task StartAsync(string versionId, string correlationId)
    {
        var result = await Runtime.StartAsync(new StartWorkflow(versionId, CorrelationId: correlationId), CancellationToken.None);
        if (result.Instance!.SubStatus != WorkflowSubStatus.Suspended)
        {
            throw new InvalidOperationException($"A measured workflow does not wait: {string.Join(' ', result.Faulted)}");
        }
    }

    /// <summary>Sends the event to the one instance of this correlation id, which then ends.</summary>
    public async Task ResumeAsync(string correlationId)
    {
        var results = await Runtime.PublishAsync(
            new Stimulus(Waiting.Event.BookmarkName, Waiting.Event.Stimulus(Flows.EventName), CorrelationId: correlationId), "benchmark", CancellationToken.None);
        if (results is not [{ Instance.SubStatus: WorkflowSubStatus.Finished }])
        {
            throw new InvalidOperationException($"A measured resume met {results.Count} instances, or one that did not finish.");
        }
    }

    /// <summary>
    /// A host works for months: what it does before its code is compiled for good and its statements are prepared on each connection is no
    /// figure of it. Starts and resumes until that no longer gets faster.
    /// </summary>
    public async Task WarmUpAsync(string versionId, int callers, int count)
    {
        var best = 0.0;
        for (var round = 0; round < 8; round++)
        {
            var run = $"chaud-{Guid.NewGuid():N}-";
            await Load.RunAsync(callers, count, i => StartAsync(versionId, run + i));
            var rate = (await Load.RunAsync(callers, count, i => ResumeAsync(run + i))).PerSecond;
            if (round >= 2 && rate < best * 1.05)
            {
                break;
            }

            best = Math.Max(best, rate);
        }
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 3600;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 3600;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Counts what is sent to the database: Npgsql traces every command, and a batch as one.</summary>
internal sealed class RoundTrips : IDisposable
{
    private readonly ActivityListener _listener;
    private int _count;

    public RoundTrips()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = _ => Interlocked.Increment(ref _count),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public static async Task<int> CountAsync(Func<Task> work)
    {
        using var trips = new RoundTrips();
        await work();
        return trips._count;
    }

    public void Dispose() => _listener.Dispose();
}
