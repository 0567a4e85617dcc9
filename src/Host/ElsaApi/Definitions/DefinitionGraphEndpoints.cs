using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Parts of a definition: what a container holds, the way to a nested activity, and who uses the definition.</summary>
public sealed class DefinitionGraphEndpoints(IDefinitionStore store, DefinitionLists lists, ActivityRegistry registry) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";
    private const string Flowchart = "Elsa.Flowchart";
    private readonly Consumers _consumers = new(store, lists);

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

        return Find(version, string.IsNullOrEmpty(parentNodeId) ? null : parentNodeId) is { } place ? Results.Ok(Node(place, deep: true)) : UnknownNode(parentNodeId);
    }

    /// <summary>The path names the containers to open, from the outermost; flowcharts are what they show, not a step of their own.</summary>
    private async Task<IResult> SegmentsAsync(string id, string? childNodeId, CancellationToken cancellationToken)
    {
        if (await store.FindByIdAsync(id, cancellationToken) is not { } version)
        {
            return Results.NotFound();
        }

        if (childNodeId is null || Find(version, childNodeId) is not { } child)
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
        consumingWorkflowDefinitionIds = (await _consumers.OfAsync(definitionId, cancellationToken)).Select(consumer => consumer.DefinitionId),
    });

    /// <summary>Activities that embed the definition go on to its published version, each in a draft that its owner publishes.</summary>
    private async Task<IResult> UpdateReferencesAsync(string definitionId, CancellationToken cancellationToken)
    {
        var published = (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => version.IsPublished);
        var affected = new List<string>();
        foreach (var consumer in published is null ? [] : await _consumers.OfAsync(definitionId, cancellationToken))
        {
            var document = consumer.Document.DeepClone().AsObject();
            var stale = Consumers.Uses(document, definitionId)
                .Where(place => place.Activity["workflowDefinitionVersionId"] is { } used && used.ToString() != published!.Id).ToList();
            foreach (var place in stale)
            {
                place.Activity["version"] = published!.Version;
                place.Activity["workflowDefinitionVersionId"] = published.Id;
                place.Activity["latestAvailablePublishedVersion"] = published.Version;
                place.Activity["latestAvailablePublishedVersionId"] = published.Id;
            }

            if (stale.Count > 0)
            {
                await store.SaveDraftAsync(consumer.DefinitionId, document, cancellationToken);
                affected.Add(consumer.DefinitionId);
            }
        }

        return Results.Ok(new { affectedWorkflows = affected });
    }

    private ActivityPlace? Find(WorkflowDefinition version, string? nodeId)
    {
        var document = DefinitionJson.Full(version, registry, mayWrite: false);
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
