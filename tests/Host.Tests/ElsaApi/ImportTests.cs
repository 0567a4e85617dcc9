using System.Text.Json.Nodes;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>
/// Definitions as an Elsa 3.8 server exports them (in <c>Imports/</c>): imported, checked, run to the end with the expected result; exported and
/// imported again, they do the same.
/// </summary>
[Collection(HostCollection.Name)]
public sealed class ImportTests(HostFixture host)
{
    private const string Base = "elsa/api/workflow-definitions";

    public static TheoryData<string, string, string> Runs => new()
    {
        { "suite-simple", "{}", """{"Ville":"CHIŞINĂU"}""" },
        { "organigramme", "{}", """{"Dit":"bonjour"}""" },
        { "decision", """{"Montant":101}""", """{"Avis":"élevé"}""" },
        { "decision", """{"Montant":100}""", """{"Avis":"courant"}""" },
        { "si-imbrique", """{"Urgent":true}""", """{"Délai":3}""" },
        { "si-imbrique", """{"Urgent":false}""", """{"Délai":30}""" },
        { "selon-le-cas", """{"Pays":"BR"}""", """{"Langue":"portugais"}""" },
        { "selon-le-cas", """{"Pays":"FR"}""", """{"Langue":"anglais"}""" },
        { "aiguillage", """{"N":50}""", """{"Taille":"moyen"}""" },
        { "aiguillage", """{"N":500}""", """{"Taille":"grand"}""" },
        { "boucle-pour", """{"Fin":10}""", """{"Total":55}""" },
        { "boucle-pour-chaque", "{}", """{"Mot":"abc"}""" },
        { "tant-que", "{}", """{"Total":1024}""" },
        { "rupture", "{}", """{"Total":7}""" },
        { "fourche", "{}", """{"Total":42}""" },
        { "fourche-et-jonction", "{}", """{"Total":42}""" },
        { "parallele", "{}", """{"Total":3}""" },
        { "issues-de-script", """{"Note":12}""", """{"Avis":"admis 24"}""" },
        { "issues-de-script", """{"Note":4}""", """{"Avis":"refusé 8"}""" },
        { "liquid", """{"Prenom":"ion"}""", """{"Phrase":"Ion a 30 ans"}""" },
        { "correlation-et-nom", """{"Cle":"7"}""", """{"Clé":"import-7"}""" },
        { "organigrammes-emboites", "{}", """{"Total":15}""" },
        { "boucle-dans-le-dessin", "{}", """{"Total":5}""" },
        { "machine-a-etats", "{}", """{"Trace":"RIaxC"}""" },
        { "fin-anticipee", "{}", """{"Total":1}""" },
        { "pour-chaque-en-parallele", "{}", """{"Total":4}""" },
        { "objet-et-tableau", "{}", """{"Noms":"acte+contrat"}""" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task An_export_of_Elsa_runs_here_and_does_the_same_after_another_round(string file, string input, string expected)
    {
        var owner = await host.AsAsync("proprietaire");
        var model = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "tests", "Host.Tests", "ElsaApi", "Imports", file + ".json")))!.AsObject();
        var definitionId = model["definitionId"]!.GetValue<string>();

        var imported = (await owner.PostAsync($"{Base}/import", model.DeepClone())).Ok();
        Assert.Equal(definitionId, imported["definitionId"]!.GetValue<string>());
        await IsStableAsync(owner, imported.AsObject());
        await RunsAsync(owner, definitionId, input, expected);

        var exported = (await owner.GetAsync($"{Base}/{definitionId}/export?versionOptions=Latest")).Ok().AsObject();
        Assert.True(JsonNode.DeepEquals(model["variables"], exported["variables"]), exported["variables"]!.ToJsonString());
        Assert.Equal(Ids(model["root"]), Ids(exported["root"]));
        exported["definitionId"] = definitionId + "-2";
        (await owner.PostAsync($"{Base}/import", exported)).Ok();
        await RunsAsync(owner, definitionId + "-2", input, expected);
    }

    private static async Task IsStableAsync(Caller owner, JsonObject definition)
    {
        var saved = (await owner.PostAsync(Base, new JsonObject { ["model"] = definition.DeepClone(), ["publish"] = false })).Ok()["workflowDefinition"]!;
        Assert.True(JsonNode.DeepEquals(definition["root"], saved["root"]), saved["root"]!.ToJsonString());
    }

    private static async Task RunsAsync(Caller owner, string definitionId, string input, string expected)
    {
        var published = await owner.PostAsync($"{Base}/{definitionId}/publish", new JsonObject());
        published.Ok();
        var state = (await owner.PostAsync(
            $"{Base}/{definitionId}/execute", new JsonObject { ["versionOptions"] = "Published", ["input"] = JsonNode.Parse(input) })).Ok()["workflowState"]!;
        Assert.True(state["subStatus"]!.GetValue<string>() == "Finished", state["incidents"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), state["output"]), state["output"]!.ToJsonString());
    }

    /// <summary>Ids and node ids of all activities, as the real server computed them.</summary>
    private static List<string> Ids(JsonNode? node) => node switch
    {
        JsonObject json => [.. json["nodeId"] is { } nodeId ? [nodeId.ToString()] : Array.Empty<string>(), .. json.SelectMany(member => Ids(member.Value))],
        JsonArray array => [.. array.SelectMany(Ids)],
        _ => [],
    };
}
