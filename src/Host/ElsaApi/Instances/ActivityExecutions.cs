using System.Text.Json.Nodes;
using Cleiss.Engine.ElsaJson;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>Executions of activities, told from the journal: each is what its lines say, and the last of them says how it stands.</summary>
internal sealed class ActivityExecutions(JournalLists journal, InstanceLists lists, PersonalKeys personal)
{
    public async Task<IReadOnlyList<JsonObject>> OfNodeAsync(string instanceId, string? nodeId, bool whole, CancellationToken cancellationToken)
    {
        if (await lists.FindAsync(instanceId, cancellationToken) is not { } instance)
        {
            return [];
        }

        var (lines, _) = await journal.ListAsync(
            instanceId, new JournalFilter(NodeIds: string.IsNullOrEmpty(nodeId) ? null : [nodeId]), 0, null, cancellationToken);
        var waiting = await WaitingAsync(instanceId, cancellationToken);
        var stored = StoredInstance.Read(instance);
        var keys = await personal.AllAsync(cancellationToken);
        return [.. lines.GroupBy(line => line.ActivityNumber).OrderBy(group => group.Key).Select(group => Describe(instanceId, [.. group], stored, waiting, keys, whole))];
    }

    public async Task<JsonObject?> FindAsync(string? executionId, CancellationToken cancellationToken)
    {
        if (InstanceViews.ReadExecutionId(executionId) is not var (instanceId, number) || await lists.FindAsync(instanceId, cancellationToken) is not { } instance)
        {
            return null;
        }

        var lines = await journal.OfExecutionAsync(instanceId, number, cancellationToken);
        return lines.Count == 0 ? null : Describe(instanceId, lines, StoredInstance.Read(instance), await WaitingAsync(instanceId, cancellationToken), await personal.AllAsync(cancellationToken), whole: true);
    }

    /// <summary>From the outermost activity to this one.</summary>
    public async Task<IReadOnlyList<JsonObject>?> CallStackAsync(string executionId, CancellationToken cancellationToken)
    {
        if (await FindAsync(executionId, cancellationToken) is not { } execution)
        {
            return null;
        }

        var stack = new List<JsonObject> { execution };
        while (stack[0]["schedulingActivityExecutionId"]?.GetValue<string>() is { } caller && await FindAsync(caller, cancellationToken) is { } found)
        {
            stack.Insert(0, found);
        }

        for (var depth = 0; depth < stack.Count; depth++)
        {
            stack[depth]["callStackDepth"] = depth;
        }

        return stack;
    }

    /// <summary>How often each activity ran, for the badges on the canvas.</summary>
    public async Task<IReadOnlyList<JsonObject>> StatsAsync(string instanceId, IReadOnlyList<string>? nodeIds, CancellationToken cancellationToken)
    {
        if (await lists.FindAsync(instanceId, cancellationToken) is not { } instance)
        {
            return [];
        }

        var incidents = StoredInstance.Read(instance).Incidents.Select(incident => incident.ActivityId).ToHashSet(StringComparer.Ordinal);
        var waiting = (await lists.BookmarksAsync(instanceId, cancellationToken)).Select(bookmark => bookmark.ActivityId).ToHashSet(StringComparer.Ordinal);
        var counts = await journal.CountAsync(instanceId, nodeIds, cancellationToken);
        return [.. counts.GroupBy(count => (count.NodeId, count.ActivityId)).Select(node =>
        {
            var started = Count(node, "Started");
            var ended = Count(node, "Completed") + Count(node, "Canceled");
            return new JsonObject
            {
                ["activityId"] = node.Key.ActivityId,
                ["activityNodeId"] = node.Key.NodeId,
                ["startedCount"] = started,
                ["completedCount"] = Count(node, "Completed"),
                ["uncompletedCount"] = Math.Max(0, started - ended),
                ["isBlocked"] = waiting.Contains(node.Key.ActivityId),
                ["isFaulted"] = incidents.Contains(node.Key.ActivityId),
                ["metadata"] = new JsonObject(),
            };
        })];
    }

    private static int Count(IEnumerable<NodeCount> node, string eventName) => node.Where(count => count.EventName == eventName).Sum(count => count.Count);

    private async Task<HashSet<int>> WaitingAsync(string instanceId, CancellationToken cancellationToken) =>
        [.. (await lists.BookmarksAsync(instanceId, cancellationToken)).Select(bookmark => bookmark.ActivityNumber)];

    private static JsonObject Describe(
        string instanceId, IReadOnlyList<JournalRecord> lines, StoredInstance stored, HashSet<int> waiting, IReadOnlySet<string> keys, bool whole)
    {
        var first = lines[0];
        var end = lines.LastOrDefault(line => line.EventName is "Completed" or "Canceled" or "Faulted");
        // A retried activity has gone on after its fault.
        var status = end is null || end.EventName == "Faulted" && lines[^1].Sequence > end.Sequence ? "Running" : end.EventName;
        var described = new JsonObject
        {
            ["id"] = InstanceViews.ExecutionId(instanceId, first.ActivityNumber),
            ["workflowInstanceId"] = instanceId,
            ["activityId"] = first.ActivityId,
            ["activityNodeId"] = first.NodeId,
            ["activityType"] = first.ActivityType,
            ["activityTypeVersion"] = first.ActivityTypeVersion,
            ["activityName"] = first.ActivityName,
            ["startedAt"] = first.At,
            ["hasBookmarks"] = waiting.Contains(first.ActivityNumber),
            ["status"] = status,
            ["completedAt"] = status is "Completed" or "Canceled" ? end!.At : null,
            ["metadata"] = new JsonObject(),
        };
        if (whole)
        {
            AddDetails(described, instanceId, lines, stored, isCompleted: status == "Completed");
        }

        return PersonalData.Mask(described, keys)!.AsObject();
    }

    private static void AddDetails(JsonObject described, string instanceId, IReadOnlyList<JournalRecord> lines, StoredInstance stored, bool isCompleted)
    {
        var first = lines[0];
        var incidents = stored.Incidents.Where(incident => incident.ActivityNumber == first.ActivityNumber).ToList();
        described["activityState"] = lines.LastOrDefault(line => line.ActivityState is not null)?.ActivityState?.DeepClone() ?? new JsonObject();
        described["payload"] = lines.LastOrDefault(line => line.Payload is not null)?.Payload?.DeepClone() ?? new JsonObject();
        described["outputs"] = isCompleted ? stored.OutputsOf(first.ActivityId) : new JsonObject();
        described["properties"] = stored.Executions.FirstOrDefault(open => open.Number == first.ActivityNumber)?.Properties.DeepClone() ?? new JsonObject();
        described["exception"] = incidents is [.., var last] ? InstanceViews.Exception(last) : null;
        described["aggregateFaultCount"] = incidents.Count;
        described["schedulingActivityExecutionId"] = first.ParentNumber is { } parent ? InstanceViews.ExecutionId(instanceId, parent) : null;
        described["schedulingWorkflowInstanceId"] = first.ParentNumber is null ? null : instanceId;
        described["callStackDepth"] = first.NodeId.Count(letter => letter == ':') - 1;
    }
}
