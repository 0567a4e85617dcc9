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
        var context = new WorkflowExecutionContext(workflow, record.Id, burst)
        {
            CorrelationId = record.CorrelationId,
            Name = record.Name,
            ParentInstanceId = record.ParentInstanceId,
            Status = record.Status,
            SubStatus = record.SubStatus,
            CreatedAt = record.CreatedAt,
        };
        ReadState(context, record.State.Span);
        Renew(workflow.Variables, context.Variables);
        context.OpenBookmarks.AddRange(bookmarks);
        foreach (var bookmark in bookmarks)
        {
            if (context.Find(bookmark.ActivityNumber) is { } owner)
            {
                owner.OpenBookmarks++;
            }
        }

        return context;
    }

    /// <summary>In one pass over the bytes: a resume reads it once, so a tree of nodes would only be built to be taken apart.</summary>
    private static void ReadState(WorkflowExecutionContext context, ReadOnlySpan<byte> state)
    {
        var json = new Utf8JsonReader(state);
        json.Read();
        while (TryReadName(ref json, out var name))
        {
            switch (name)
            {
                // Written first: nothing of a newer format is misread before it is refused.
                case "v" when json.GetInt32() is var format and > Format:
                    throw new InvalidOperationException(
                        $"Instance {context.Id} was stored by a newer build (format {format}); this build reads up to {Format}.");
                case "n":
                    context.LastNumber = json.GetInt32();
                    break;
                case "j":
                    context.JournalSequence = json.GetInt32();
                    break;
                case "in":
                    context.Input = ReadObject(ref json);
                    break;
                case "out":
                    context.Output = ReadObject(ref json);
                    break;
                case "props":
                    context.Properties = ReadObject(ref json);
                    break;
                case "vars":
                    ReadValues(ref json, context.Variables);
                    break;
                case "last":
                    context.LastResult = Values.Read(ref json);
                    break;
                case "results":
                    while (TryReadName(ref json, out var activityId))
                    {
                        ReadValues(ref json, context.ActivityOutputs[activityId] = new(StringComparer.Ordinal));
                    }

                    break;
                case "ctx":
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        ReadExecution(ref json, context);
                    }

                    break;
                case "incidents":
                    context.Incidents.AddRange(JsonSerializer.Deserialize<List<Incident>>(ref json, Values.Json)!);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }
    }

    private static void ReadExecution(ref Utf8JsonReader json, WorkflowExecutionContext context)
    {
        var stored = new StoredExecution { Status = ActivityStatus.Running };
        while (TryReadName(ref json, out var name))
        {
            switch (name)
            {
                case "i":
                    stored.Number = json.GetInt32();
                    break;
                case "a":
                    stored.ActivityId = json.GetString()!;
                    break;
                case "at":
                    stored.StartedAt = json.GetDateTimeOffset();
                    break;
                case "p":
                    stored.Parent = json.GetInt32();
                    break;
                case "s":
                    stored.Status = Enum.Parse<ActivityStatus>(json.GetString()!);
                    break;
                case "cb":
                    stored.Callback = json.GetString();
                    break;
                case "tag":
                    stored.Tag = json.GetString();
                    break;
                case "props":
                    stored.Properties = ReadObject(ref json);
                    break;
                case "vars":
                    ReadValues(ref json, stored.Variables = new(StringComparer.Ordinal));
                    break;
                case "undone":
                    stored.Undone = JsonSerializer.Deserialize<Undone>(ref json, Values.Json);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        Adopt(context, stored);
    }

    private static void Adopt(WorkflowExecutionContext context, in StoredExecution stored)
    {
        if (stored.ActivityId is null || !context.Workflow.Activities.TryGetValue(stored.ActivityId, out var activity))
        {
            throw new InvalidOperationException(
                $"Instance {context.Id} waits in activity {stored.ActivityId}, which version {context.Workflow.Version} of {context.Workflow.DefinitionId} does not have.");
        }

        // Owners are numbered, and stored, before what they schedule.
        var parent = stored.Parent is { } number
            ? context.Find(number) ?? throw new InvalidOperationException($"Execution {stored.Number} of instance {context.Id} belongs to {number}, which is not there.")
            : null;
        var execution = new ActivityExecutionContext(context, stored.Number, activity, parent)
        {
            Status = stored.Status,
            StartedAt = stored.StartedAt,
            CompletionCallbackName = stored.Callback,
            Tag = stored.Tag,
            Properties = stored.Properties,
            Variables = stored.Variables,
            Undone = stored.Undone,
        };
        if (execution.Variables is { } variables)
        {
            Renew(Declared(execution), variables);
        }

        context.Adopt(execution);
    }

    private struct StoredExecution
    {
        public int Number;
        public string? ActivityId;
        public DateTimeOffset StartedAt;
        public int? Parent;
        public ActivityStatus Status;
        public string? Callback;
        public string? Tag;
        public JsonObject? Properties;
        public Dictionary<string, object?>? Variables;
        public Undone? Undone;
    }

    /// <summary>Moves to the value of the object's next property; false at its end.</summary>
    private static bool TryReadName(ref Utf8JsonReader json, out string name)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.PropertyName)
        {
            name = "";
            return false;
        }

        name = json.GetString()!;
        json.Read();
        return true;
    }

    private static JsonObject? ReadObject(ref Utf8JsonReader json) => JsonNode.Parse(ref json) as JsonObject;

    private static void ReadValues(ref Utf8JsonReader json, Dictionary<string, object?> into)
    {
        while (TryReadName(ref json, out var name))
        {
            into[name] = Values.Read(ref json);
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
}
