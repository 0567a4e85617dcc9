using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;
using Cleiss.TestKit;
using Npgsql;
using Xunit;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>
/// The people of the main process, on whichever hosts there are at the moment. Like real callers they repeat a call that got no answer, under
/// the same operation id; an answer they did get counts.
/// </summary>
internal sealed class LiaisonOffice
{
    private readonly TestDatabase _database;
    private readonly Func<InProcessHost> _host;
    private readonly Actor _agent;
    private readonly Actor _lawyer;

    private LiaisonOffice(TestDatabase database, Func<InProcessHost> host, Actor agent, Actor lawyer)
    {
        _database = database;
        _host = host;
        _agent = agent;
        _lawyer = lawyer;
    }

    /// <summary>Calls that got no answer, for tests that expect some.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Called at each look while somebody waits, e.g. to let time pass.</summary>
    public Action WhileWaiting { get; set; } = () => { };

    /// <summary>Called before a call is repeated.</summary>
    public Func<Task> AfterNoAnswer { get; set; } = () => Task.CompletedTask;

    public static Task<LiaisonOffice> OfAsync(TestDatabase database, IReadOnlyList<InProcessHost> hosts)
    {
        var next = 0;
        return OfAsync(database, () => hosts[(Interlocked.Increment(ref next) & int.MaxValue) % hosts.Count]);
    }

    public static async Task<LiaisonOffice> OfAsync(TestDatabase database, Func<InProcessHost> host) =>
        new(database, host, await host().ActorAsync("agent1"), await host().ActorAsync("juriste"));

    /// <summary>From opening to the reply that closes the case.</summary>
    public async Task<string> RunAsync()
    {
        var caseId = await OpenWaitingAsync();
        await ReplyAsync(caseId);
        await UntilClosedAsync(caseId);
        return caseId;
    }

    public async Task<string> OpenWaitingAsync()
    {
        var caseId = await OpenAsync();
        await FillAsync(caseId);
        await ValidateAsync(caseId);
        await UntilAsync("the case waits for the reply", () => _host().Get<CaseService>().AwaitsReplyAsync(caseId, CancellationToken.None));
        return caseId;
    }

    public async Task<string> OpenAsync()
    {
        var request = new OpenCase(
            "formulaire-de-liaison",
            new JsonObject { ["accord"] = "MD", ["formulaire"] = "se-151-08", ["nomNaissance"] = "POPESCU", ["prenoms"] = "Maria", ["dateNaissance"] = "1958-03-14" },
            Test: true, OperationId: Guid.NewGuid().ToString("N"));
        return (await CallAsync(() => _host().Get<CaseService>().OpenAsync(request, _agent, CancellationToken.None))).CaseId;
    }

    public async Task FillAsync(string caseId)
    {
        var data = (await CallAsync(() => _host().Get<FormStore>().FindAsync("se-151-08", null, CancellationToken.None)))!.Sample!.DeepClone().AsObject();
        await CompleteAsync(await OpenTaskAsync(caseId, "remplir"), "Envoyer à la validation", data);
    }

    public async Task ValidateAsync(string caseId) => await CompleteAsync(await OpenTaskAsync(caseId, "valider"), "Valider", null, _lawyer);

    public async Task SendBackAsync(string caseId) =>
        await CompleteAsync(await OpenTaskAsync(caseId, "valider"), "Renvoyer", null, _lawyer, "La date manque.");

    public async Task ClaimForValidationAsync(string caseId)
    {
        var task = await OpenTaskAsync(caseId, "valider");
        var operation = Guid.NewGuid().ToString("N");
        await CallAsync(() => _host().Get<UserTaskService>().ClaimAsync(task.Id, null, operation, _lawyer, CancellationToken.None));
    }

    public Task CompleteAsync(UserTaskRow task, string action, JsonObject? data = null, Actor? actor = null, string? reason = null)
    {
        var command = new CompleteUserTask(task.Id, action, data, reason, OperationId: Guid.NewGuid().ToString("N"));
        return CallAsync(() => _host().Get<UserTaskService>().CompleteAsync(command, actor ?? _agent, CancellationToken.None));
    }

    public Task ReplyAsync(string caseId)
    {
        var operation = Guid.NewGuid().ToString("N");
        var reply = new JsonObject { ["dateReception"] = "2026-05-04", ["natureReponse"] = "complete" };
        return CallAsync(async () =>
        {
            await _host().Get<CaseService>().ReplyAsync(caseId, reply.DeepClone().AsObject(), operation, _agent, CancellationToken.None);
            return true;
        });
    }

    public async Task<UserTaskRow> OpenTaskAsync(string caseId, string activityId)
    {
        UserTaskRow? found = null;
        await UntilAsync($"the task {activityId} is open", async () =>
        {
            found = (await _host().Get<UserTaskReader>().ListByCaseAsync(caseId, CancellationToken.None)).LastOrDefault(t => t.ActivityId == activityId && !t.IsClosed);
            return found is not null;
        });
        return found!;
    }

    public Task UntilClosedAsync(string caseId) => UntilAsync(
        $"case {caseId} is closed", async () => (await _host().Get<CaseService>().FindAsync(caseId, CancellationToken.None))!.State == CaseState.Closed);

    /// <summary>Does whatever the case waits for, whatever that is, until it is closed.</summary>
    public async Task FinishAsync(string caseId)
    {
        await UntilAsync($"case {caseId} is closed by doing what it waits for", async () =>
        {
            if ((await _host().Get<CaseService>().FindAsync(caseId, CancellationToken.None))!.State == CaseState.Closed)
            {
                return true;
            }

            if (await _host().Get<CaseService>().AwaitsReplyAsync(caseId, CancellationToken.None))
            {
                await ReplyAsync(caseId);
            }
            else if ((await _host().Get<UserTaskReader>().ListByCaseAsync(caseId, CancellationToken.None)).FirstOrDefault(t => !t.IsClosed) is { } task)
            {
                await (task.ActivityId switch
                {
                    "remplir" => FillAsync(caseId),
                    "valider" => ValidateAsync(caseId),
                    _ => CompleteAsync(task, "Attendre encore"),
                });
            }

            return false;
        });
    }

    /// <summary>Repeats a call that got no answer: the database or the host went away while it was on its way.</summary>
    public async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsNoAnswer(e) && attempt < 600)
            {
                Unanswered++;
                await AfterNoAnswer();
                await again.WaitForNextTickAsync();
            }
        }
    }

    /// <summary>Looks until it is so; the workers run on threads of their own.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 3000; i++)
        {
            if (await CallAsync(condition))
            {
                return;
            }

            WhileWaiting();
            if (i % 50 == 49)
            {
                // Work that died with a host shows only by not getting on.
                await AfterNoAnswer();
            }

            await again.WaitForNextTickAsync();
        }

        var outbox = await _database.ScalarAsync<string>("select string_agg(kind || ' ' || coalesce(last_error, ''), '; ') from outbox");
        var incidents = await _database.ScalarAsync<string>("select string_agg(message, '; ') from workflow_journal where event_name = 'Faulted'");
        Assert.Fail($"Waited in vain until {what}. Outbox: {outbox}; incidents: {incidents}");
    }

    /// <summary>A host that is being ended answers with a disposed service; a database that is gone with one of Npgsql's errors.</summary>
    public static bool IsNoAnswer(Exception e) =>
        e is NpgsqlException or HostDiedException or ObjectDisposedException or TimeoutException or IOException or OperationCanceledException
        || e.InnerException is { } inner && IsNoAnswer(inner);
}
