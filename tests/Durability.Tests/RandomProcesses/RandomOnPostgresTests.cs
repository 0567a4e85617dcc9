using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using Event = Cleiss.Engine.Builtins.Waiting.Event;

namespace Cleiss.Durability.Tests.RandomProcesses;

/// <summary>A sample of the random processes on PostgreSQL, all at once on two hosts, while sessions keep dying in the middle of their writes.</summary>
public sealed class RandomOnPostgresTests(ITestOutputHelper output)
{
    private static readonly int Processes = Sizes.Long ? 400 : 20;
    private const int WritesPerDeath = 150;

    [Fact]
    public async Task Random_processes_on_two_hosts_end_alike_though_sessions_die()
    {
        output.WriteLine($"seeds from {Sizes.Seed}");
        var time = new ManualTimeProvider();
        var ledger = new Ledger();
        await using var database = await PostgresServer.CreateDatabaseAsync();
        await using var one = InProcessHost.Engine(database.ConnectionString, time, ledger);
        await using var two = InProcessHost.Engine(database.ConnectionString, time, ledger);
        var steps = Enumerable.Range(Sizes.Seed, Processes)
            .Select(seed => new Generator(seed, withChildren: one.Get<ActivityRegistry>().Find("Elsa.DispatchWorkflow") is not null).Draw()).ToList();
        var roots = new List<(string InstanceId, string VersionId)>();
        foreach (var step in steps)
        {
            roots.Add(("i-" + step.Id, await PublishAsync(one, step)));
        }

        var trap = await WriteTrap.SetAsync(database);
        await trap.EveryAsync(WritesPerDeath);
        await Task.WhenAll(one.WorkAsync(), two.WorkAsync());
        for (var i = 0; i < roots.Count; i++)
        {
            await StartAsync(i % 2 == 0 ? one : two, database, roots[i].InstanceId, roots[i].VersionId);
        }

        await EndAsync(one, two, database, time, steps);
        await trap.DisarmAsync();
        await Eventually.IsSoAsync("the outbox is empty", async () =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return await database.ScalarAsync<long>("select count(*) from outbox") == 0;
        });
        await AssertPredictedAsync(database, ledger, steps);
        await Sound.AssertAsync(one);
    }

    private static async Task<string> PublishAsync(InProcessHost host, Step step)
    {
        var draft = new Draft();
        var root = Draft.Definition(step, draft);
        var store = host.Get<IDefinitionStore>();
        var versionId = "";
        foreach (var (id, document) in draft.Children.Append(new(step.Id, root)))
        {
            versionId = (await store.PublishAsync((await store.SaveDraftAsync(id, document, CancellationToken.None)).Id, CancellationToken.None)).Id;
        }

        return versionId;
    }

    private static async Task StartAsync(InProcessHost host, TestDatabase database, string instanceId, string versionId)
    {
        for (var attempt = 0; await database.ScalarAsync<long>($"select count(*) from workflow_instances where id = '{instanceId}'") == 0; attempt++)
        {
            Assert.True(attempt < 100, $"{instanceId} cannot be started.");
            await QuietlyAsync(() => host.Runtime.StartAsync(new StartWorkflow(versionId, instanceId), CancellationToken.None));
        }
    }

    /// <summary>Sends what is waited for, through one host or the other, and lets time pass, until nothing runs any more.</summary>
    private static Task EndAsync(InProcessHost one, InProcessHost two, TestDatabase database, ManualTimeProvider time, List<Step> steps)
    {
        var answers = steps.SelectMany(Decisions).ToDictionary(decision => decision.Question, decision => decision.Answer, StringComparer.Ordinal);
        return Eventually.IsSoAsync(
            "all processes have ended",
            async () =>
            {
                var waited = await database.ScalarAsync<string[]>("select array_agg(distinct payload ->> 'eventName') from bookmarks where name = 'Elsa.Event'") ?? [];
                await Task.WhenAll(waited.Select((name, i) => QuietlyAsync(() => (i % 2 == 0 ? one : two).Runtime.PublishAsync(
                    new Stimulus(
                        Event.BookmarkName, Event.Stimulus(name), new JsonObject { ["payload"] = answers.TryGetValue(name, out var answer) ? answer : null }),
                    "test", CancellationToken.None))));
                time.Advance(TimeSpan.FromMinutes(1));
                return await database.ScalarAsync<long>("select count(*) from workflow_instances where status <> 'Finished'") == 0;
            },
            () => database.ScalarAsync<string>(
                "select string_agg(i.id || ' ' || i.sub_status || ' ' || i.state::text, E'\\n') from workflow_instances i where status <> 'Finished'").GetAwaiter().GetResult() ?? "",
            seconds: Sizes.Long ? 900 : 180);
    }

    private static async Task AssertPredictedAsync(TestDatabase database, Ledger ledger, List<Step> steps)
    {
        var predicted = new Dictionary<string, int>(StringComparer.Ordinal);
        steps.ForEach(step => step.Predict(predicted, 1));
        var seen = ledger.Distinct().ToDictionary(note => "effect " + note.Key, note => note.Value, StringComparer.Ordinal);
        await using var command = database.DataSource.CreateCommand("select message, count(*)::int from workflow_journal where event_name = 'Written' group by 1");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            seen[reader.GetString(0)] = reader.GetInt32(1);
        }

        Assert.Equal(
            predicted.Where(pair => pair.Value > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)),
            seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    private static IEnumerable<Decision> Decisions(Step step) => [.. step is Decision decision ? [decision] : Array.Empty<Decision>(), .. step.Inside().SelectMany(Decisions)];

    /// <summary>A call without answer is repeated at the next look.</summary>
    private static async Task QuietlyAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (NpgsqlException)
        {
            // The session died; whether the write happened shows in the database.
        }
    }
}
