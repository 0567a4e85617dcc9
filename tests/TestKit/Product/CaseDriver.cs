using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cleiss.TestKit.Product;

/// <summary>
/// The people of one liaison form case, over HTTP: the officer opens and fills, the lawyer validates, the officer records the reply. Every
/// call goes to the next of the hosts and is repeated, under the same operation, while a host does not answer.
/// </summary>
public sealed class CaseDriver : IDisposable
{
    public const string Agent = "agent1";
    public const string Juriste = "juriste";

    private readonly Uri[] _hosts;
    private readonly TimeSpan _patience;
    private readonly TimeSpan _look;
    private readonly ConcurrentDictionary<(Uri Host, string User), Lazy<Task<ProductClient>>> _clients = [];
    private readonly ConcurrentQueue<TimeSpan> _completions = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private int _calls;

    /// <param name="patience">How long one step of a case may take, deaths of the host included.</param>
    /// <param name="look">How often somebody looks whether the case has come to them.</param>
    public CaseDriver(IEnumerable<ProductHost> hosts, TimeSpan patience, TimeSpan look)
    {
        _hosts = [.. hosts.Select(host => host.Address)];
        _patience = patience;
        _look = look;
    }

    /// <summary>How long each completed task took its caller, answered calls only.</summary>
    public IReadOnlyCollection<TimeSpan> Completions => _completions;

    /// <summary>Answers with a status of 500 and more: a host that lives must not give any.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>From opening to the reply that closes the case.</summary>
    /// <returns>The case's id.</returns>
    public async Task<string> RunAsync()
    {
        var id = await SendAsync();
        var reply = (await SampleAsync("reponse-partenaire")).DeepClone().AsObject();
        reply.Remove("piece");
        var operation = NewOperation();
        await CallAsync(Agent, client => client.PostAsync($"api/cases/{id}/reply", new JsonObject { ["data"] = reply.DeepClone(), ["operationId"] = operation }));
        await UntilAsync(id, "closed", detail => detail["case"]!["state"]!.GetValue<string>() == "closed" ? detail : null);
        return id;
    }

    /// <summary>From opening until the mail is sent and the case waits for the partner.</summary>
    /// <returns>The case's id.</returns>
    public async Task<string> SendAsync(bool test = true)
    {
        var id = await ValidateAsync(test);
        await WaitForReplyAsync(id);
        return id;
    }

    /// <summary>Until the case waits for the partner.</summary>
    public Task WaitForReplyAsync(string caseId) =>
        UntilAsync(caseId, "waiting for the reply", detail => detail["awaitsReply"]!.GetValue<bool>() ? detail : null);

    /// <summary>From opening to the validation that issues the document.</summary>
    /// <returns>The case's id.</returns>
    public async Task<string> ValidateAsync(bool test = true, bool grouped = false)
    {
        var opening = NewOperation();
        var opened = await CallAsync(Agent, client => client.PostAsync("api/processes/formulaire-de-liaison/cases", new JsonObject
        {
            ["input"] = new JsonObject
            {
                ["accord"] = "MD",
                ["formulaire"] = "se-151-08",
                ["nomNaissance"] = "POPESCU",
                ["prenoms"] = "Maria",
                ["dateNaissance"] = "1961-04-04",
                ["envoiGroupe"] = grouped,
            },
            ["test"] = test,
            ["operationId"] = opening,
        }));
        var id = opened!["caseId"]!.GetValue<string>();
        await CompleteAsync(id, "remplir", Agent, "Envoyer à la validation", await SampleAsync("se-151-08"));
        await CompleteAsync(id, "valider", Juriste, "Valider", null);
        return id;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(client => client.Value.IsCompletedSuccessfully))
        {
            client.Value.Result.Dispose();
        }
    }

    private static string NewOperation() => Guid.NewGuid().ToString("N");

    private async Task CompleteAsync(string caseId, string activityId, string user, string action, JsonNode? data)
    {
        var task = await UntilAsync(caseId, $"at « {activityId} »", detail => detail["openTasks"]!.AsArray()
            .FirstOrDefault(candidate => candidate!["activityId"]!.GetValue<string>() == activityId));
        var body = new JsonObject
        {
            ["actionKey"] = action,
            ["data"] = data?.DeepClone(),
            ["expectedRevision"] = task["revision"]!.GetValue<int>(),
            ["operationId"] = NewOperation(),
        };
        await CallAsync(user, async client =>
        {
            var clock = Stopwatch.StartNew();
            var answer = await client.PostAsync($"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}/complete", body);
            _completions.Enqueue(clock.Elapsed);
            return answer;
        });
    }

    private async Task<JsonNode> SampleAsync(string form) => (await CallAsync(Agent, client => client.GetAsync($"api/forms/{form}")))!["sample"]!;

    private async Task<JsonNode> UntilAsync(string caseId, string what, Func<JsonNode, JsonNode?> find)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var detail = (await CallAsync(Agent, client => client.GetAsync($"api/cases/{caseId}")))!;
            if (find(detail) is { } found)
            {
                return found;
            }

            if (clock.Elapsed > _patience)
            {
                throw new TimeoutException($"Case {caseId} is not {what} after {clock.Elapsed.TotalSeconds:F0} s: {detail["case"]}");
            }

            await Task.Delay(_look);
        }
    }

    private async Task<JsonNode?> CallAsync(string user, Func<ProductClient, Task<JsonNode?>> call)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var host = _hosts[(uint)Interlocked.Increment(ref _calls) % (uint)_hosts.Length];
            try
            {
                return await call(await ClientAsync(host, user));
            }
            catch (ProductRefusedException e) when ((int)e.Status >= 500)
            {
                _failures.Enqueue(e.Message);
                if (clock.Elapsed > _patience)
                {
                    throw;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && clock.Elapsed < _patience)
            {
                // The host is dead or died while it answered; nobody knows whether it did what it was asked.
            }

            await Task.Delay(_look);
        }
    }

    private async Task<ProductClient> ClientAsync(Uri host, string user)
    {
        var signedIn = _clients.GetOrAdd((host, user), key => new Lazy<Task<ProductClient>>(() => SignInAsync(key.Host, key.User)));
        try
        {
            return await signedIn.Value;
        }
        catch
        {
            _clients.TryRemove(KeyValuePair.Create((host, user), signedIn));
            throw;
        }
    }

    private static async Task<ProductClient> SignInAsync(Uri host, string user)
    {
        var client = new ProductClient(host, user);
        try
        {
            await client.SignInAsync();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
