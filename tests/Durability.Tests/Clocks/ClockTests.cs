using System.Globalization;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Clocks;

/// <summary>Clocks are set forward and back, hosts disagree about the time, and the night has an hour more or less: no timer is lost or doubled.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private readonly Ledger _ledger = new();
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("2026-03-28T22:00:00Z", "the night that loses an hour in Paris")]
    [InlineData("2026-10-24T22:00:00Z", "the night that has an hour twice")]
    [InlineData("2028-02-28T20:00:00Z", "into the leap day")]
    [InlineData("2028-02-29T20:00:00Z", "out of the leap day")]
    [InlineData("2026-12-31T20:00:00Z", "into the new year")]
    public async Task Timers_through_a_night_fire_once_each_and_never_early_though_the_clock_is_set_an_hour_forth_and_back(string evening, string why)
    {
        var start = DateTimeOffset.Parse(evening, CultureInfo.InvariantCulture);
        var clock = new SetClock(start);
        await using var one = await InProcessHost.Engine(_database.ConnectionString, clock, _ledger).WorkAsync();
        await using var two = await InProcessHost.Engine(_database.ConnectionString, clock, _ledger).WorkAsync();
        const int Timers = 30;
        await StartTimersAsync(one, Timers, TimeSpan.FromMinutes(20));

        for (var step = 1; step <= Timers + 6; step++)
        {
            // The clock goes on by twenty minutes, but is an hour ahead for a while and then set right.
            clock.Set(start + TimeSpan.FromMinutes(20 * step) + (step % 10 is > 3 and < 7 ? TimeSpan.FromHours(1) : TimeSpan.Zero));
            var highest = clock.GetUtcNow();
            Wake(one, two);
            await Eventually.IsSoAsync(
                $"what is due at {highest:O} has fired ({why})",
                async () => await _database.ScalarAsync<long>($"select count(*) from bookmarks where due_at <= timestamptz '{highest:O}'") == 0);
        }

        Assert.Equal(Timers, await WrittenAsync());
        Assert.Equal(0, await _database.ScalarAsync<long>(
            "select count(*) from (select workflow_instance_id from workflow_journal where event_name = 'Written' group by 1 having count(*) > 1) as twice"));
        await AssertNoneEarlyAsync(TimeSpan.FromMinutes(20));
        await Sound.AssertAsync(one);
    }

    [Fact]
    public async Task Hosts_whose_clocks_differ_by_an_hour_fire_each_timer_once()
    {
        var start = new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero);
        var slow = new SetClock(start);
        var fast = new SetClock(start + TimeSpan.FromHours(1));
        await using var one = await InProcessHost.Engine(_database.ConnectionString, slow, _ledger).WorkAsync();
        await using var two = await InProcessHost.Engine(_database.ConnectionString, fast, _ledger).WorkAsync();
        await StartTimersAsync(one, 50, TimeSpan.FromMinutes(5));

        for (var i = 0; i < 30; i++)
        {
            slow.Move(TimeSpan.FromMinutes(10));
            fast.Move(TimeSpan.FromMinutes(10));
            var now = fast.GetUtcNow();
            Wake(one, two);
            await Eventually.IsSoAsync(
                $"what is due at {now:O} has fired", async () => await _database.ScalarAsync<long>($"select count(*) from bookmarks where due_at <= timestamptz '{now:O}'") == 0);
        }

        Assert.Equal(50, await WrittenAsync());
        await Sound.AssertAsync(one);
    }

    [Fact]
    public async Task An_effect_asked_for_before_the_clock_was_set_back_is_done_at_once()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero));
        await using var asking = InProcessHost.Engine(_database.ConnectionString, clock, _ledger);
        var versionId = await PublishAsync(asking, Activity("n", "Durability.Note", ("text", Literal("fait"))), Line("l", "fin"));
        await asking.Runtime.StartAsync(new StartWorkflow(versionId), CancellationToken.None);

        clock.Move(TimeSpan.FromHours(-1));
        await using var working = await InProcessHost.Engine(_database.ConnectionString, clock, _ledger).WorkAsync();
        await Eventually.IsSoAsync("the effect is done", async () => await WrittenAsync() == 1);

        Assert.Single(_ledger.Attempts);
        await Sound.AssertAsync(working);
    }

    [Fact]
    public async Task Timers_of_a_database_nobody_served_for_a_year_fire_once_each_when_a_host_comes_back()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero));
        await using (var before = InProcessHost.Engine(_database.ConnectionString, clock, _ledger))
        {
            await StartTimersAsync(before, 200, TimeSpan.FromDays(1));
        }

        clock.Move(TimeSpan.FromDays(366));
        await using var one = InProcessHost.Engine(_database.ConnectionString, clock, _ledger);
        await using var two = InProcessHost.Engine(_database.ConnectionString, clock, _ledger);
        await Task.WhenAll(one.WorkAsync(), two.WorkAsync());
        await Eventually.IsSoAsync("all have fired", async () => await WrittenAsync() == 200);
        await Sound.AssertAsync(one);
    }

    /// <summary>Instead of the second after which a host looks by itself.</summary>
    private static void Wake(params InProcessHost[] hosts)
    {
        foreach (var host in hosts)
        {
            host.Get<BurstSignals>().Wake(new BurstNews(false, DateTimeOffset.MinValue, null));
        }
    }

    /// <summary>Instances that each wait for their own multiple of an interval.</summary>
    private static async Task StartTimersAsync(InProcessHost host, int count, TimeSpan interval)
    {
        for (var i = 1; i <= count; i++)
        {
            var versionId = await PublishAsync(host, Activity("d", "Elsa.Delay", ("timeSpan", Literal((interval * i).ToString()))), Line("l", "fait"));
            await host.Runtime.StartAsync(new StartWorkflow(versionId, $"i-{i}"), CancellationToken.None);
        }
    }

    private static async Task<string> PublishAsync(InProcessHost host, params System.Text.Json.Nodes.JsonObject[] steps)
    {
        var store = host.Get<IDefinitionStore>();
        var draft = await store.SaveDraftAsync("minuteur", Definition(Sequence(steps)), CancellationToken.None);
        return (await store.PublishAsync(draft.Id, CancellationToken.None)).Id;
    }

    private Task<long> WrittenAsync() => _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written'");

    private async Task AssertNoneEarlyAsync(TimeSpan interval)
    {
        await using var command = _database.DataSource.CreateCommand(
            "select substring(id from 3)::int, created_at, finished_at from workflow_instances where status = 'Finished'");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var due = reader.GetFieldValue<DateTimeOffset>(1) + (interval * reader.GetInt32(0));
            Assert.True(reader.GetFieldValue<DateTimeOffset>(2) >= due, $"The timer due at {due:O} fired at {reader.GetFieldValue<DateTimeOffset>(2):O}.");
        }
    }
}
