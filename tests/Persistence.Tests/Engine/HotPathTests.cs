using System.Diagnostics;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;
using Waiting = Cleiss.Engine.Builtins.Waiting;

namespace Cleiss.Persistence.Tests.Engine;

/// <summary>What a start and a resume ask of the database, counted instead of timed.</summary>
public sealed class HotPathTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task AStart_TakesOneRoundTrip_AndAResumeTwo()
    {
        await using var host = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(new ManualTimeProvider())
            .AddPersistence(_database.ConnectionString).AddWorkflowStores().BuildServiceProvider();
        var store = host.GetRequiredService<IDefinitionStore>();
        var draft = await store.SaveDraftAsync("essai", Definition(Sequence(Line("a", "un"), Event("e", "suite"), Line("b", "deux"))), CancellationToken.None);
        var definition = await store.PublishAsync(draft.Id, CancellationToken.None);
        var runtime = host.GetRequiredService<WorkflowRuntime>();
        // The first one also reads the definition.
        await runtime.StartAsync(new StartWorkflow(definition.Id, CorrelationId: "premier"), CancellationToken.None);

        var start = await CountAsync("essai", () => runtime.StartAsync(new StartWorkflow(definition.Id, CorrelationId: "second"), CancellationToken.None));
        var resume = await CountAsync("suite", () => runtime.PublishAsync(
            new Stimulus(Waiting.Event.BookmarkName, Waiting.Event.Stimulus("suite"), CorrelationId: "second"), "test", CancellationToken.None));

        Assert.Equal((1, 2), (start, resume));
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Finished'"));
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from workflow_journal where message = 'deux' and activity_id = 'b' and node_id = 'Workflow1:root:b'"));
    }

    /// <summary>Npgsql traces each command, and a batch as one; only those below an activity of our own are counted, other tests run beside.</summary>
    private static async Task<int> CountAsync(string name, Func<Task> work)
    {
        var count = 0;
        using var own = new Activity(name).Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == own.TraceId)
                {
                    Interlocked.Increment(ref count);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return count;
    }
}
