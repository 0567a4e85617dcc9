using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Forms.Catalogue;
using Cleiss.Host.ElsaApi.Instances;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>
/// Runs one activity of a definition alone, with the test values its owner gave the variables. In memory: mails, documents and tasks it asks
/// for are never made, so trying is always harmless; an activity that needs them is shown as waiting.
/// </summary>
internal sealed class ActivityTrial(IDefinitionStore store, WorkflowCompiler compiler, WorkflowRunner runner, PersonalKeys personal, TimeProvider time)
{
    private const string ResultVariable = "trial-result-";

    /// <returns>Null when the definition has no such activity.</returns>
    /// <exception cref="DefinitionException">The activity cannot be read.</exception>
    public async Task<JsonObject?> RunAsync(WorkflowDefinition version, string nodeId, ActivityRegistry registry, string cause, CancellationToken cancellationToken)
    {
        if (ActivityTree.Walk(version.Document).FirstOrDefault(place => place.NodeId == nodeId) is not { } place)
        {
            return null;
        }

        var outputs = registry.Find(place.Type)?.Outputs.Select(output => output.Name).ToList() ?? [];
        var alone = version with { Id = Ids.New(), PublishedAt = null, Document = Alone(version.Document, place, outputs) };
        var memory = new MemoryWorkflowStore();
        using var signals = new BurstSignals();
        var runtime = new WorkflowRuntime(memory, new DefinitionCache(new WithOneMore(store, alone), compiler), runner, signals, time);
        var instance = (await runtime.StartAsync(new StartWorkflow(alone.Id, Cause: cause), cancellationToken)).Instance!;
        return PersonalData.Mask(Describe(StoredInstance.Read(instance), memory.Journal(instance.Id), place.Id, outputs), await personal.AllAsync(cancellationToken))!.AsObject();
    }

    private static JsonObject Alone(JsonObject document, ActivityPlace place, List<string> outputs)
    {
        var activity = place.Activity.DeepClone().AsObject();
        var values = document["customProperties"]?["VariableTestValues"] as JsonObject;
        var variables = new JsonArray();
        foreach (var variable in Variables(document).Concat(Containers(place).SelectMany(container => Variables(container.Activity))))
        {
            var copy = variable.DeepClone().AsObject();
            if (copy["id"]?.ToString() is { } id && values?[id] is { } value)
            {
                copy["value"] = value.DeepClone();
            }

            variables.Add(copy);
        }

        foreach (var output in outputs)
        {
            variables.Add(new JsonObject { ["id"] = ResultVariable + output, ["name"] = ResultVariable + output, ["typeName"] = "Object" });
            activity[JsonNamingPolicy.CamelCase.ConvertName(output)] = new JsonObject
            {
                ["typeName"] = "Object",
                ["memoryReference"] = new JsonObject { ["id"] = ResultVariable + output },
            };
        }

        return new JsonObject
        {
            ["name"] = document["name"]?.DeepClone(),
            ["root"] = activity,
            ["variables"] = variables,
            ["inputs"] = document["inputs"]?.DeepClone() ?? new JsonArray(),
            ["outputs"] = document["outputs"]?.DeepClone() ?? new JsonArray(),
        };
    }

    private static JsonObject Describe(StoredInstance stored, IReadOnlyList<JournalRecord> journal, string activityId, List<string> outputs)
    {
        var lines = journal.Where(line => line.ActivityId == activityId).ToList();
        var end = lines.LastOrDefault(line => line.EventName is "Completed" or "Canceled" or "Faulted");
        var variables = stored.Variables;
        return new JsonObject
        {
            ["activityState"] = lines.LastOrDefault(line => line.ActivityState is not null)?.ActivityState?.DeepClone() ?? new JsonObject(),
            ["payload"] = lines.LastOrDefault(line => line.Payload is not null)?.Payload?.DeepClone() ?? new JsonObject(),
            ["outputs"] = new JsonObject(outputs.Select(output => KeyValuePair.Create(output, variables[ResultVariable + output]?.DeepClone()))),
            ["exception"] = stored.Incidents is [.., var incident] ? InstanceViews.Exception(incident) : null,
            ["status"] = stored.Incidents.Count > 0 ? "Faulted" : end?.EventName ?? "Running",
        };
    }

    private static IEnumerable<ActivityPlace> Containers(ActivityPlace place)
    {
        for (var parent = place.Parent; parent is not null; parent = parent.Parent)
        {
            yield return parent;
        }
    }

    private static IEnumerable<JsonObject> Variables(JsonObject holder) => (holder["variables"] as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The stored definitions and one that is never stored.</summary>
    private sealed class WithOneMore(IDefinitionStore store, WorkflowDefinition one) : IDefinitionStore
    {
        public async Task<WorkflowDefinition?> FindByIdAsync(string versionId, CancellationToken cancellationToken) =>
            versionId == one.Id ? one : await store.FindByIdAsync(versionId, cancellationToken);

        public Task<IReadOnlyList<WorkflowDefinition>> ListAsync(string? definitionId, CancellationToken cancellationToken) => store.ListAsync(definitionId, cancellationToken);

        public Task<string?> FindInForceIdAsync(string definitionId, CancellationToken cancellationToken) => store.FindInForceIdAsync(definitionId, cancellationToken);

        public Task<WorkflowDefinition> SaveDraftAsync(string definitionId, JsonObject document, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<WorkflowDefinition> PublishAsync(string versionId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<WorkflowDefinition?> RetractAsync(string definitionId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
