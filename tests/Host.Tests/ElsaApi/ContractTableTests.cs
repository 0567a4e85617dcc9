using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Workflows;
using Microsoft.AspNetCore.Routing;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>Every address Studio and other clients of Elsa know, and what it answers to whom. What these answers hold is told by the other contract tests.</summary>
[Collection(HostCollection.Name)]
public sealed class ContractTableTests(HostFixture host)
{
    // Answered, but what exactly depends on the body: neither refused for the person nor a failure of ours.
    private const int Judged = 0;

    private const string Key = "table-contrat";

    // Owners of processes, and the administrator, who reads definitions, changes instances and operates, but draws nothing.
    private static readonly (string Call, int Owner, int Administrator, string? Body)[] Table =
    [
        ("GET descriptors/activities?Refresh=True", 200, 200, null),
        ("GET descriptors/activities/Elsa.WriteLine", 200, 200, null),
        ("GET descriptors/activities/Elsa.Nulle.Part", 404, 404, null),
        ("POST descriptors/activities/Elsa.UserTask/options/Form", 200, 200, """{"context":{}}"""),
        ("GET descriptors/expression-descriptors", 200, 200, null),
        ("GET descriptors/variables", 200, 200, null),
        ("GET descriptors/storage-drivers", 200, 200, null),
        ("GET descriptors/workflow-activation-strategies", 200, 200, null),
        ("GET descriptors/incident-strategies", 200, 200, null),
        ("GET descriptors/log-persistence-strategies", 200, 200, null),
        ("GET descriptors/commit-strategies/workflows", 200, 200, null),
        ("GET descriptors/commit-strategies/activities", 200, 200, null),
        ("GET descriptors/output-converters?sourceType=String&destinationType=Object", 200, 200, null),
        ("GET features/installed", 200, 200, null),
        ("GET features/installed/Elsa.RealTimeWorkflowUpdates", 200, 200, null),
        ("GET features/installed/Elsa.Absente", 404, 404, null),
        ("GET package/version", 200, 200, null),
        ("POST scripting/javascript/type-definitions/{definition}", 200, 200, """{"workflowDefinitionId":"table-contrat","activityTypeName":"Elsa.WriteLine","propertyName":"Text"}"""),
        ("GET workflow-contexts/provider-descriptors", 200, 200, null),
        ("GET resilience/strategies?category=HTTP", 200, 200, null),
        ("GET resilience/retries/{execution}?skip=0&take=5", 200, 200, null),
        ("GET workflow-definitions?versionOptions=Latest&Page=0&PageSize=10&OrderBy=Name&OrderDirection=Ascending", 200, 200, null),
        ("GET workflow-definitions/by-definition-id/{definition}?versionOptions=Latest", 200, 200, null),
        ("GET workflow-definitions/by-definition-id/nulle-part", 404, 404, null),
        ("GET workflow-definitions/by-id/{version}", 200, 200, null),
        ("GET workflow-definitions/many-by-id?ids={version}", 200, 200, null),
        ("GET workflow-definitions/{definition}/versions", 200, 200, null),
        ("GET workflow-definitions/validation/is-name-unique?name=Essai&definitionId={definition}", 200, 200, null),
        ("GET workflow-definitions/query/count", 200, 200, null),
        ("GET workflow-definitions/subgraph/{version}?parentNodeId=Workflow1:root", 200, 200, null),
        ("GET workflow-definitions/subgraph/segments/{version}?childNodeId=Workflow1:root:l", 200, 200, null),
        ("GET workflow-definitions/{definition}/consumers", 200, 200, null),
        ("GET workflow-definitions/{definition}/export?versionOptions=Latest&includeConsumingWorkflows=False", 200, 200, null),
        ("POST bulk-actions/export/workflow-definitions", 200, 200, """{"ids":["{version}"],"includeConsumingWorkflows":false}"""),
        ("POST workflow-definitions", Judged, 403, """{"model":{}}"""),
        ("POST workflow-definitions/import", Judged, 403, "{}"),
        ("PUT workflow-definitions/{definition}/import", 200, 403, """{"name":"table-contrat","root":{"id":"root","type":"Elsa.Flowchart","version":1,"activities":[{"id":"l","type":"Elsa.WriteLine","version":1}]}}"""),
        ("POST workflow-definitions/import-files", Judged, 403, "{}"),
        ("POST workflow-definitions/{definition}/publish", 200, 403, "{}"),
        ("POST workflow-definitions/{definition}/update-references", 200, 403, "{}"),
        ("POST workflow-definitions/{definition}/execute", 200, 403, """{"versionOptions":"Latest"}"""),
        ("POST workflow-definitions/{definition}/dispatch", 200, 403, """{"versionOptions":"Latest"}"""),
        ("POST workflow-definitions/{definition}/bulk-dispatch", 200, 403, """{"count":1}"""),
        ("POST workflow-definitions/{definition}/revert/1", 200, 403, "{}"),
        ("POST bulk-actions/publish/workflow-definitions/by-definition-ids", 200, 403, """{"definitionIds":["table-contrat"]}"""),
        ("POST tests/activities", 200, 403, """{"workflowDefinitionHandle":{"definitionVersionId":"{version}"},"activityHandle":{"activityNodeId":"Workflow1:root:l"}}"""),
        ("POST workflow-instances", 200, 200, """{"page":0,"pageSize":10}"""),
        ("GET workflow-instances?page=0&pageSize=10", 200, 200, null),
        ("GET workflow-instances/{instance}", 200, 200, null),
        ("GET workflow-instances/nulle-part", 404, 404, null),
        ("POST workflow-instances/{instance}/journal?skip=0&take=100", 200, 200, """{"filter":{"excludedActivityTypes":["Elsa.Workflow","Elsa.Flowchart"]}}"""),
        ("GET workflow-instances/{instance}/journal?skip=0&take=100", 200, 200, null),
        ("GET workflow-instances/{instance}/journal/last", 200, 200, null),
        ("GET workflow-instances/{instance}/execution-state", 200, 200, null),
        ("GET workflow-instances/{instance}/variables", 200, 200, null),
        ("POST workflow-instances/{instance}/variables", Judged, Judged, """{"variables":[]}"""),
        ("GET workflow-instances/{instance}/export", 200, 200, null),
        ("POST bulk-actions/export/workflow-instances", 200, 200, """{"ids":["{instance}"]}"""),
        ("POST bulk-actions/import/workflow-instances", Judged, 403, "{}"),
        ("POST activity-executions/report", 200, 200, """{"workflowInstanceId":"{instance}","activityNodeIds":[]}"""),
        ("GET activity-execution-summaries/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1:root", 200, 200, null),
        ("GET activity-executions/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1:root", 200, 200, null),
        ("GET activity-executions/by-id?id={execution}", 200, 200, null),
        ("GET activity-executions/{execution}", 200, 200, null),
        ("GET activity-executions/{execution}/call-stack?includeCrossWorkflowChain=True&skip=0&take=10", 200, 200, null),
        ("GET activity-executions/count?WorkflowInstanceId={instance}", 200, 200, null),
        ("POST tasks/nulle-part/complete", 403, Judged, """{"result":{}}"""),
        ("POST events/jamais/trigger", 403, 200, "{}"),
        ("POST alterations/dry-run", 200, 200, """{"definitionIds":["table-contrat"]}"""),
        ("POST alterations/submit", 200, 200, """{"alterations":[{"type":"Cancel"}],"filter":{"definitionIds":["nulle-part"]}}"""),
        ("GET alterations/nulle-part", 404, 404, null),
        ("POST alterations/run", Judged, Judged, "{}"),
        ("POST alterations/workflows/retry", 200, 200, """{"workflowInstanceIds":["{instance}"]}"""),
        ("POST ../hubs/workflow-instance/negotiate?negotiateVersion=1", 200, 200, ""),
        ("POST cancel/workflow-instances/{instance}", 200, 200, "{}"),
        ("POST bulk-actions/cancel/workflow-instances", 200, 200, """{"ids":["{instance}"]}"""),
        ("POST bulk-actions/cancel/workflow-instances/", 200, 200, """{"ids":["{instance}"]}"""),
        ("POST bulk-actions/delete/workflow-instances/by-id", 200, 403, """{"ids":[]}"""),
        ("DELETE workflow-instances/{instance}", 204, 403, null),
        ("POST workflow-definitions/{definition}/retract", 200, 403, "{}"),
        ("POST bulk-actions/retract/workflow-definitions/by-definition-ids", 200, 403, """{"definitionIds":["table-contrat"]}"""),
        ("POST bulk-actions/delete/workflow-definitions/by-id", 200, 403, """{"ids":[]}"""),
        ("POST bulk-actions/delete/workflow-definitions/by-definition-id", 200, 403, """{"definitionIds":[]}"""),
        ("DELETE workflow-definition-versions/nulle-part", 404, 403, null),
        ("DELETE workflow-definitions/{definition}/version/99", 404, 403, null),
        ("DELETE workflow-definitions/{definition}", 204, 403, null),
    ];

    [Fact]
    public async Task Each_address_answers_owner_administrator_agent_and_stranger_as_it_should()
    {
        var owner = await host.AsAsync("proprietaire");
        var administrator = await host.AsAsync("admin");
        var agent = await host.AsAsync("agent1");
        var model = Definition(Flowchart([Line("l", "a"), Event("attente", "jamais")], "l>attente")).With("definitionId", Key).With("name", Key);
        var version = (await owner.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true })).Ok()["workflowDefinition"]!["id"]!.GetValue<string>();
        var instance = (await owner.PostAsync($"elsa/api/workflow-definitions/{Key}/execute", new JsonObject { ["versionOptions"] = "Latest" })).Ok()["workflowState"]!["id"]!.GetValue<string>();
        string Fill(string text) => text.Replace("{definition}", Key, StringComparison.Ordinal).Replace("{version}", version, StringComparison.Ordinal)
            .Replace("{instance}", instance, StringComparison.Ordinal).Replace("{execution}", instance + "-1", StringComparison.Ordinal);

        var wrong = new List<string>();
        foreach (var row in Table)
        {
            var (call, body) = (Fill(row.Call), row.Body is null ? null : Fill(row.Body));
            await ExpectAsync(host.Stranger, "a stranger", call, body, 401, wrong);
            await ExpectAsync(agent, "an agent", call, body, 403, wrong);
            await ExpectAsync(administrator, "the administrator", call, body, row.Administrator, wrong);
            await ExpectAsync(owner, "an owner", call, body, row.Owner, wrong);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Everything_mapped_below_elsa_is_in_the_table()
    {
        string[] elsewhere = ["user-tasks", "identity/"];
        var known = Table.Select(row => row.Call.Split('?')[0].TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        var missing = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/elsa/api/", StringComparison.Ordinal) == true)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method =>
                (Method: method, Path: endpoint.RoutePattern.RawText!["/elsa/api/".Length..].TrimEnd('/'))))
            .Where(route => !elsewhere.Any(start => route.Path.StartsWith(start, StringComparison.Ordinal)))
            .Where(route => !known.Any(call => Covers($"{route.Method} {route.Path}", call)))
            .Select(route => $"{route.Method} {route.Path}").ToList();

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    private static bool Covers(string route, string call)
    {
        var (left, right) = (route.Split(' ', '/'), call.Split(' ', '/'));
        return left.Length == right.Length && left.Zip(right).All(part => part.First == part.Second || part.First.StartsWith('{'));
    }

    private static async Task ExpectAsync(Caller caller, string who, string call, string? body, int expected, List<string> wrong)
    {
        var (method, path) = (call[..call.IndexOf(' ', StringComparison.Ordinal)], call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        HttpContent? content = body is null ? null : body.Length == 0 ? new StringContent("") : JsonContent.Create(JsonNode.Parse(body));
        var answer = await caller.SendAsync(new HttpMethod(method), path.StartsWith("../", StringComparison.Ordinal) ? "elsa/" + path[3..] : "elsa/api/" + path, content);
        var status = (int)answer.Status;
        if (expected == Judged ? answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || status >= 500 : status != expected)
        {
            wrong.Add($"{call}: {status} to {who}, expected {(expected == Judged ? "an answer" : expected)}");
        }
    }
}
