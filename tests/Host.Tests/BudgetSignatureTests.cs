using System.Net;
using System.Text.Json.Nodes;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>Whose roles would allow everything is still kept from signing by what he or she did before: over HTTP, where no button is in the way.</summary>
[Collection(HostCollection.Name)]
public sealed class BudgetSignatureTests(HostFixture host)
{
    private const string Password = "cleiss-demo";

    [Fact]
    public async Task Who_prepared_cannot_sign_and_nobody_signs_twice()
    {
        await CreateAsync("cumul", Role.Budget, Role.Comptable, Role.Directrice);
        await CreateAsync("double", Role.Comptable, Role.Directrice);
        var cumul = await host.AsAsync("cumul");
        var opened = (await cumul.PostAsync("api/processes/budget-rectificatif/cases", new JsonObject
        {
            ["input"] = new JsonObject { ["exercice"] = 2031, ["nature"] = "rectificatif", ["objet"] = "Essai." },
            ["test"] = true,
        })).Ok()["caseId"]!.GetValue<string>();
        var figures = (await cumul.GetAsync("api/forms/preparation-budget")).Ok()["sample"]!.DeepClone().AsObject();
        (await CompleteAsync("cumul", opened, "preparer", "Contrôler les chiffres", figures)).Ok();
        (await CompleteAsync("budget", opened, "soumettre", "Soumettre au visa")).Ok();

        (await CompleteAsync("cumul", opened, "viser", "Viser")).IsRefused(HttpStatusCode.Forbidden, "excluded");
        (await CompleteAsync("double", opened, "viser", "Viser")).Ok();
        (await CompleteAsync("cumul", opened, "signer", "Signer")).IsRefused(HttpStatusCode.Forbidden, "excluded");
        var task = await TaskAsync(opened, "signer");
        (await CompleteAsync("double", opened, "signer", "Signer")).IsRefused(HttpStatusCode.Forbidden, "excluded");
        (await (await host.AsAsync("double")).PostAsync($"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}/claim", new JsonObject()))
            .IsRefused(HttpStatusCode.Forbidden, "excluded");
        Assert.Equal(1, await host.CountAsync($"select count(*) from trail_entries where trail_id = 'case:{opened}' and kind = 'document.signed'"));

        (await CompleteAsync("directrice", opened, "signer", "Signer")).Ok();
        Assert.Equal(2, await host.CountAsync($"select count(*) from trail_entries where trail_id = 'case:{opened}' and kind = 'document.signed'"));
    }

    private Task CreateAsync(string id, params string[] roles) => host.Get<PeopleStore>().SaveAsync(
        new Person(id, id, $"{id}@demo.invalid", Active: true, Demo: true, roles.ToHashSet()), Password, Actor.System, CancellationToken.None);

    private Task<JsonNode> TaskAsync(string caseId, string activityId) => host.UntilAsync(
        $"the task {activityId} is open",
        caseId,
        async () => (await (await host.AsAsync("budget")).GetAsync($"api/cases/{caseId}")).Ok()["openTasks"]!.AsArray()
            .FirstOrDefault(task => task!["activityId"]!.GetValue<string>() == activityId));

    private async Task<Answer> CompleteAsync(string user, string caseId, string activityId, string action, JsonObject? data = null)
    {
        var task = await TaskAsync(caseId, activityId);
        return await (await host.AsAsync(user)).PostAsync($"elsa/api/user-tasks/{task["id"]!.GetValue<string>()}/complete", new JsonObject
        {
            ["actionKey"] = action,
            ["data"] = data?.DeepClone(),
            ["expectedRevision"] = task["revision"]!.GetValue<int>(),
            ["operationId"] = Guid.NewGuid().ToString("N"),
        });
    }
}
