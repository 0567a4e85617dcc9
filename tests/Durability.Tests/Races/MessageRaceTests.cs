using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;
using Event = Cleiss.Engine.Builtins.Waiting.Event;

namespace Cleiss.Durability.Tests.Races;

/// <summary>A message before the wait, at the same moment, after it, twice, and to a thousand who wait for it.</summary>
public sealed class MessageRaceTests : IAsyncLifetime
{
    private const int Waiters = 1_000;

    private TestDatabase _database = null!;
    private InProcessHost _one = null!;
    private InProcessHost _two = null!;
    private string _versionId = "";

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _one = InProcessHost.Engine(_database.ConnectionString, new ManualTimeProvider(), new Ledger());
        _two = InProcessHost.Engine(_database.ConnectionString, new ManualTimeProvider(), new Ledger());
        var store = _one.Get<IDefinitionStore>();
        _versionId = (await store.PublishAsync(
            (await store.SaveDraftAsync("essai", Definition(Sequence(Event("e", "message"), Line("l", "reçu"))), CancellationToken.None)).Id, CancellationToken.None)).Id;
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_message_before_the_wait_is_not_kept_and_one_after_it_is_not_taken()
    {
        Assert.Equal(0, await SendAsync(_one, "c"));
        await StartAsync("c");
        Assert.Equal(0, await ReceivedAsync());
        Assert.Equal(1, await SendAsync(_one, "c"));
        Assert.Equal(0, await SendAsync(_two, "c"));
        Assert.Equal(1, await ReceivedAsync());
        await Sound.AssertAsync(_one);
    }

    [Fact]
    public async Task A_message_at_the_moment_of_the_start_is_taken_once_or_not_at_all()
    {
        var taken = 0;
        for (var i = 0; i < 200; i++)
        {
            var correlation = $"c-{i}";
            var sending = Task.Run(() => SendAsync(_two, correlation));
            await StartAsync(correlation);
            taken += await sending;
        }

        // Whoever answered « taken » has been received, and nobody else.
        Assert.Equal(taken, await ReceivedAsync());
        Assert.Equal(200 - taken, await _database.ScalarAsync<long>("select count(*) from bookmarks"));
        await Sound.AssertAsync(_one);
    }

    [Fact]
    public async Task A_message_sent_five_times_at_once_is_taken_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var correlation = $"c-{i}";
            await StartAsync(correlation);
            var takers = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => Task.Run(() => SendAsync(n % 2 == 0 ? _one : _two, correlation))));
            Assert.Equal(1, takers.Sum());
        }

        Assert.Equal(100, await ReceivedAsync());
        await Sound.AssertAsync(_one);
    }

    [Fact]
    public async Task A_message_to_a_thousand_who_wait_reaches_each_once_though_two_hosts_send_it()
    {
        await Parallel.ForAsync(0, Waiters, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await StartAsync($"c-{i}"));

        var taken = await Task.WhenAll(Task.Run(() => SendAsync(_one, null)), Task.Run(() => SendAsync(_two, null)));

        Assert.Equal(Waiters, taken.Sum());
        Assert.Equal(Waiters, await ReceivedAsync());
        Assert.Equal(Waiters, await _database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Finished'"));
        await Sound.AssertAsync(_one);
    }

    private Task StartAsync(string correlation) => _one.Runtime.StartAsync(new StartWorkflow(_versionId, CorrelationId: correlation), CancellationToken.None);

    /// <returns>How many bookmarks took it.</returns>
    private static async Task<int> SendAsync(InProcessHost host, string? correlation) =>
        (await host.Runtime.PublishAsync(new Stimulus(Event.BookmarkName, Event.Stimulus("message"), CorrelationId: correlation), "test", CancellationToken.None)).Count(result => result.Executed);

    private Task<long> ReceivedAsync() => _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written'");
}
