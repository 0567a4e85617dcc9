using System.Net;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>What Studio's list of instances and its viewer ask for.</summary>
[Collection(HostCollection.Name)]
public sealed class InstanceContractTests(HostFixture host)
{
    private const string Base = "elsa/api/workflow-instances";

    [Fact]
    public async Task The_viewer_finds_state_journal_badges_and_details()
    {
        var owner = await host.AsAsync("proprietaire");
        var loop = Activity("tour", "Elsa.For", ("start", Literal(1)), ("end", Literal(3)), ("body", Line("corps", "tour")));
        var id = await RunAsync(owner, "instance-vue", Definition(Sequence(loop, Event("attente", "jamais")), Variable("Pays", value: "MD")), new JsonObject { ["Clé"] = "v" });

        foreach (var user in new[] { "proprietaire", "admin" })
        {
            var instance = (await (await host.AsAsync(user)).GetAsync($"{Base}/{id}")).Ok();
            Assert.Equal(("Running", "Suspended"), (instance["status"]!.GetValue<string>(), instance["subStatus"]!.GetValue<string>()));
            var state = instance["workflowState"]!;
            Assert.All(
                new[] { "bookmarks", "incidents", "completionCallbacks", "activityExecutionContexts", "scheduledActivities" }, member => Assert.IsType<JsonArray>(state[member]));
            Assert.All(new[] { "input", "output", "properties" }, member => Assert.IsType<JsonObject>(state[member]));
            Assert.Equal("v", state["input"]!["Clé"]!.GetValue<string>());
            Assert.Equal("Workflow1:root:attente", state["bookmarks"]![0]!["activityNodeId"]!.GetValue<string>());
        }

        var journal = (await owner.PostAsync($"{Base}/{id}/journal?skip=0&take=100", Filter("excludedActivityTypes", "Elsa.Sequence", "Elsa.For"))).Ok();
        var sequences = journal["items"]!.AsArray().Select(line => line!["sequence"]!.GetValue<int>()).ToList();
        Assert.Equal(sequences.Order(), sequences);
        Assert.Equal(sequences.Count, journal["totalCount"]!.GetValue<int>());
        Assert.DoesNotContain(journal["items"]!.AsArray(), line => line!["activityType"]!.GetValue<string>() == "Elsa.For");
        var completed = journal["items"]!.AsArray().First(line => line!["eventName"]!.GetValue<string>() == "Completed")!;
        Assert.Equal("Done", completed["payload"]!["Outcomes"]![0]!.GetValue<string>());
        var page = (await owner.PostAsync($"{Base}/{id}/journal?skip=1&take=1", Filter("activityNodeIds", "Workflow1:root:tour:corps"))).Ok();
        Assert.Equal((1, 9), (page["items"]!.AsArray().Count, page["totalCount"]!.GetValue<int>()));
        Assert.Equal(0, (await owner.PostAsync($"{Base}/{id}/journal", Filter("eventNames", "Faulted"))).Ok()["totalCount"]!.GetValue<int>());
        var all = (await owner.GetAsync($"{Base}/{id}/journal?take=1000")).Ok()["items"]!.AsArray();
        Assert.Equal(all[^1]!["sequence"]!.GetValue<int>(), (await owner.GetAsync($"{Base}/{id}/journal/last")).Ok()["sequence"]!.GetValue<int>());

        var report = (await owner.PostAsync("elsa/api/activity-executions/report", new JsonObject
        {
            ["workflowInstanceId"] = id,
            ["activityNodeIds"] = new JsonArray("Workflow1:root:tour:corps", "Workflow1:root:attente"),
        })).Ok()["stats"]!.AsArray().ToDictionary(stat => stat!["activityId"]!.GetValue<string>());
        Assert.Equal((3, 3, 0), (Int(report["corps"], "startedCount"), Int(report["corps"], "completedCount"), Int(report["corps"], "uncompletedCount")));
        Assert.True(report["attente"]!["isBlocked"]!.GetValue<bool>());

        var executions = (await owner.GetAsync($"elsa/api/activity-executions/list?WorkflowInstanceId={id}&ActivityNodeId=Workflow1:root:tour:corps")).Ok();
        Assert.Equal(3, executions["count"]!.GetValue<int>());
        Assert.Equal("tour", executions["items"]![0]!["activityState"]!["Text"]!.GetValue<string>());
        var summaries = (await owner.GetAsync($"elsa/api/activity-execution-summaries/list?WorkflowInstanceId={id}&ActivityNodeId=Workflow1:root:attente")).Ok();
        Assert.Equal(("Running", true), (summaries["items"]![0]!["status"]!.GetValue<string>(), summaries["items"]![0]!["hasBookmarks"]!.GetValue<bool>()));
        var executionId = executions["items"]![2]!["id"]!.GetValue<string>();
        Assert.Equal("Completed", (await owner.GetAsync($"elsa/api/activity-executions/by-id?id={executionId}")).Ok()["status"]!.GetValue<string>());
        var stack = (await owner.GetAsync($"elsa/api/activity-executions/{executionId}/call-stack")).Ok();
        Assert.Equal(["root", "tour", "corps"], stack["items"]!.AsArray().Select(item => item!["activityId"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("elsa/api/activity-executions/inconnue")).Status);
    }

    [Fact]
    public async Task The_list_obeys_every_filter()
    {
        var owner = await host.AsAsync("proprietaire");
        var waiting = await RunAsync(owner, "instance-liste", Definition(Sequence(Event("e", "jamais"))), correlationId: "liste-1");
        var done = await RunAsync(owner, "instance-liste", null, correlationId: "liste-2", model: Definition(Sequence(Line("l", "x"))));
        var faulted = await RunAsync(owner, "instance-liste", null, correlationId: "liste-3", model: Definition(Sequence(Activity("f", "Elsa.Fault", ("message", Literal("exprès"))))));

        async Task<string[]> IdsAsync(JsonObject query)
        {
            query["definitionId"] = "instance-liste";
            var answer = (await owner.PostAsync(Base, query)).Ok();
            return [.. answer["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>())];
        }

        Assert.Equal([faulted, done, waiting], await IdsAsync(new JsonObject { ["page"] = 0, ["pageSize"] = 10, ["statuses"] = new JsonArray(), ["orderBy"] = "Created", ["orderDirection"] = "Descending" }));
        Assert.Equal([done], await IdsAsync(new JsonObject { ["page"] = 1, ["pageSize"] = 1 }));
        Assert.Equal([done], await IdsAsync(new JsonObject { ["status"] = "Finished" }));
        Assert.Equal([waiting], await IdsAsync(new JsonObject { ["subStatuses"] = new JsonArray("Suspended"), ["hasIncidents"] = false }));
        Assert.Equal([faulted], await IdsAsync(new JsonObject { ["hasIncidents"] = true }));
        Assert.Equal([waiting], await IdsAsync(new JsonObject { ["correlationId"] = "liste-1" }));
        Assert.Equal([done], await IdsAsync(new JsonObject { ["searchTerm"] = "LISTE-2" }));
        Assert.Equal([waiting], await IdsAsync(new JsonObject { ["version"] = 1 }));
        Assert.Empty(await IdsAsync(new JsonObject { ["isSystem"] = true }));
        Assert.Equal([done], await IdsAsync(new JsonObject { ["timestampFilters"] = new JsonArray(Time("FinishedAt", "GreaterThan", "2020-01-01T00:00:00Z")) }));
        Assert.Empty(await IdsAsync(new JsonObject { ["timestampFilters"] = new JsonArray(Time("CreatedAt", "LessThan", "2020-01-01T00:00:00Z")) }));

        var state = (await owner.GetAsync($"{Base}/{faulted}")).Ok();
        Assert.Equal(1, state["incidentCount"]!.GetValue<int>());
        Assert.Equal("exprès", state["workflowState"]!["incidents"]![0]!["exception"]!["message"]!.GetValue<string>());
        Assert.Equal("Faulted", (await owner.GetAsync($"{Base}/{faulted}/execution-state")).Ok()["subStatus"]!.GetValue<string>());
    }

    [Fact]
    public async Task Instances_are_cancelled_and_deleted_and_only_by_whoever_may()
    {
        var owner = await host.AsAsync("proprietaire");
        var ids = new List<string> { await RunAsync(owner, "instance-fin", Definition(Sequence(Event("e", "jamais")), Variable("Pays", value: "MD"))) };
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await RunAsync(owner, "instance-fin", null));
        }

        var set = (await owner.PostAsync($"{Base}/{ids[0]}/variables", new JsonObject { ["variables"] = new JsonArray(new JsonObject { ["id"] = "var-Pays", ["value"] = "CL" }) })).Ok();
        Assert.Equal("CL", set["items"]![0]!["value"]!.GetValue<string>());

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Delete, $"{Base}/{ids[0]}"), (HttpMethod.Post, $"elsa/api/cancel/workflow-instances/{ids[0]}"), (HttpMethod.Post, Base), (HttpMethod.Get, $"{Base}/{ids[0]}"),
            (HttpMethod.Post, "elsa/api/bulk-actions/delete/workflow-instances/by-id"), (HttpMethod.Get, $"{Base}/{ids[0]}/variables"),
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).SendAsync(method, path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.SendAsync(method, path)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("admin")).SendAsync(HttpMethod.Delete, $"{Base}/{ids[0]}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await owner.PostAsync($"elsa/api/cancel/workflow-instances/{ids[0]}", new JsonObject())).Status);
        Assert.Equal("Cancelled", (await owner.GetAsync($"{Base}/{ids[0]}/execution-state")).Ok()["subStatus"]!.GetValue<string>());
        Assert.Equal(2, await host.CountAsync($"select count(*) from trail_entries where kind = 'instance.altered' and facts ->> 'workflowInstanceId' = '{ids[0]}'"));
        Assert.Equal(1, (await owner.PostAsync("elsa/api/bulk-actions/cancel/workflow-instances/", Many(ids[1]))).Ok()["cancelled"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NoContent, (await owner.SendAsync(HttpMethod.Delete, $"{Base}/{ids[0]}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.SendAsync(HttpMethod.Delete, $"{Base}/{ids[0]}")).Status);
        // One of them still runs: deleting cancels it first.
        Assert.Equal(2, (await owner.PostAsync("elsa/api/bulk-actions/delete/workflow-instances/by-id", Many(ids[1], ids[2], "absente"))).Ok()["deleted"]!.GetValue<int>());
        Assert.Equal(0, await host.CountAsync($"select count(*) from bookmarks where workflow_instance_id = '{ids[2]}'"));
        Assert.Equal(0, await host.CountAsync($"select count(*) from workflow_journal_pages where workflow_instance_id = '{ids[2]}'"));
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"{Base}/{ids[2]}")).Status);
    }

    [Fact]
    public async Task What_names_a_person_is_hidden_wherever_Studio_looks()
    {
        const string Nir = "255081416802538";
        var owner = await host.AsAsync("proprietaire");
        var id = await RunAsync(
            owner, "instance-nir",
            Definition(Sequence(Line("l", $"NIR {Nir}, soit 2 55 08 14 168 025 38"), Event("e", "jamais")), Variable("nir", value: "secret"), Variable("Note", value: Nir)),
            new JsonObject { ["dossier"] = new JsonObject { ["numéro"] = Nir } });

        foreach (var path in new[] { $"{Base}/{id}", $"{Base}/{id}/variables", $"{Base}/{id}/journal", $"{Base}/{id}/export", $"elsa/api/activity-executions/list?workflowInstanceId={id}" })
        {
            var text = (await owner.GetAsync(path)).Text;
            Assert.DoesNotContain(Nir, text, StringComparison.Ordinal);
            Assert.DoesNotContain("168 025", text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            Assert.Contains("•••", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_form_asks_of_a_person_is_hidden_wherever_a_flow_carries_it()
    {
        // « nomNaissance » and « adresse » are keys of personal fields in forms that come with the product; « pays » is not.
        const string person = """{ "nomNaissance": "Ionescu", "adresse": "1 rue des Lilas", "pays": "MD" }""";
        var owner = await host.AsAsync("proprietaire");
        var flow = Sequence(
            Activity("affecte", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "var-Assure", ["name"] = "Assure" }), ("value", Input("JavaScript", "getInput('demande')"))),
            Activity("rend", "Elsa.RunJavaScript", ("script", Literal("getInput('demande')")), ("result", new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "var-Assure" } })),
            Event("attente", "jamais"));
        var model = Definition(flow, Variable("Assure", "Object"), Variable("prenoms", value: "Ionescu"), Variable("Pays", value: "MD"));
        var id = await RunAsync(owner, "instance-masque", model, new JsonObject { ["demande"] = JsonNode.Parse(person) });

        foreach (var path in new[] { $"{Base}/{id}", $"{Base}/{id}/variables", $"{Base}/{id}/journal", $"{Base}/{id}/export", $"elsa/api/activity-executions/list?WorkflowInstanceId={id}" })
        {
            var text = (await owner.GetAsync(path)).Text;
            Assert.DoesNotContain("Ionescu", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Lilas", text, StringComparison.Ordinal);
        }

        var values = (await owner.GetAsync($"{Base}/{id}/variables")).Ok()["items"]!.AsArray().ToDictionary(item => item!["name"]!.GetValue<string>(), item => item!["value"]);
        Assert.Equal(("•••", "MD"), (values["Assure"]!["nomNaissance"]!.GetValue<string>(), values["Assure"]!["pays"]!.GetValue<string>()));
        Assert.Equal(("•••", "MD"), (values["prenoms"]!.GetValue<string>(), values["Pays"]!.GetValue<string>()));
        Assert.Equal("instance-masque", (await owner.GetAsync($"{Base}/{id}")).Ok()["definitionId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Instances_leave_as_files()
    {
        var owner = await host.AsAsync("proprietaire");
        var id = await RunAsync(owner, "instance-fichier", Definition(Sequence(Event("e", "jamais"))));

        var file = (await owner.GetAsync($"{Base}/{id}/export")).Ok();
        Assert.Equal(id, file["WorkflowState"]!["id"]!.GetValue<string>());
        Assert.Single(file["Bookmarks"]!.AsArray());
        Assert.All(new[] { "ActivityExecutionRecords", "WorkflowExecutionLogRecords" }, member => Assert.NotEmpty(file[member]!.AsArray()));
        Assert.Equal("application/zip", (await owner.PostAsync("elsa/api/bulk-actions/export/workflow-instances", Many(id, "absente"))).MediaType);
        Assert.Equal(HttpStatusCode.NoContent, (await owner.PostAsync("elsa/api/bulk-actions/export/workflow-instances", Many("absente"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync($"{Base}/absente/export")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).GetAsync($"{Base}/{id}/export")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.GetAsync($"{Base}/{id}/export")).Status);
    }

    private static async Task<string> RunAsync(
        Caller owner, string definitionId, JsonObject? first, JsonObject? input = null, string? correlationId = null, JsonObject? model = null)
    {
        if ((first ?? model) is { } save)
        {
            (await owner.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = save.With("definitionId", definitionId), ["publish"] = true })).Ok();
        }

        var run = await owner.PostAsync($"elsa/api/workflow-definitions/{definitionId}/execute", new JsonObject
        {
            ["versionOptions"] = "Latest",
            ["input"] = input,
            ["correlationId"] = correlationId,
        });
        return run.Ok()["workflowState"]!["id"]!.GetValue<string>();
    }

    private static int Int(JsonNode? json, string name) => json![name]!.GetValue<int>();

    private static JsonObject Filter(string name, params string[] values) => new() { ["filter"] = new JsonObject { [name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) } };

    private static JsonObject Time(string column, string comparison, string timestamp) => new() { ["column"] = column, ["operator"] = comparison, ["timestamp"] = timestamp };

    private static JsonObject Many(params string[] ids) => new() { ["ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) };
}
