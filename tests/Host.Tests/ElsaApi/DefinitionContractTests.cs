using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>What Studio does with definitions, in the order in which an owner does it.</summary>
[Collection(HostCollection.Name)]
public sealed class DefinitionContractTests(HostFixture host)
{
    private const string Base = "elsa/api/workflow-definitions";

    /// <summary>As the dialog « New workflow » posts it: ids null, everything else null or empty.</summary>
    [Theory]
    [InlineData("Elsa.Flowchart", "Nouvel organigramme")]
    [InlineData("Elsa.Sequence", "Nouvelle suite")]
    [InlineData("Elsa.StateMachine", "Nouvelle machine")]
    public async Task What_the_dialog_posts_becomes_a_definition_that_saves_to_itself(string rootType, string name)
    {
        var owner = await host.AsAsync("proprietaire");
        var root = new JsonObject { ["id"] = "56ab29bcbf50f404", ["type"] = rootType, ["version"] = 1, ["name"] = "Racine1", ["nodeId"] = "Workflow1:56ab29bcbf50f404" };
        var model = new JsonObject
        {
            ["definitionId"] = null,
            ["name"] = name,
            ["description"] = null,
            ["toolVersion"] = "3.8.0.0",
            ["variables"] = null,
            ["inputs"] = null,
            ["outputs"] = null,
            ["outcomes"] = null,
            ["customProperties"] = null,
            ["isReadonly"] = false,
            ["options"] = null,
            ["root"] = root,
            ["links"] = null,
            ["createdAt"] = "0001-01-01T00:00:00+00:00",
            ["version"] = 1,
            ["isLatest"] = true,
            ["isPublished"] = false,
            ["id"] = null,
        };

        var created = await SaveAsync(owner, model, publish: null);

        Assert.False(string.IsNullOrEmpty(created["id"]!.GetValue<string>()) || string.IsNullOrEmpty(created["definitionId"]!.GetValue<string>()));
        Assert.Equal((1, true, false), (created["version"]!.GetValue<int>(), created["isLatest"]!.GetValue<bool>(), created["isPublished"]!.GetValue<bool>()));
        Assert.All(new[] { "variables", "inputs", "outputs", "outcomes" }, list => Assert.IsType<JsonArray>(created[list]));
        Assert.Contains("publish", Rels(created));
        Assert.True((await SavedTwiceAsync(owner, created)).Equal);
        (await owner.SendAsync(HttpMethod.Delete, $"{Base}/{created["definitionId"]!.GetValue<string>()}")).Ok();
    }

    [Fact]
    public async Task An_input_filled_for_the_first_time_gets_its_type_and_every_activity_its_node()
    {
        var owner = await host.AsAsync("proprietaire");
        var line = Activity("a1", "Elsa.WriteLine", ("text", new JsonObject { ["typeName"] = null, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "x" } }));
        var unknown = Activity("u1", "Autre.Inconnue", ("réglage", "gardé"));
        var inner = Activity("si", "Elsa.If", ("condition", Literal(true)), ("then", line));

        var saved = await SaveAsync(owner, Definition(Flowchart([inner, unknown], "si>u1", "u1>si")).With("definitionId", "contrat-formes"), publish: false);

        var activities = saved["root"]!["activities"]!.AsArray();
        Assert.Equal("String", activities[0]!["then"]!["text"]!["typeName"]!.GetValue<string>());
        Assert.Equal("Workflow1:root:si:a1", activities[0]!["then"]!["nodeId"]!.GetValue<string>());
        Assert.Equal("Elsa.NotFoundActivity", activities[1]!["type"]!.GetValue<string>());
        Assert.Equal("Workflow1:root:u1", activities[1]!["nodeId"]!.GetValue<string>());
        Assert.True((await SavedTwiceAsync(owner, saved)).Equal);
        var exported = (await owner.GetAsync($"{Base}/contrat-formes/export?versionOptions=Latest")).Ok();
        Assert.Equal("gardé", exported["root"]!["activities"]![1]!["réglage"]!.GetValue<string>());
        Assert.Equal(2, exported["root"]!["connections"]!.AsArray().Count);

        var id = saved["id"]!.GetValue<string>();
        var node = (await owner.GetAsync($"{Base}/subgraph/{id}?parentNodeId=Workflow1:root:si")).Ok();
        Assert.Equal(("si", "Then"), (node["activity"]!["id"]!.GetValue<string>(), node["children"]![0]!["port"]!.GetValue<string>()));
        var way = (await owner.GetAsync($"{Base}/subgraph/segments/{id}?childNodeId=Workflow1:root:si:a1")).Ok();
        Assert.Equal("Workflow1:root:si", way["pathSegments"]![0]!["activityNodeId"]!.GetValue<string>());
        Assert.Equal("Then", way["pathSegments"]![0]!["portName"]!.GetValue<string>());
        Assert.Equal("a1", way["childNode"]!["activity"]!["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.GetAsync($"{Base}/subgraph/{id}?parentNodeId=rien")).Status);
    }

    [Fact]
    public async Task A_published_version_is_forked_only_by_a_change_and_history_leads_back()
    {
        var owner = await host.AsAsync("proprietaire");
        var first = await SaveAsync(owner, Definition(Sequence(Line("l", "un"))).With("definitionId", "contrat-versions").With("name", "Contrat versions"), publish: true);
        Assert.True(first["isPublished"]!.GetValue<bool>());
        Assert.Equal(first["id"]!.GetValue<string>(), (await SaveAsync(owner, first.DeepClone().AsObject(), publish: false))["id"]!.GetValue<string>());

        var draft = await SaveAsync(owner, Definition(Sequence(Line("l", "deux"))).With("definitionId", "contrat-versions").With("name", "Contrat versions"), publish: false);
        Assert.Equal((2, false, true), (draft["version"]!.GetValue<int>(), draft["isPublished"]!.GetValue<bool>(), draft["isLatest"]!.GetValue<bool>()));
        var again = (await owner.PostAsync($"{Base}/contrat-versions/publish", new JsonObject())).Ok();
        Assert.False(again["alreadyPublished"]!.GetValue<bool>());
        Assert.True((await owner.PostAsync($"{Base}/contrat-versions/publish", new JsonObject())).Ok()["alreadyPublished"]!.GetValue<bool>());

        var reverted = (await owner.PostAsync($"{Base}/contrat-versions/revert/1", new JsonObject())).Ok();
        Assert.Equal((3, false), (reverted["version"]!.GetValue<int>(), reverted["isPublished"]!.GetValue<bool>()));
        var latest = (await owner.GetAsync($"{Base}/by-definition-id/contrat-versions?versionOptions=Latest")).Ok();
        Assert.Equal("un", latest["root"]!["activities"]![0]!["text"]!["expression"]!["value"]!.GetValue<string>());
        var history = (await owner.GetAsync($"{Base}?versionOptions=AllVersions&DefinitionIds=contrat-versions&OrderBy=Version&OrderDirection=Descending")).Ok();
        Assert.Equal([3, 2, 1], history["items"]!.AsArray().Select(item => item!["version"]!.GetValue<int>()));

        Assert.Equal(HttpStatusCode.NoContent, (await owner.SendAsync(HttpMethod.Delete, $"elsa/api/workflow-definition-versions/{reverted["id"]!.GetValue<string>()}")).Status);
        Assert.Equal(2, (await owner.GetAsync($"{Base}/by-definition-id/contrat-versions?versionOptions=Latest")).Ok()["version"]!.GetValue<int>());
        (await owner.PostAsync($"{Base}/contrat-versions/retract", new JsonObject())).Ok();
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync($"{Base}/contrat-versions/retract", new JsonObject())).Status);
        var bulk = (await owner.PostAsync("elsa/api/bulk-actions/publish/workflow-definitions/by-definition-ids", Ids("definitionIds", "contrat-versions", "absente"))).Ok();
        Assert.Equal(("contrat-versions", "absente"), (bulk["published"]![0]!.GetValue<string>(), bulk["notFound"]![0]!.GetValue<string>()));
        var retracted = (await owner.PostAsync("elsa/api/bulk-actions/retract/workflow-definitions/by-definition-ids", Ids("definitionIds", "contrat-versions"))).Ok();
        Assert.Single(retracted["retracted"]!.AsArray());
        Assert.Equal(1, (await owner.PostAsync("elsa/api/bulk-actions/delete/workflow-definitions/by-definition-id", Ids("definitionIds", "contrat-versions", "absente"))).Ok()["deleted"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"{Base}/by-definition-id/contrat-versions")).Status);
    }

    [Fact]
    public async Task A_version_that_ran_is_deleted_from_the_lists_and_stays_for_its_instances()
    {
        var owner = await host.AsAsync("proprietaire");
        await SaveAsync(owner, Definition(Sequence(Event("e", "jamais"))).With("definitionId", "contrat-exécutée"), publish: false);
        var run = await owner.PostAsync($"{Base}/contrat-exécutée/execute", new JsonObject { ["versionOptions"] = "Latest" });
        var state = run.Ok()["workflowState"]!;
        Assert.Equal("Suspended", state["subStatus"]!.GetValue<string>());
        var versionId = state["definitionVersionId"]!.GetValue<string>();

        var changed = await SaveAsync(owner, Definition(Sequence(Event("e", "plus tard"))).With("definitionId", "contrat-exécutée"), publish: false);
        Assert.NotEqual(versionId, changed["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NoContent, (await owner.SendAsync(HttpMethod.Delete, $"{Base}/contrat-exécutée")).Status);

        Assert.Equal(0, (await owner.GetAsync($"{Base}?versionOptions=&DefinitionIds=contrat-exécutée")).Ok()["totalCount"]!.GetValue<int>());
        Assert.Equal("jamais", (await owner.GetAsync($"{Base}/by-id/{versionId}")).Ok()["root"]!["activities"]![0]!["eventName"]!["expression"]!["value"]!.GetValue<string>());
        Assert.Equal(3, (await SaveAsync(owner, Definition(Sequence(Line("l", "x"))).With("definitionId", "contrat-exécutée"), publish: false))["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_list_searches_sorts_and_pages_and_names_are_checked()
    {
        var owner = await host.AsAsync("proprietaire");
        foreach (var letter in "CAB")
        {
            await SaveAsync(owner, Definition(Sequence(Line("l", "x"))).With("definitionId", $"contrat-liste-{letter}").With("name", $"Liste 100%_{letter}"), publish: false);
        }

        async Task<string[]> NamesAsync(string query) =>
            [.. (await owner.GetAsync($"{Base}?{query}")).Ok()["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>())];
        Assert.Equal(["Liste 100%_A", "Liste 100%_B"], await NamesAsync("versionOptions=Latest&Page=0&PageSize=2&SearchTerm=liste+100%25_&OrderBy=Name&OrderDirection=Ascending&IsSystem=False"));
        Assert.Equal(["Liste 100%_C"], await NamesAsync("versionOptions=Latest&page=1&pagesize=2&searchterm=liste+100%25_&orderby=Name&orderdirection=Ascending"));
        Assert.Equal(3, (await owner.GetAsync($"{Base}?Page=9&PageSize=2&SearchTerm=liste+100%25_")).Ok()["totalCount"]!.GetValue<int>());
        Assert.Empty(await NamesAsync("versionOptions=Published&DefinitionIds=contrat-liste-A"));

        async Task<bool> UniqueAsync(string name, string id) =>
            (await owner.GetAsync($"{Base}/validation/is-name-unique?name={Uri.EscapeDataString(name)}&definitionId={id}")).Ok()["isUnique"]!.GetValue<bool>();
        Assert.Equal((false, true, true), (await UniqueAsync("LISTE 100%_a", ""), await UniqueAsync("Liste 100%_A", "contrat-liste-A"), await UniqueAsync("Liste nouvelle", "")));
    }

    [Fact]
    public async Task Files_go_out_and_come_back_singly_and_as_a_zip()
    {
        var owner = await host.AsAsync("proprietaire");
        var saved = await SaveAsync(owner, Definition(Sequence(Line("l", "fichier")), Variable("Nom")).With("definitionId", "contrat-fichier").With("name", "À exporter"), publish: false);
        var file = await owner.GetAsync($"{Base}/contrat-fichier/export?versionOptions=Latest");
        Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", file.Ok()["$schema"]!.GetValue<string>(), StringComparison.Ordinal);

        var model = file.Body!.DeepClone().AsObject();
        model["definitionId"] = "contrat-importé";
        model["id"] = "autre";
        var imported = (await owner.PostAsync($"{Base}/import", model)).Ok();
        Assert.Equal("contrat-importé", imported["definitionId"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(saved["root"], imported["root"]), imported["root"]!.ToJsonString());

        var zip = await owner.PostAsync("elsa/api/bulk-actions/export/workflow-definitions", Ids("ids", saved["id"]!.GetValue<string>(), imported["id"]!.GetValue<string>()));
        Assert.Equal("application/zip", zip.MediaType);
        using (var archive = new ZipArchive(new MemoryStream(zip.Bytes)))
        {
            Assert.Equal(2, archive.Entries.Count);
        }

        Assert.Equal(2, (await UploadAsync(owner, "export.zip", zip.Bytes)).Ok()["count"]!.GetValue<int>());
        var refused = await UploadAsync(owner, "faux.json", Encoding.UTF8.GetBytes("{\"name\":\"sans racine\"}"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("faux.json", refused.Body!["errors"]!.AsObject().Single().Value![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.PostAsync("elsa/api/bulk-actions/export/workflow-definitions", Ids("ids", "absente"))).Status);
    }

    [Fact]
    public async Task Everything_missing_in_a_drawing_is_named_at_once()
    {
        var owner = await host.AsAsync("proprietaire");
        var task = Activity("instruire", "Elsa.UserTask", ("outcomes", Input("Object", """["Valider","Rejeter"]""", "String[]")));
        var model = Definition(Flowchart([task, Line("suite", "x")], "instruire.Valider>suite")).With("definitionId", "contrat-incomplète").With("name", "Incomplète");

        var refused = await owner.PostAsync(Base, new JsonObject { ["model"] = model, ["publish"] = true });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        var messages = refused.Body!["errors"]!.AsObject().SelectMany(errors => errors.Value!.AsArray()).Select(message => message!.GetValue<string>()).ToList();
        Assert.Contains(messages, message => message.Contains("renseignez « Titre »", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("L'issue « Rejeter »", StringComparison.Ordinal));
        Assert.DoesNotContain(messages, message => message.Contains("« Valider »", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_publication_names_every_problem_and_changes_nothing()
    {
        var owner = await host.AsAsync("proprietaire");
        var model = Definition(Sequence(Activity("x", "Elsa.Inconnue"), Activity("y", "Elsa.WriteLine", ("text", Input("Python", "1"))))).With("definitionId", "contrat-refus");

        var refused = await owner.PostAsync(Base, new JsonObject { ["model"] = model, ["publish"] = true });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(400, refused.Body!["statusCode"]!.GetValue<int>());
        Assert.True(refused.Body["errors"]!.AsObject().Count >= 2, refused.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"{Base}/by-definition-id/contrat-refus")).Status);
    }

    [Fact]
    public async Task The_script_editor_learns_functions_variables_inputs_and_outputs()
    {
        var owner = await host.AsAsync("proprietaire");
        var model = Definition(Sequence(Event("attente", "e")), Variable("Montant dû", "Decimal")).With("definitionId", "contrat-scripts");
        model["inputs"] = new JsonArray(new JsonObject { ["type"] = "String", ["name"] = "Pays" });
        await SaveAsync(owner, model, publish: false);

        var types = (await owner.PostAsync("elsa/api/scripting/javascript/type-definitions/contrat-scripts", new JsonObject())).Text;

        Assert.All(
            new[] { "declare function getVariable(name: string): any;", "declare const TimeSpan: {", "declare function getMontantDû(): number;", "declare function getPays(): string;", "declare function getResultFromAttente(): any;" },
            expected => Assert.Contains(expected, types, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_definition_knows_who_starts_it()
    {
        var owner = await host.AsAsync("proprietaire");
        await SaveAsync(owner, Definition(Sequence(Line("l", "x"))).With("definitionId", "contrat-appelée"), publish: true);
        await SaveAsync(owner, Definition(Sequence(Activity("d", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", Literal("contrat-appelée"))))).With("definitionId", "contrat-appelante"), publish: false);

        var consumers = (await owner.GetAsync($"{Base}/contrat-appelée/consumers")).Ok()["consumingWorkflowDefinitionIds"]!.AsArray();

        Assert.Equal("contrat-appelante", Assert.Single(consumers)!.GetValue<string>());
        Assert.Empty((await owner.PostAsync($"{Base}/contrat-appelée/update-references", new JsonObject())).Ok()["affectedWorkflows"]!.AsArray());
    }

    [Fact]
    public async Task A_reader_sees_everything_read_only_and_others_nothing()
    {
        var owner = await host.AsAsync("proprietaire");
        var reader = await host.AsAsync("admin");
        var saved = await SaveAsync(owner, Definition(Sequence(Line("l", "x"))).With("definitionId", "contrat-lecteur"), publish: false);

        var list = (await reader.GetAsync($"{Base}?versionOptions=Latest")).Ok();
        Assert.Equal(["self"], Rels(list));
        Assert.All(list["items"]!.AsArray(), item => Assert.Equal(["self", "export"], Rels(item!)));
        Assert.DoesNotContain("publish", Rels((await reader.GetAsync($"{Base}/by-definition-id/contrat-lecteur")).Ok()));
        Assert.Contains("bulk-publish", Rels((await owner.GetAsync(Base)).Ok()));

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, Base), (HttpMethod.Post, $"{Base}/contrat-lecteur/publish"), (HttpMethod.Post, $"{Base}/contrat-lecteur/execute"), (HttpMethod.Delete, $"{Base}/contrat-lecteur"),
            (HttpMethod.Post, $"{Base}/import"), (HttpMethod.Delete, $"elsa/api/workflow-definition-versions/{saved["id"]!.GetValue<string>()}"),
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.SendAsync(method, path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).SendAsync(method, path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.SendAsync(method, path)).Status);
        }
    }

    private static async Task<(bool Equal, JsonObject Again)> SavedTwiceAsync(Caller owner, JsonObject saved)
    {
        var again = await SaveAsync(owner, saved.DeepClone().AsObject(), publish: false);
        return (JsonNode.DeepEquals(saved, again), again);
    }

    private static async Task<JsonObject> SaveAsync(Caller owner, JsonObject model, bool? publish)
    {
        var answer = (await owner.PostAsync(Base, new JsonObject { ["model"] = model, ["publish"] = publish })).Ok();
        Assert.All(new[] { "alreadyPublished", "consumingWorkflowCount", "validationErrors" }, member => Assert.True(answer.AsObject().ContainsKey(member), member));
        return answer["workflowDefinition"]!.DeepClone().AsObject();
    }

    private static IEnumerable<string> Rels(JsonNode answer) => answer["links"]!.AsArray().Select(link => link!["rel"]!.GetValue<string>());

    private static JsonObject Ids(string name, params string[] ids) => new() { [name] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };

    private static async Task<Answer> UploadAsync(Caller owner, string name, byte[] content)
    {
        using var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { part, "files", name } };
        return await owner.SendAsync(HttpMethod.Post, $"{Base}/import-files", form);
    }
}
