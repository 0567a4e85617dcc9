using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>
/// The stored form of a running instance, as compact JSON: only what waits, no completed execution. Activities are named by their id in the
/// definition, so that the state outlives a recompilation. Format 1; a change of meaning raises the number and keeps the reader of the old one.
/// </summary>
internal static class InstanceState
{
    private const int Format = 1;

    public static InstanceRecord Write(WorkflowExecutionContext context)
    {
        var workflow = context.Workflow;
        return new InstanceRecord(
            context.Id, workflow.DefinitionId, workflow.DefinitionVersionId, workflow.Version, context.CorrelationId, context.Name,
            context.Status, context.SubStatus, context.ParentInstanceId, context.Incidents.Count, context.CreatedAt, context.Now,
            context.Status == WorkflowStatus.Finished ? context.Now : null, WriteState(context));
    }

    public static WorkflowExecutionContext Read(
        CompiledWorkflow workflow, InstanceRecord record, IReadOnlyList<Bookmark> bookmarks, Burst burst)
    {
        var state = JsonNode.Parse(record.State.Span)!.AsObject();
        if (state["v"]!.GetValue<int>() > Format)
        {
            throw new InvalidOperationException($"Instance {record.Id} was stored by a newer build (format {state["v"]}); this build reads up to {Format}.");
        }

        var context = new WorkflowExecutionContext(workflow, record.Id, burst)
        {
            CorrelationId = record.CorrelationId,
            Name = record.Name,
            ParentInstanceId = record.ParentInstanceId,
            Status = record.Status,
            SubStatus = record.SubStatus,
            CreatedAt = record.CreatedAt,
            LastNumber = state["n"]!.GetValue<int>(),
            JournalSequence = state["j"]!.GetValue<int>(),
            Input = Detach(state, "in"),
            Output = Detach(state, "out"),
            Properties = Detach(state, "props"),
            LastResult = Values.Unwrap(state["last"]?.DeepClone()),
        };
        ReadValues(state["vars"], context.Variables);
        Renew(workflow.Variables, context.Variables);
        if (state["results"] is JsonObject results)
        {
            foreach (var (activityId, outputs) in results)
            {
                ReadValues(outputs, context.ActivityOutputs[activityId] = new(StringComparer.Ordinal));
            }
        }

        ReadExecutions(state, context, bookmarks);
        foreach (var incident in state["incidents"]?.AsArray() ?? [])
        {
            context.Incidents.Add(incident.Deserialize<Incident>(Values.Json)!);
        }

        return context;
    }

    private static void ReadExecutions(JsonObject state, WorkflowExecutionContext context, IReadOnlyList<Bookmark> bookmarks)
    {
        var byNumber = new Dictionary<int, ActivityExecutionContext>();
        foreach (var item in state["ctx"]!.AsArray())
        {
            var stored = item!.AsObject();
            var activityId = stored["a"]!.GetValue<string>();
            if (!context.Workflow.Activities.TryGetValue(activityId, out var activity))
            {
                throw new InvalidOperationException(
                    $"Instance {context.Id} waits in activity {activityId}, which version {context.Workflow.Version} of {context.Workflow.DefinitionId} does not have.");
            }

            var parent = stored["p"] is { } number ? byNumber[number.GetValue<int>()] : null;
            var execution = new ActivityExecutionContext(context, stored["i"]!.GetValue<int>(), activity, parent)
            {
                Status = Enum.Parse<ActivityStatus>(stored["s"]?.GetValue<string>() ?? nameof(ActivityStatus.Running)),
                StartedAt = stored["at"]!.GetValue<DateTimeOffset>(),
                CompletionCallbackName = stored["cb"]?.GetValue<string>(),
                Tag = stored["tag"]?.GetValue<string>(),
                Properties = Detach(stored, "props"),
                Undone = stored["undone"]?.Deserialize<Undone>(Values.Json),
            };
            if (stored["vars"] is { } variables)
            {
                ReadValues(variables, execution.Variables = new(StringComparer.Ordinal));
                Renew(Declared(execution), execution.Variables);
            }

            byNumber[execution.Number] = execution;
            context.Adopt(execution);
        }

        foreach (var bookmark in bookmarks)
        {
            context.OpenBookmarks.Add(bookmark);
            if (byNumber.TryGetValue(bookmark.ActivityNumber, out var owner))
            {
                owner.OpenBookmarks++;
            }
        }
    }

    private static byte[] WriteState(WorkflowExecutionContext context)
    {
        var buffer = JsonBuffer.Take();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteNumber("v", Format);
        json.WriteNumber("n", context.LastNumber);
        json.WriteNumber("j", context.JournalSequence);
        WriteObject(json, "in", context.Input);
        WriteObject(json, "out", context.Output);
        WriteObject(json, "props", context.Properties);
        WriteVariables(json, context.Workflow.Variables, context.Variables);
        if (context.LastResult is not null)
        {
            json.WritePropertyName("last");
            Values.Write(json, context.LastResult);
        }

        if (context.ActivityOutputs.Count > 0)
        {
            json.WriteStartObject("results");
            foreach (var (activityId, outputs) in context.ActivityOutputs)
            {
                WriteValues(json, activityId, outputs);
            }

            json.WriteEndObject();
        }

        json.WriteStartArray("ctx");
        foreach (var execution in context.Active)
        {
            WriteExecution(json, execution);
        }

        json.WriteEndArray();
        if (context.Incidents.Count > 0)
        {
            json.WritePropertyName("incidents");
            JsonSerializer.Serialize(json, context.Incidents, Values.Json);
        }

        json.WriteEndObject();
        var state = buffer.Written.ToArray();
        buffer.Return();
        return state;
    }

    private static void WriteExecution(Utf8JsonWriter json, ActivityExecutionContext execution)
    {
        json.WriteStartObject();
        json.WriteNumber("i", execution.Number);
        json.WriteString("a", execution.Activity.Id);
        json.WriteString("at", execution.StartedAt);
        if (execution.Parent is { } parent)
        {
            json.WriteNumber("p", parent.Number);
        }

        if (execution.Status != ActivityStatus.Running)
        {
            json.WriteString("s", execution.Status.ToString());
        }

        if (execution.CompletionCallbackName is { } callback)
        {
            json.WriteString("cb", callback);
        }

        if (execution.Tag is { } tag)
        {
            json.WriteString("tag", tag);
        }

        if (execution.HasProperties)
        {
            WriteObject(json, "props", execution.Properties);
        }

        if (execution.Undone is { } undone)
        {
            json.WritePropertyName("undone");
            JsonSerializer.Serialize(json, undone, Values.Json);
        }

        if (execution.Variables is { } variables)
        {
            WriteVariables(json, Declared(execution), variables);
        }

        json.WriteEndObject();
    }

    private static IReadOnlyList<Variable> Declared(ActivityExecutionContext execution) => (execution.Activity as IHasVariables)?.Variables ?? [];

    /// <summary>Variables kept in memory only are left out, and begin anew with the next burst.</summary>
    private static void WriteVariables(Utf8JsonWriter json, IReadOnlyList<Variable> declared, Dictionary<string, object?> values)
    {
        for (var i = 0; i < declared.Count; i++)
        {
            if (declared[i].IsInMemoryOnly)
            {
                var volatileNames = declared.Where(variable => variable.IsInMemoryOnly).Select(variable => variable.Name).ToHashSet(StringComparer.Ordinal);
                values = values.Where(pair => !volatileNames.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
                break;
            }
        }

        WriteValues(json, "vars", values);
    }

    private static void Renew(IReadOnlyList<Variable> declared, Dictionary<string, object?> values)
    {
        for (var i = 0; i < declared.Count; i++)
        {
            if (declared[i].IsInMemoryOnly)
            {
                values[declared[i].Name] = Values.Unwrap(declared[i].Default?.DeepClone());
            }
        }
    }

    private static void WriteValues(Utf8JsonWriter json, string name, Dictionary<string, object?> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WritePropertyName(key);
            Values.Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, string name, JsonObject value)
    {
        if (value.Count > 0)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    private static void ReadValues(JsonNode? stored, Dictionary<string, object?> into)
    {
        foreach (var (name, value) in stored?.AsObject() ?? [])
        {
            into[name] = Values.Unwrap(value?.DeepClone());
        }
    }

    private static JsonObject Detach(JsonObject state, string name)
    {
        if (state[name] is not JsonObject found)
        {
            return [];
        }

        state.Remove(name);
        return found;
    }
}
