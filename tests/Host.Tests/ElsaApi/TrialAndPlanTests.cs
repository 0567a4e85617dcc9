using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>The tab « Test », alterations by filter, and instances that leave and come back as files.</summary>
[Collection(HostCollection.Name)]
public sealed class TrialAndPlanTests(HostFixture host)
{
    private const string Definitions = "elsa/api/workflow-definitions";
    private const string Instances = "elsa/api/workflow-instances";

    [Fact]
    public async Task One_activity_is_tried_with_test_values_and_nothing_of_it_stays()
    {
        var owner = await host.AsAsync("proprietaire");
        var script = Activity("calcul", "Elsa.RunJavaScript", ("script", Literal("getNombre() * 2")));
        var model = Definition(Sequence(script, Event("attente", "jamais")), Variable("Nombre", "Int32", 1)).With("definitionId", "essai-seul")
            .With("customProperties", new JsonObject { ["VariableTestValues"] = new JsonObject { ["var-Nombre"] = 21 } });
        var version = (await owner.PostAsync(Definitions, new JsonObject { ["model"] = model })).Ok()["workflowDefinition"]!["id"]!.GetValue<string>();
        var before = await host.CountAsync("select count(*) from workflow_instances");

        var tried = (await owner.PostAsync("elsa/api/tests/activities", Trial(version, "Workflow1:root:calcul"))).Ok();
        Assert.Equal(("Completed", 42), (tried["status"]!.GetValue<string>(), tried["outputs"]!["Result"]!.GetValue<int>()));
        Assert.Equal("Running", (await owner.PostAsync("elsa/api/tests/activities", Trial(version, "Workflow1:root:attente"))).Ok()["status"]!.GetValue<string>());

        Assert.Equal(before, await host.CountAsync("select count(*) from workflow_instances"));
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync("elsa/api/tests/activities", Trial(version, "Workflow1:rien"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("admin")).PostAsync("elsa/api/tests/activities", Trial(version, "Workflow1:root:calcul"))).Status);
    }

    [Fact]
    public async Task All_matches_of_a_filter_are_cancelled_and_the_plan_tells_each()
    {
        var owner = await host.AsAsync("proprietaire");
        var ids = new[] { await RunAsync(owner, "plan-tous", publish: true), await RunAsync(owner, "plan-tous", publish: false) };
        var filter = new JsonObject { ["definitionIds"] = new JsonArray("plan-tous"), ["statuses"] = new JsonArray("Running") };

        var found = (await owner.PostAsync("elsa/api/alterations/dry-run", filter.DeepClone())).Ok()["workflowInstanceIds"]!.AsArray();
        Assert.Equal(ids.Order(), found.Select(id => id!.GetValue<string>()).Order());
        var planId = (await owner.PostAsync("elsa/api/alterations/submit", new JsonObject
        {
            ["alterations"] = new JsonArray(new JsonObject { ["type"] = "Cancel" }),
            ["filter"] = filter,
        })).Ok()["planId"]!.GetValue<string>();

        Assert.All((await owner.GetAsync($"elsa/api/alterations/{planId}")).Ok()["jobs"]!.AsArray(), job => Assert.Equal("Completed", job!["status"]!.GetValue<string>()));
        Assert.Equal("Cancelled", (await owner.GetAsync($"{Instances}/{ids[0]}/execution-state")).Ok()["subStatus"]!.GetValue<string>());
        foreach (var odd in new JsonObject[] { [], new() { ["statuses"] = new JsonArray("Inconnu") }, new() { ["activityFilters"] = new JsonArray("x") } })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync("elsa/api/alterations/dry-run", odd)).Status);
        }
    }

    [Fact]
    public async Task A_waiting_instance_leaves_as_a_file_comes_back_and_goes_on()
    {
        var owner = await host.AsAsync("proprietaire");
        var id = await RunAsync(owner, "voyage", publish: true);
        var file = (await owner.GetAsync($"{Instances}/{id}/export")).Bytes;
        var lines = (await owner.GetAsync($"{Instances}/{id}/journal?take=1000")).Ok();
        Assert.Equal(0, (await UploadAsync(owner, file)).Ok()["imported"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NoContent, (await owner.SendAsync(HttpMethod.Delete, $"{Instances}/{id}")).Status);

        Assert.Equal(1, (await UploadAsync(owner, file)).Ok()["count"]!.GetValue<int>());

        Assert.Equal("Suspended", (await owner.GetAsync($"{Instances}/{id}")).Ok()["subStatus"]!.GetValue<string>());
        Assert.Equal(lines["totalCount"]!.GetValue<int>(), (await owner.GetAsync($"{Instances}/{id}/journal?take=1000")).Ok()["totalCount"]!.GetValue<int>());
        (await (await host.AsAsync("admin")).PostAsync("elsa/api/events/voyage/trigger", new JsonObject())).Ok();
        Assert.Equal("Finished", (await owner.GetAsync($"{Instances}/{id}")).Ok()["subStatus"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync(owner, "{\"x\":1}"u8.ToArray())).Status);
    }

    private static async Task<string> RunAsync(Caller owner, string definitionId, bool publish)
    {
        if (publish)
        {
            var model = Definition(Sequence(Event("attente", definitionId), Line("fin", "x"))).With("definitionId", definitionId);
            (await owner.PostAsync(Definitions, new JsonObject { ["model"] = model, ["publish"] = true })).Ok();
        }

        return (await owner.PostAsync($"{Definitions}/{definitionId}/execute", new JsonObject())).Ok()["workflowState"]!["id"]!.GetValue<string>();
    }

    private static JsonObject Trial(string versionId, string nodeId) => new()
    {
        ["workflowDefinitionHandle"] = new JsonObject { ["definitionVersionId"] = versionId },
        ["activityHandle"] = new JsonObject { ["activityNodeId"] = nodeId },
    };

    private static async Task<Answer> UploadAsync(Caller owner, byte[] content)
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var form = new MultipartFormDataContent { { part, "files", "instance.json" } };
        return await owner.SendAsync(HttpMethod.Post, "elsa/api/bulk-actions/import/workflow-instances", form);
    }
}
