using Cleiss.Durability.Tests.Corpus;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Races;

/// <summary>Two different events sent at once to one instance, again and again: none stays behind. (elsa-core#7726, #5961)</summary>
public sealed class TwoEventsTests
{
    private static readonly int Instances = Sizes.Long ? 10_000 : 1_000;
    private const int AtOnce = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Two_events_at_once_to_one_instance_never_leave_it_waiting(int hostCount)
    {
        await using var database = await PostgresServer.CreateDatabaseAsync();
        var time = new ManualTimeProvider();
        await using var one = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        await using var two = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        var other = hostCount == 1 ? one : two;
        var store = one.Get<IDefinitionStore>();
        var definition = await store.PublishAsync((await store.SaveDraftAsync("essai", Both(), CancellationToken.None)).Id, CancellationToken.None);

        await Parallel.ForAsync(0, Instances, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var correlation = $"c-{i}";
            await one.Runtime.StartAsync(new StartWorkflow(definition.Id, CorrelationId: correlation), CancellationToken.None);
            await Task.WhenAll(
                Task.Run(() => EngineRecording.SendAsync(one, "un", correlation), CancellationToken.None),
                Task.Run(() => EngineRecording.SendAsync(other, "deux", correlation), CancellationToken.None));
        });

        Assert.Equal(Instances, await database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Finished'"));
        Assert.Equal(Instances, await database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written'"));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from bookmarks"));
        await Sound.AssertAsync(one);
    }

    private static System.Text.Json.Nodes.JsonObject Both() => Definition(Flowchart(
        [
            Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
            Event("e1", "un"), Event("e2", "deux"), Activity("j", "Elsa.FlowJoin", ("mode", Literal("WaitAll"))), Line("l", "fin"),
        ],
        "f.A>e1", "f.B>e2", "e1>j", "e2>j", "j>l"));
}
