using System.Collections.Concurrent;
using System.Diagnostics;
using Cleiss.Durability.Tests.Corpus;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Npgsql;
using Xunit;
using Xunit.Abstractions;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Chaos;

/// <summary>The database crashes and comes back every few seconds while two hosts work: they go on by themselves, and nothing is lost or doubled.</summary>
public sealed class DatabaseChaosTests(ITestOutputHelper output)
{
    private static readonly int Restarts = Sizes.Long ? 60 : 2;
    private const int Clients = 4;

    [Fact]
    public async Task Instances_end_once_though_the_database_crashes_every_few_seconds()
    {
        await using var server = await OwnServer.StartAsync();
        await server.MigrateAsync(server.ConnectionString);
        var ledger = new Ledger();
        await using var one = InProcessHost.Engine(server.ConnectionString, TimeProvider.System, ledger);
        await using var two = InProcessHost.Engine(server.ConnectionString, TimeProvider.System, ledger);
        var store = one.Get<IDefinitionStore>();
        var definition = await store.PublishAsync((await store.SaveDraftAsync("chaos", Flow(), CancellationToken.None)).Id, CancellationToken.None);
        await Task.WhenAll(one.WorkAsync(), two.WorkAsync());

        var acknowledged = new ConcurrentBag<string>();
        using var stopping = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => WorkAsync(
            client, client % 2 == 0 ? one : two, definition.Id, acknowledged, stopping.Token))).ToArray();
        var random = new Random(Sizes.Seed);
        for (var i = 0; i < Restarts; i++)
        {
            // A crash must find work on its way, however slow the machine.
            var before = acknowledged.Count;
            await Task.Delay(TimeSpan.FromSeconds(1 + (random.NextDouble() * 2)));
            await Eventually.IsSoAsync("work goes on", () => Task.FromResult(acknowledged.Count > before + Clients));
            await server.CrashAndRestartAsync();
        }

        await stopping.CancelAsync();
        await Task.WhenAll(clients);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await Eventually.IsSoAsync(
            "everything has ended",
            async () => await CountAsync(database, "workflow_instances where status <> 'Finished'") + await CountAsync(database, "outbox") == 0,
            seconds: 120);

        output.WriteLine($"seed {Sizes.Seed}: {acknowledged.Count} instances through {Restarts} crashes");
        Assert.Equal(0, await CountAsync(database, "workflow_instances where sub_status <> 'Finished'"));
        await using (var known = database.CreateCommand("select count(*) from workflow_instances where id = any($1)"))
        {
            known.Parameters.Add(new() { Value = acknowledged.ToArray() });
            Assert.Equal((long)acknowledged.Count, await known.ExecuteScalarAsync());
        }

        // Each instance wrote its line once, and the outside saw each effect under one key.
        Assert.Equal(
            await CountAsync(database, "workflow_instances"), await CountAsync(database, "(select workflow_instance_id from workflow_journal where event_name = 'Written' group by 1 having count(*) = 1) as once"));
        Assert.Equal(await CountAsync(database, "workflow_instances"), ledger.Distinct()["fait"]);
        await Sound.AssertAsync(one);
    }

    private static System.Text.Json.Nodes.JsonObject Flow() => Definition(Sequence(
        Activity("n", "Durability.Note", ("text", Literal("fait"))), Activity("d", "Elsa.Delay", ("timeSpan", Literal("00:00:00.2"))), Event("e", "suite"), Line("l", "fin")));

    /// <summary>Starts instances and sends each its event; what got no answer is asked again under the same id.</summary>
    private static async Task WorkAsync(int client, InProcessHost host, string versionId, ConcurrentBag<string> acknowledged, CancellationToken stopping)
    {
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var id = $"i-{client}-{i}";
            await UntilAnsweredAsync(() => host.Runtime.StartAsync(new StartWorkflow(versionId, id, CorrelationId: id), CancellationToken.None));
            acknowledged.Add(id);
            var sent = false;
            using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            for (var clock = Stopwatch.StartNew(); !sent && clock.Elapsed < TimeSpan.FromMinutes(2);)
            {
                await again.WaitForNextTickAsync(CancellationToken.None);
                await UntilAnsweredAsync(async () =>
                {
                    await EngineRecording.SendAsync(host, "suite", id);
                    sent = await host.Get<NpgsqlDataSource>().CreateCommand($"select status = 'Finished' from workflow_instances where id = '{id}'").ExecuteScalarAsync(CancellationToken.None) is true;
                });
            }

            Assert.True(sent, $"{id} did not end within two minutes.");
        }
    }

    private static async Task UntilAnsweredAsync(Func<Task> call)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await call();
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // It had happened, only nobody could say so.
                return;
            }
            catch (Exception e) when (LiaisonOffice.IsNoAnswer(e) && clock.Elapsed < TimeSpan.FromMinutes(2))
            {
                await again.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string from)
    {
        await using var command = database.CreateCommand("select count(*) from " + from);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
