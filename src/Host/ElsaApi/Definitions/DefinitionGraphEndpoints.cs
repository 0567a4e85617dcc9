using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Parts of a definition: what a container holds, the way to a nested activity, and who uses the definition.</summary>
internal sealed class DefinitionGraphEndpoints(IDefinitionStore store, DefinitionPublisher publisher, DefinitionEditor editor) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";
    private const string Flowchart = "Elsa.Flowchart";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base + "/subgraph/{id}", SubgraphAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/subgraph/segments/{id}", SegmentsAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{definitionId}/consumers", ConsumersAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost(Base + "/{definitionId}/update-references", UpdateReferencesAsync).RequirePermission(Permission.DefinitionsWrite);
    }

    private async Task<IResult> SubgraphAsync(string id, string? parentNodeId, CancellationToken cancellationToken)
    {
        if (await store.FindByIdAsync(id, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        return await FindAsync(version, string.IsNullOrEmpty(parentNodeId) ? null : parentNodeId, cancellationToken) is { } place ? Results.Ok(Node(place, deep: true)) : UnknownNode(parentNodeId);
    }

    /// <summary>The path names the containers to open, from the outermost; flowcharts are what they show, not a step of their own.</summary>
    private async Task<IResult> SegmentsAsync(string id, string? childNodeId, CancellationToken cancellationToken)
    {
        if (await store.FindByIdAsync(id, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        if (childNodeId is null || await FindAsync(version, childNodeId, cancellationToken) is not { } child)
        {
            return UnknownNode(childNodeId);
        }

        var path = new List<JsonObject>();
        var container = child.Parent ?? child;
        var below = child;
        for (var place = child.Parent; place is not null; (below, place) = (place, place.Parent))
        {
            if (place.Type != Flowchart)
            {
                path.Insert(0, new JsonObject
                {
                    ["activityNodeId"] = place.NodeId,
                    ["activityId"] = place.Id,
                    ["activityType"] = place.Type,
                    ["portName"] = below.Port,
                    ["activityName"] = place.Activity["name"]?.ToString() ?? place.Type,
                });
            }
        }

        return Results.Ok(new JsonObject
        {
            ["childNode"] = Node(child, deep: false),
            ["container"] = Node(container, deep: true),
            ["pathSegments"] = new JsonArray([.. path]),
        });
    }

    private async Task<IResult> ConsumersAsync(string definitionId, CancellationToken cancellationToken) => Results.Ok(new
    {
        consumingWorkflowDefinitionIds = (await editor.ConsumersOfAsync(definitionId, cancellationToken)).Select(consumer => consumer.DefinitionId),
    });

    private async Task<IResult> UpdateReferencesAsync(string definitionId, CancellationToken cancellationToken)
    {
        var published = (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => version.IsPublished);
        return Results.Ok(new { affectedWorkflows = published is null ? [] : await publisher.UpdateConsumersAsync(published, cancellationToken) });
    }

    private async Task<ActivityPlace?> FindAsync(WorkflowDefinition version, string? nodeId, CancellationToken cancellationToken)
    {
        var document = await editor.ShowAsync(version, mayWrite: false, cancellationToken);
        return ActivityTree.Walk(document).FirstOrDefault(place => nodeId is null or ActivityTree.WorkflowNode || place.NodeId == nodeId);
    }

    private static JsonObject Node(ActivityPlace place, bool deep) => new()
    {
        ["activity"] = place.Activity.DeepClone(),
        ["nodeId"] = place.NodeId,
        ["port"] = place.Port,
        ["parents"] = new JsonArray(),
        ["children"] = new JsonArray([.. deep ? ActivityTree.Children(place).Select(child => Node(child, deep: true)) : []]),
    };

    private static IResult UnknownNode(string? nodeId) => ElsaAnswers.Refused($"La définition n'a pas d'activité « {nodeId} ».");
}
