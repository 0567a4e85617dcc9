using System.Text.Json.Nodes;

namespace Cleiss.Host.Tests;

/// <summary>One test case of the process « formulaire de liaison », worked on over HTTP as people do.</summary>
public sealed class LiaisonCase
{
    public const string Cases = "api/processes/formulaire-de-liaison/cases";
    public const string SendToValidation = "Envoyer à la validation";

    private readonly HostFixture _host;

    private LiaisonCase(HostFixture host, string id) => (_host, Id) = (host, id);

    public string Id { get; }

    public static JsonObject Opening(string agreement = "MD", string form = "se-151-08", bool test = true) => new()
    {
        ["input"] = new JsonObject
        {
            ["accord"] = agreement,
            ["formulaire"] = form,
            ["nomNaissance"] = "POPESCU",
            ["prenoms"] = "Ion",
            ["dateNaissance"] = "1961-04-04",
        },
        ["test"] = test,
    };

    public static async Task<LiaisonCase> OpenAsync(HostFixture host)
    {
        var opened = (await (await host.AsAsync("agent1")).PostAsync(Cases, Opening())).Ok();
        return new LiaisonCase(host, opened["caseId"]!.GetValue<string>());
    }

    /// <summary>The case with its form filled: the second person's turn.</summary>
    public static async Task<(LiaisonCase Case, JsonNode Validation)> OpenFilledAsync(HostFixture host)
    {
        var opened = await OpenAsync(host);
        var task = await opened.TaskAsync("remplir");
        (await opened.CompleteAsync("agent1", task, SendToValidation, await opened.SampleAsync())).Ok();
        return (opened, await opened.TaskAsync("valider"));
    }

    public async Task<JsonNode> DetailAsync() => (await (await _host.AsAsync("agent1")).GetAsync($"api/cases/{Id}")).Ok();

    public Task<JsonNode> TaskAsync(string activityId) => _host.UntilAsync(
        $"the task {activityId} is open",
        Id,
        async () => (await DetailAsync())["openTasks"]!.AsArray().FirstOrDefault(task => task!["activityId"]!.GetValue<string>() == activityId));

    public Task<JsonNode> MailAsync(string state, int? reminder = null) => _host.UntilAsync(
        $"a mail is {state} (reminder: {reminder})",
        Id,
        async () => (await (await _host.AsAsync("agent1")).GetAsync($"api/mails?case={Id}")).Ok()["items"]!.AsArray()
            .FirstOrDefault(mail => mail!["state"]!.GetValue<string>() == state && mail["reminderNumber"]?.GetValue<int>() == reminder));

    public Task<JsonNode> InStateAsync(string state) => _host.UntilAsync(
        $"the case is {state}", Id, async () => await DetailAsync() is var detail && detail["case"]!["state"]!.GetValue<string>() == state ? detail : null);

    public async Task<JsonObject> SampleAsync() =>
        (await (await _host.AsAsync("agent1")).GetAsync("api/forms/se-151-08")).Ok()["sample"]!.DeepClone().AsObject();

    public async Task<Answer> CompleteAsync(
        string user, JsonNode task, string action, JsonObject? data = null, string? operationId = null, int? expectedRevision = null, string? reason = null) =>
        await (await _host.AsAsync(user)).PostAsync($"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}/complete", new JsonObject
        {
            ["actionKey"] = action,
            ["data"] = data?.DeepClone(),
            ["reason"] = reason,
            ["expectedRevision"] = expectedRevision ?? task["revision"]!.GetValue<int>(),
            ["operationId"] = operationId ?? Guid.NewGuid().ToString("N"),
        });
}
