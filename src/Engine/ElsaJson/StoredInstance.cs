using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.ElsaJson;

/// <summary>One execution that has not ended.</summary>
public sealed record OpenExecution(int Number, string ActivityId, int? Parent, string Status, DateTimeOffset StartedAt, string? Callback, string? Tag, JsonObject Properties, JsonObject Variables);

/// <summary>An incident of an instance.</summary>
public sealed record StoredIncident(
    string ActivityId, string ActivityNodeId, string ActivityType, int ActivityNumber, string Message, string ExceptionType, string? StackTrace, DateTimeOffset At);

/// <summary>What a stored instance holds, for people who look at it; running it is another matter (<c>InstanceState</c>).</summary>
public sealed class StoredInstance
{
    private readonly JsonObject _state;

    private StoredInstance(InstanceRecord record)
    {
        _state = record.State.IsEmpty ? [] : JsonNode.Parse(record.State.Span)!.AsObject();
        Executions = [.. (_state["ctx"]?.AsArray() ?? []).OfType<JsonObject>().Select(Read)];
        Incidents = [.. (_state["incidents"]?.AsArray() ?? []).OfType<JsonObject>().Select(ReadIncident)];
    }

    public IReadOnlyList<OpenExecution> Executions { get; }

    public IReadOnlyList<StoredIncident> Incidents { get; }

    public JsonObject Input => Member("in");

    public JsonObject Output => Member("out");

    public JsonObject Properties => Member("props");

    /// <summary>By name; container variables are with their executions.</summary>
    public JsonObject Variables => Member("vars");

    public int JournalSequence => _state["j"]?.GetValue<int>() ?? 0;

    /// <summary>Last outputs of an activity that something still reads, by output name.</summary>
    public JsonObject OutputsOf(string activityId) => _state["results"]?[activityId]?.DeepClone() as JsonObject ?? [];

    public static StoredInstance Read(InstanceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new StoredInstance(record);
    }

    private static OpenExecution Read(JsonObject stored) => new(
        stored["i"]!.GetValue<int>(), stored["a"]!.GetValue<string>(), stored["p"]?.GetValue<int>(), stored["s"]?.GetValue<string>() ?? "Running",
        stored["at"]!.GetValue<DateTimeOffset>(), stored["cb"]?.GetValue<string>(), stored["tag"]?.GetValue<string>(),
        stored["props"]?.DeepClone() as JsonObject ?? [], stored["vars"]?.DeepClone() as JsonObject ?? []);

    private static StoredIncident ReadIncident(JsonObject stored) => new(
        Text(stored, "activityId") ?? "", Text(stored, "activityNodeId") ?? "", Text(stored, "activityType") ?? "", stored["activityNumber"]?.GetValue<int>() ?? 0,
        Text(stored, "message") ?? "", Text(stored, "exceptionType") ?? "", Text(stored, "stackTrace"), stored["at"]!.GetValue<DateTimeOffset>());

    private static string? Text(JsonObject json, string name) => json[name]?.GetValue<string>();

    private JsonObject Member(string name) => _state[name]?.DeepClone() as JsonObject ?? [];
}
