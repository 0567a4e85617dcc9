using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Corpus;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit;
using Xunit;
using Xunit.Abstractions;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Volume;

/// <summary>Ten thousand items in one instance: in one burst, each with a wait, and all side by side; the memory taken stays bounded.</summary>
public sealed class FanOutTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Items = 10_000;
    private const int MostMegabytes = 300;

    private TestDatabase _database = null!;
    private InProcessHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _host = InProcessHost.Engine(_database.ConnectionString, new ManualTimeProvider(), new Ledger());
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Ten_thousand_items_one_after_another_in_one_burst()
    {
        var taken = await MeasureAsync(async () => await StartAsync(ForEach("Elsa.ForEach", Items, Line("l", "fait"))));

        Assert.Equal(Items, await WrittenAsync());
        Assert.True(taken < MostMegabytes, $"{taken} MB were taken.");
        await Sound.AssertAsync(_host);
    }

    [Fact]
    public async Task Ten_thousand_items_side_by_side_wait_together_and_end()
    {
        var taken = await MeasureAsync(async () =>
        {
            await StartAsync(ForEach("Elsa.ParallelForEach", Items, Event("e", "suite")));
            Assert.Equal(Items, await _database.ScalarAsync<long>("select count(*) from bookmarks"));
            // One message to each would be ten thousand bursts over the whole state; some show that it goes, the end takes the rest.
            for (var i = 0; i < (Sizes.Long ? 500 : 3); i++)
            {
                var id = await _database.ScalarAsync<string>("select min(id) from bookmarks");
                Assert.True((await _host.Runtime.ResumeAsync(new ResumeBookmark("i", id!, new JsonObject()), CancellationToken.None)).Executed);
            }
        });

        Assert.Equal(Items - (Sizes.Long ? 500 : 3), await _database.ScalarAsync<long>("select count(*) from bookmarks"));
        Assert.True((await _host.Runtime.CancelAsync(new CancelWorkflow("i"), CancellationToken.None)).Executed);
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from bookmarks"));
        Assert.True(taken < MostMegabytes, $"{taken} MB were taken.");
        await Sound.AssertAsync(_host);
    }

    [Fact]
    public async Task A_thousand_items_with_a_wait_in_each_keep_the_stored_state_small()
    {
        const int Waits = 1_000;
        await StartAsync(ForEach("Elsa.ForEach", Waits, Event("e", "suite"), Line("l", "fait")));
        for (var i = 0; i < (Sizes.Long ? Waits : 100); i++)
        {
            await EngineRecording.SendAsync(_host, "suite", "c");
        }

        var size = await _database.ScalarAsync<int>("select pg_column_size(state) from workflow_instances");
        output.WriteLine($"{size} bytes");
        Assert.True(size < 16_384, $"The state takes {size} bytes.");
        Assert.Equal(Sizes.Long ? Waits : 100, await WrittenAsync());
        await Sound.AssertAsync(_host);
    }

    private static JsonObject ForEach(string type, int items, params JsonObject[] body) => Definition(Activity(
        "boucle", type,
        ("items", Input("Object", new JsonArray([.. Enumerable.Range(0, items).Select(i => JsonValue.Create(i))]).ToJsonString(), "Object[]")),
        ("body", Sequence(body).With("id", "corps"))));

    private async Task StartAsync(JsonObject document)
    {
        var store = _host.Get<IDefinitionStore>();
        var definition = await store.PublishAsync((await store.SaveDraftAsync("eventail", document, CancellationToken.None)).Id, CancellationToken.None);
        var result = await _host.Runtime.StartAsync(new StartWorkflow(definition.Id, "i", CorrelationId: "c"), CancellationToken.None);
        Assert.Empty(result.Faulted);
    }

    /// <returns>Megabytes the heap has grown by at most, looked at while the work goes on.</returns>
    private async Task<long> MeasureAsync(Func<Task> work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
                await Task.Delay(10, CancellationToken.None);
            }
        });
        await work();
        await stop.CancelAsync();
        await looking;
        output.WriteLine($"{most >> 20} MB at most");
        return most >> 20;
    }

    private Task<long> WrittenAsync() => _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written'");
}
