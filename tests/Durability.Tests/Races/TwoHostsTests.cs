using System.Text.Json.Nodes;
using Cleiss.Activities.UserTasks;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Cleiss.Scripting.Workers;
using Cleiss.TestKit;
using Xunit;
using Xunit.Abstractions;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Races;

/// <summary>
/// Two hosts on one database, clients that race each other through both, sessions that die in between, and a checker over what the clients saw
/// against what the database holds: one winner per bookmark, no acknowledged write lost, none done that was refused, revisions that only
/// rise, repetitions answered alike.
/// </summary>
public sealed class TwoHostsTests(ITestOutputHelper output)
{
    private static readonly int Instances = Sizes.Long ? 1_000 : 80;
    private static readonly int Cases = Sizes.Long ? 60 : 5;
    private const int Clients = 6;

    [Fact]
    public async Task Racing_resumes_timers_and_cancels_have_one_winner_each()
    {
        var time = new ManualTimeProvider();
        await using var database = await PostgresServer.CreateDatabaseAsync();
        await using var one = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        await using var two = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        var versionId = await PublishAsync(one);
        for (var i = 0; i < Instances; i++)
        {
            await one.Runtime.StartAsync(new StartWorkflow(versionId, $"i-{i}"), CancellationToken.None);
        }

        var bookmarks = await ReadBookmarksAsync(database);
        var trap = await WriteTrap.SetAsync(database);
        await trap.EveryAsync(60);
        var history = new History();
        await Task.WhenAll(one.WorkAsync(), two.WorkAsync());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => RaceAsync(
            "client" + client, client % 2 == 0 ? one : two, new Random(Sizes.Seed + client), bookmarks, history, time))));
        await trap.DisarmAsync();
        time.Advance(TimeSpan.FromDays(2));
        await Eventually.IsSoAsync(
            "every instance has ended", async () => await database.ScalarAsync<long>("select count(*) from workflow_instances where status <> 'Finished'") == 0);

        output.WriteLine($"seed {Sizes.Seed}: {string.Join(", ", history.Calls.GroupBy(call => (call.Kind, call.Answer)).Select(group => $"{group.Key.Kind} {group.Key.Answer} {group.Count()}"))}");
        await CheckResumesAsync(history, database);
        await CheckCancelsAsync(history, database);
        await Sound.AssertAsync(two);
    }

    [Fact]
    public async Task Racing_claims_and_completions_of_tasks_lose_nothing_and_repeat_alike()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync();
        var time = new ManualTimeProvider();
        await using var one = await InProcessHost.ProductAsync(database.ConnectionString, time);
        await using var two = await InProcessHost.ProductAsync(database.ConnectionString, time, one.Get<ScriptHost>(), seed: false);
        var office = await LiaisonOffice.OfAsync(database, [one, two]);
        var tasks = new List<string>();
        for (var i = 0; i < Cases; i++)
        {
            var caseId = await office.OpenAsync();
            await office.FillAsync(caseId);
            tasks.Add((await office.OpenTaskAsync(caseId, "valider")).Id);
        }

        var trap = await WriteTrap.SetAsync(database);
        await trap.EveryAsync(40);
        var history = new History();
        Actor[] people = [await one.ActorAsync("juriste"), await one.ActorAsync("juriste2"), await one.ActorAsync("agent1")];
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => WorkAsync(
            client % 2 == 0 ? [one, two] : [two, one], people[client % people.Length], new Random(Sizes.Seed + client), tasks, history))));
        await trap.DisarmAsync();

        output.WriteLine($"seed {Sizes.Seed}: {string.Join(", ", history.Calls.GroupBy(call => (call.Kind, call.Answer)).Select(group => $"{group.Key.Kind} {group.Key.Answer} {group.Count()}"))}");
        await CheckTasksAsync(history, database);
        await Sound.AssertAsync(two);
    }

    private static async Task<string> PublishAsync(InProcessHost host)
    {
        // Two messages and a timer race; the first of them ends the instance, the others go with it.
        var flow = Definition(Flowchart(
            [
                Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B","C"]""", "String[]"))),
                Event("a", "a").With("result", new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "var-gagnant" } }),
                Event("b", "b").With("result", new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "var-gagnant" } }),
                Activity("c", "Elsa.Delay", ("timeSpan", Literal("01:00:00"))),
                .. new[] { "a", "b", "c" }.Select(branch => Activity("l" + branch, "Elsa.WriteLine", ("text", Input("Variable", Variable("gagnant"))))),
                .. new[] { "a", "b", "c" }.Select(branch => Activity("z" + branch, "Elsa.Finish")),
            ],
            "f.A>a", "f.B>b", "f.C>c", "a>la", "b>lb", "c>lc", "la>za", "lb>zb", "lc>zc"), Variable("gagnant", "String", "minuteur"));
        var store = host.Get<IDefinitionStore>();
        return (await store.PublishAsync((await store.SaveDraftAsync("course", flow, CancellationToken.None)).Id, CancellationToken.None)).Id;
    }

    private static async Task<List<(string InstanceId, string Id)>> ReadBookmarksAsync(TestDatabase database)
    {
        await using var command = database.DataSource.CreateCommand("select workflow_instance_id, id from bookmarks where due_at is null order by 1, 2");
        await using var reader = await command.ExecuteReaderAsync();
        var bookmarks = new List<(string, string)>();
        while (await reader.ReadAsync())
        {
            bookmarks.Add((reader.GetString(0), reader.GetString(1)));
        }

        return bookmarks;
    }

    private static async Task RaceAsync(
        string client, InProcessHost host, Random random, List<(string InstanceId, string Id)> bookmarks, History history, ManualTimeProvider time)
    {
        // All clients go through the instances in one order, so that they meet.
        foreach (var (instanceId, bookmarkId) in bookmarks)
        {
            var operation = Guid.NewGuid().ToString("N");
            switch (random.Next(12))
            {
                case 0:
                    await history.RecordAsync(client, "cancel", operation, instanceId, async () =>
                        ((await host.Runtime.CancelAsync(new CancelWorkflow(instanceId, operation), CancellationToken.None)).Executed, null));
                    break;
                case 1:
                    lock (time)
                    {
                        time.Advance(TimeSpan.FromMinutes(1));
                    }

                    break;
                default:
                    await history.RecordAsync(client, "resume", operation, bookmarkId, async () => ((await host.Runtime.ResumeAsync(
                        new ResumeBookmark(instanceId, bookmarkId, new JsonObject { ["payload"] = operation }), CancellationToken.None)).Executed, null));
                    break;
            }
        }
    }

    private static async Task CheckResumesAsync(History history, TestDatabase database)
    {
        // What the flow itself wrote: the operation that brought it to its end, one line per instance that was not cancelled.
        var winners = (await database.ScalarAsync<string[]>("select array_agg(message) from workflow_journal where event_name = 'Written'") ?? []).ToList();
        var resumes = history.Calls.Where(call => call.Kind == "resume").ToDictionary(call => call.Operation, StringComparer.Ordinal);
        Assert.Empty(resumes.Values.Where(call => call.Answer == Answer.Ok).Select(call => call.Operation).Except(winners));
        Assert.All(winners.Where(winner => winner != "minuteur"), winner => Assert.NotEqual(Answer.Fail, resumes[winner].Answer));
        Assert.All(resumes.Values.Where(call => call.Answer == Answer.Ok).GroupBy(call => call.Subject), calls => Assert.Single(calls));
        Assert.Empty(await database.ScalarAsync<string[]>(
            "select array_agg(workflow_instance_id) from (select workflow_instance_id from workflow_journal where event_name = 'Written' group by 1 having count(*) > 1) as twice") ?? []);
        Assert.Equal(
            winners.Count, await database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Finished'"));
    }

    private static async Task CheckCancelsAsync(History history, TestDatabase database)
    {
        var cancelled = await database.ScalarAsync<string[]>("select array_agg(id) from workflow_instances where sub_status = 'Cancelled'") ?? [];
        var cancels = history.Calls.Where(call => call.Kind == "cancel").ToList();
        Assert.Empty(cancels.Where(call => call.Answer == Answer.Ok).Select(call => call.Subject).Except(cancelled));
        Assert.Empty(cancelled.Except(cancels.Where(call => call.Answer != Answer.Fail).Select(call => call.Subject)));
        Assert.All(cancels.Where(call => call.Answer == Answer.Ok).GroupBy(call => call.Subject), calls => Assert.Single(calls));
    }

    private static async Task WorkAsync(InProcessHost[] hosts, Actor person, Random random, List<string> tasks, History history)
    {
        for (var round = 0; round < (Sizes.Long ? 60 : 12); round++)
        {
            foreach (var task in tasks)
            {
                var operation = Guid.NewGuid().ToString("N");
                var kind = random.Next(10) switch { < 5 => "claim", < 9 => "release", _ => round > 8 ? "complete" : "claim" };
                var first = await CallAsync(hosts[0], history, person, kind, operation, task);

                // Asked again, on the other host and under the same operation: the same answer, or the first one at last.
                if (random.Next(3) == 0 || first.Answer == Answer.Info)
                {
                    var again = await CallAsync(hosts[1], history, person, kind, operation, task);
                    if (first.Answer == Answer.Ok && again.Answer != Answer.Info)
                    {
                        Assert.Equal((first.Answer, first.Revision), (again.Answer, again.Revision));
                    }
                }
            }
        }
    }

    private static Task<Call> CallAsync(InProcessHost host, History history, Actor person, string kind, string operation, string task) =>
        history.RecordAsync(person.Id, kind, operation, task, async () =>
        {
            var service = host.Get<UserTaskService>();
            try
            {
                var result = await (kind switch
                {
                    "claim" => service.ClaimAsync(task, null, operation, person, CancellationToken.None),
                    "release" => service.ReleaseAsync(task, null, operation, person, CancellationToken.None),
                    _ => service.CompleteAsync(new CompleteUserTask(task, "Valider", OperationId: operation), person, CancellationToken.None),
                });
                return (true, result.Revision);
            }
            catch (UserTaskRefusedException)
            {
                return (false, null);
            }
        });

    private static async Task CheckTasksAsync(History history, TestDatabase database)
    {
        var stored = new Dictionary<string, (string Task, int Revision)>(StringComparer.Ordinal);
        await using (var command = database.DataSource.CreateCommand("select operation_id, task_id, revision from user_task_operations"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                stored[reader.GetString(0)] = (reader.GetString(1), reader.GetInt32(2));
            }
        }

        var byOperation = history.Calls.GroupBy(call => call.Operation).ToList();
        foreach (var calls in byOperation)
        {
            var ok = calls.Where(call => call.Answer == Answer.Ok).ToList();
            if (ok.Count > 0)
            {
                // Acknowledged: it is there, under the revision that was answered, each time.
                Assert.All(ok, call => Assert.Equal((call.Subject, call.Revision), (stored[call.Operation].Task, stored[call.Operation].Revision)));
            }
            else if (calls.All(call => call.Answer == Answer.Fail))
            {
                Assert.DoesNotContain(calls.Key, stored.Keys);
            }
        }

        // Nothing is there that nobody asked for, and no revision was given to two.
        Assert.All(
            stored.Where(pair => history.Calls.Any(call => call.Subject == pair.Value.Task && call.Operation == pair.Key)).GroupBy(pair => pair.Value),
            operations => Assert.Single(operations));
        Assert.Equal(0, await database.ScalarAsync<long>(
            """
            select count(*) from (
              select revision, lag(revision) over (partition by task_id order by position) as before, task_id from user_task_events) as e
            where before is not null and revision <= before
            """));
        var completed = history.Calls.Where(call => call is { Kind: "complete", Answer: Answer.Ok }).GroupBy(call => call.Subject);
        Assert.All(completed, calls => Assert.Single(calls.Select(call => call.Operation).Distinct()));
    }
}
