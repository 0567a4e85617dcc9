using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Instances in the shape Studio reads, with what identifies people hidden.</summary>
internal sealed class InstanceViews(InstanceLists lists, IDefinitionStore definitions, PersonalKeys personal)
{
    /// <summary>Names one execution among all instances.</summary>
    public static string ExecutionId(string instanceId, int number) => $"{instanceId}-{number.ToString(CultureInfo.InvariantCulture)}";

    /// <returns>Null for what is no execution's id.</returns>
    public static (string InstanceId, int Number)? ReadExecutionId(string? id) =>
        id?.LastIndexOf('-') is { } dash and > 0 && int.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (id[..dash], number)
            : null;

    public static JsonObject Summary(InstanceRecord instance) => new()
    {
        ["id"] = instance.Id,
        ["definitionId"] = instance.DefinitionId,
        ["definitionVersionId"] = instance.DefinitionVersionId,
        ["version"] = instance.Version,
        ["parentWorkflowInstanceId"] = instance.ParentInstanceId,
        ["status"] = instance.Status.ToString(),
        ["subStatus"] = instance.SubStatus.ToString(),
        ["isExecuting"] = false,
        ["correlationId"] = instance.CorrelationId,
        ["name"] = PersonalData.Mask(instance.Name),
        ["incidentCount"] = instance.IncidentCount,
        ["isSystem"] = false,
        ["createdAt"] = instance.CreatedAt,
        ["updatedAt"] = instance.UpdatedAt,
        ["finishedAt"] = instance.FinishedAt,
    };

    public async Task<JsonObject> StateAsync(InstanceRecord instance, CancellationToken cancellationToken)
    {
        var stored = StoredInstance.Read(instance);
        var nodes = await NodesAsync(instance.DefinitionVersionId, cancellationToken);
        var state = new JsonObject
        {
            ["id"] = instance.Id,
            ["definitionId"] = instance.DefinitionId,
            ["definitionVersionId"] = instance.DefinitionVersionId,
            ["definitionVersion"] = instance.Version,
            ["parentWorkflowInstanceId"] = instance.ParentInstanceId,
            ["correlationId"] = instance.CorrelationId,
            ["name"] = instance.Name,
            ["status"] = instance.Status.ToString(),
            ["subStatus"] = instance.SubStatus.ToString(),
            ["isExecuting"] = false,
            ["bookmarks"] = new JsonArray([.. (await lists.BookmarksAsync(instance.Id, cancellationToken)).Select(bookmark => Bookmark(bookmark, nodes))]),
            ["incidents"] = new JsonArray([.. stored.Incidents.Select(Incident)]),
            ["isSystem"] = false,
            ["completionCallbacks"] = new JsonArray([.. stored.Executions.Where(execution => execution is { Callback: not null, Parent: not null })
                .Select(execution => Callback(instance.Id, execution, nodes))]),
            ["activityExecutionContexts"] = new JsonArray([.. stored.Executions.Select(execution => Execution(instance.Id, execution, stored, nodes))]),
            ["scheduledActivities"] = new JsonArray(),
            ["executionLogSequence"] = stored.JournalSequence,
            ["input"] = stored.Input,
            ["output"] = stored.Output,
            ["properties"] = stored.Properties,
            ["createdAt"] = instance.CreatedAt,
            ["updatedAt"] = instance.UpdatedAt,
            ["finishedAt"] = instance.FinishedAt,
        };
        return PersonalData.Mask(state, await personal.AllAsync(cancellationToken))!.AsObject();
    }

    /// <summary>The definition's variables with their values at the moment.</summary>
    public async Task<JsonArray> VariablesAsync(InstanceRecord instance, CancellationToken cancellationToken)
    {
        var values = StoredInstance.Read(instance).Variables;
        var keys = await personal.AllAsync(cancellationToken);
        var declared = (await definitions.FindByIdAsync(instance.DefinitionVersionId, cancellationToken))?.Document["variables"] as JsonArray ?? [];
        return new JsonArray([.. declared.OfType<JsonObject>().Select(variable => new JsonObject
        {
            ["id"] = variable["id"]?.DeepClone(),
            ["name"] = variable["name"]?.DeepClone(),
            // Masked under its name, so that a variable called « nir » is as hidden as a member of that name.
            ["value"] = variable["name"]?.ToString() is { } name && values[name] is { } value
                ? PersonalData.MaskValues(new JsonObject { [name] = value.DeepClone() }, keys)![name]?.DeepClone()
                : null,
        })]);
    }

    private async Task<Dictionary<string, string>> NodesAsync(string versionId, CancellationToken cancellationToken)
    {
        var nodes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await definitions.FindByIdAsync(versionId, cancellationToken) is { } version)
        {
            foreach (var place in ActivityTree.Walk(version.Document))
            {
                nodes.TryAdd(place.Id, place.NodeId);
            }
        }

        return nodes;
    }

    private static JsonObject Bookmark(Bookmark bookmark, Dictionary<string, string> nodes) => new()
    {
        ["id"] = bookmark.Id,
        ["name"] = bookmark.Name,
        ["hash"] = bookmark.Hash,
        ["payload"] = bookmark.Payload?.DeepClone(),
        ["activityId"] = bookmark.ActivityId,
        ["activityNodeId"] = nodes.GetValueOrDefault(bookmark.ActivityId),
        ["activityInstanceId"] = ExecutionId(bookmark.WorkflowInstanceId, bookmark.ActivityNumber),
        ["createdAt"] = bookmark.CreatedAt,
        ["autoBurn"] = bookmark.AutoBurn,
        ["autoComplete"] = bookmark.Callback is null,
        ["callbackMethodName"] = bookmark.Callback,
        ["metadata"] = bookmark.DueAt is { } due ? new JsonObject { ["dueAt"] = due } : new JsonObject(),
    };

    private static JsonObject Incident(StoredIncident incident) => new()
    {
        ["activityId"] = incident.ActivityId,
        ["activityNodeId"] = incident.ActivityNodeId,
        ["activityType"] = incident.ActivityType,
        ["message"] = incident.Message,
        ["exception"] = Exception(incident),
        ["timestamp"] = incident.At,
    };

    internal static JsonObject Exception(StoredIncident incident) => new()
    {
        ["type"] = incident.ExceptionType,
        ["message"] = incident.Message,
        ["stackTrace"] = incident.StackTrace,
        ["innerException"] = null,
        ["metadata"] = new JsonObject(),
    };

    private static JsonObject Callback(string instanceId, OpenExecution execution, Dictionary<string, string> nodes) => new()
    {
        ["ownerInstanceId"] = ExecutionId(instanceId, execution.Parent!.Value),
        ["childNodeId"] = nodes.GetValueOrDefault(execution.ActivityId),
        ["methodName"] = execution.Callback,
        ["tag"] = execution.Tag,
    };

    private static JsonObject Execution(string instanceId, OpenExecution execution, StoredInstance stored, Dictionary<string, string> nodes)
    {
        var parents = Parents(execution, stored).ToList();
        return new JsonObject
        {
            ["id"] = ExecutionId(instanceId, execution.Number),
            ["parentContextId"] = execution.Parent is { } parent ? ExecutionId(instanceId, parent) : null,
            ["scheduledActivityNodeId"] = nodes.GetValueOrDefault(execution.ActivityId),
            ["ownerActivityNodeId"] = parents is [var owner, ..] ? nodes.GetValueOrDefault(owner.ActivityId) : null,
            ["properties"] = execution.Properties,
            ["metadata"] = new JsonObject(),
            ["activityState"] = new JsonObject(),
            // Studio reads definitions of variables here, not values.
            ["dynamicVariables"] = new JsonArray(),
            ["status"] = execution.Status,
            ["isExecuting"] = false,
            ["faultCount"] = stored.Incidents.Count(incident => incident.ActivityNumber == execution.Number),
            ["startedAt"] = execution.StartedAt,
            ["completedAt"] = null,
            ["tag"] = execution.Tag,
            ["callStackDepth"] = parents.Count,
        };
    }

    private static IEnumerable<OpenExecution> Parents(OpenExecution execution, StoredInstance stored)
    {
        for (var parent = execution.Parent; parent is { } number && stored.Executions.FirstOrDefault(one => one.Number == number) is { } found; parent = found.Parent)
        {
            yield return found;
        }
    }
}
