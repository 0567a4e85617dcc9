using System.Text.Json.Nodes;
using Cleiss.Host.Hosting;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>Definitions that others use as activities: in the palette, drawn, run, and brought up to date.</summary>
[Collection(HostCollection.Name)]
public sealed class PaletteTests(HostFixture host)
{
    private const string Base = "elsa/api/workflow-definitions";
    private const string Descriptors = "elsa/api/descriptors/activities";

    [Fact]
    public async Task A_usable_definition_enters_every_hosts_palette_and_leaves_it()
    {
        var owner = await host.AsAsync("proprietaire");
        await using var other = await HostApplication.StartAsync(HostFixture.Settings("Demo", host.ConnectionString, demo: true), _ => { });
        using var elsewhere = await new Caller(new Uri(other.Address)).SignInAsync("proprietaire");
        Assert.Null(await EntryAsync(elsewhere, "palette-double"));
        await SaveAsync(owner, Doubler("palette-double", 2), publish: false);
        Assert.Null(await EntryAsync(owner, "palette-double"));

        var published = await SaveAsync(owner, Doubler("palette-double", 2), publish: true);

        var entry = (await EntryAsync(elsewhere, "palette-double"))!;
        Assert.True(entry["isBrowsable"]!.GetValue<bool>());
        Assert.Equal("Calculs", entry["category"]!.GetValue<string>());
        Assert.Equal("WorkflowDefinitionActivity", entry["customProperties"]!["RootType"]!.GetValue<string>());
        Assert.Equal(published["id"]!.GetValue<string>(), entry["constructionProperties"]!["workflowDefinitionVersionId"]!.GetValue<string>());
        Assert.Equal(("Nombre", "Int32"), (entry["inputs"]![0]!["name"]!.GetValue<string>(), entry["inputs"]![0]!["typeName"]!.GetValue<string>()));
        Assert.Equal("Résultat", entry["outputs"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(1, (await elsewhere.GetAsync($"{Descriptors}/Procedure.palette-double?version=1")).Ok()["version"]!.GetValue<int>());

        (await owner.PostAsync($"{Base}/palette-double/retract", new JsonObject())).Ok();
        Assert.False((await EntryAsync(elsewhere, "palette-double"))!["isBrowsable"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_drawn_entry_runs_and_is_drawn_again_whatever_its_type_was_called()
    {
        var owner = await host.AsAsync("proprietaire");
        await SaveAsync(owner, Doubler("palette-calcul", 2), publish: true);
        var use = Dropped((await EntryAsync(owner, "palette-calcul"))!, "double", 21);
        var caller = Definition(Sequence(use), Variable("Somme", "Int32")).With("definitionId", "palette-appel")
            .With("outputs", new JsonArray(new JsonObject { ["name"] = "Somme", ["type"] = "Int32" }));
        caller["root"]!["activities"]!.AsArray().Add(Activity(
            "sortie", "Elsa.SetOutput", ("outputName", Literal("Somme")), ("outputValue", Input("JavaScript", "getSomme()"))));

        var saved = await SaveAsync(owner, caller, publish: true);

        Assert.Equal("Procedure.palette-calcul", saved["root"]!["activities"]![0]!["type"]!.GetValue<string>());
        Assert.Equal(42, await ResultAsync(owner, "palette-appel"));
        // As an Elsa server names the type: after the definition.
        var foreign = saved.DeepClone().AsObject();
        foreign["root"]!["activities"]![0]!["type"] = "Doubler";
        Assert.Equal("Procedure.palette-calcul", (await SaveAsync(owner, foreign, publish: false))["root"]!["activities"]![0]!["type"]!.GetValue<string>());
        Assert.Equal(["palette-appel"], (await owner.GetAsync($"{Base}/palette-calcul/consumers")).Ok()["consumingWorkflowDefinitionIds"]!.AsArray().Select(id => id!.GetValue<string>()));
    }

    [Fact]
    public async Task Consumers_go_on_with_the_new_version_when_asked_and_by_themselves_when_so_marked()
    {
        var owner = await host.AsAsync("proprietaire");
        await SaveAsync(owner, Doubler("palette-suivie", 2), publish: true);
        var use = Dropped((await EntryAsync(owner, "palette-suivie"))!, "double", 5);
        var caller = Definition(Sequence(use, Activity("sortie", "Elsa.SetOutput", ("outputName", Literal("Somme")), ("outputValue", Input("JavaScript", "getSomme()")))), Variable("Somme", "Int32"))
            .With("definitionId", "palette-suit").With("outputs", new JsonArray(new JsonObject { ["name"] = "Somme", ["type"] = "Int32" }));
        await SaveAsync(owner, caller, publish: true);

        await SaveAsync(owner, Doubler("palette-suivie", 3), publish: true);
        Assert.Equal(10, await ResultAsync(owner, "palette-suit"));
        // The version in use is still drawn, though the palette offers the next.
        Assert.Equal(1, (await owner.GetAsync($"{Base}/by-definition-id/palette-suit")).Ok()["root"]!["activities"]![0]!["version"]!.GetValue<int>());

        var updated = (await owner.PostAsync($"{Base}/palette-suivie/update-references", new JsonObject())).Ok();
        Assert.Equal(["palette-suit"], updated["affectedWorkflows"]!.AsArray().Select(id => id!.GetValue<string>()));
        Assert.Equal(15, await ResultAsync(owner, "palette-suit"));
        Assert.Empty((await owner.PostAsync($"{Base}/palette-suivie/update-references", new JsonObject())).Ok()["affectedWorkflows"]!.AsArray());

        var automatic = Doubler("palette-suivie", 4);
        automatic["options"]!["autoUpdateConsumingWorkflows"] = true;
        await SaveAsync(owner, automatic, publish: false);
        var bulk = (await owner.PostAsync("elsa/api/bulk-actions/publish/workflow-definitions/by-definition-ids", new JsonObject { ["definitionIds"] = new JsonArray("palette-suivie") })).Ok();
        Assert.Equal("palette-suit", bulk["updatedConsumers"]![0]!.GetValue<string>());
        Assert.Equal(20, await ResultAsync(owner, "palette-suit"));
    }

    /// <summary>As Studio makes an activity of an entry: the construction properties, and inputs without their type.</summary>
    private static JsonObject Dropped(JsonObject entry, string id, int number)
    {
        var activity = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = entry["typeName"]!.DeepClone(), ["version"] = entry["version"]!.DeepClone() };
        foreach (var (key, value) in entry["constructionProperties"]!.AsObject())
        {
            activity[key] = value?.DeepClone();
        }

        activity["nombre"] = new JsonObject { ["typeName"] = null, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = number } };
        activity["résultat"] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "var-Somme" } };
        return activity;
    }

    private static JsonObject Doubler(string definitionId, int factor) =>
        Definition(Sequence(Activity("calcul", "Elsa.SetOutput", ("outputName", Literal("Résultat")), ("outputValue", Input("JavaScript", $"getNombre() * {factor}")))))
            .With("definitionId", definitionId).With("name", definitionId)
            .With("inputs", new JsonArray(new JsonObject { ["name"] = "Nombre", ["type"] = "Int32" }))
            .With("outputs", new JsonArray(new JsonObject { ["name"] = "Résultat", ["type"] = "Int32" }))
            .With("options", new JsonObject { ["usableAsActivity"] = true, ["activityCategory"] = "Calculs" });

    private static async Task<int> ResultAsync(Caller owner, string definitionId)
    {
        var state = (await owner.PostAsync($"{Base}/{definitionId}/execute", new JsonObject { ["versionOptions"] = "Published" })).Ok()["workflowState"]!;
        Assert.Equal("Finished", state["subStatus"]!.GetValue<string>());
        return state["output"]!["Somme"]!.GetValue<int>();
    }

    private static async Task<JsonObject?> EntryAsync(Caller caller, string definitionId) =>
        (await caller.GetAsync($"{Descriptors}?Refresh=True")).Ok()["items"]!.AsArray().OfType<JsonObject>()
            .Where(item => item["typeName"]!.GetValue<string>() == "Procedure." + definitionId).MaxBy(item => item["version"]!.GetValue<int>());

    private static async Task<JsonObject> SaveAsync(Caller owner, JsonObject model, bool publish) =>
        (await owner.PostAsync(Base, new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish })).Ok()["workflowDefinition"]!.AsObject();
}
