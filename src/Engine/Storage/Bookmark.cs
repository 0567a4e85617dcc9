using System.Text.Json.Nodes;

namespace Cleiss.Engine.Storage;

/// <summary>A place where an instance waits: one row. A timer is a bookmark with a due time.</summary>
/// <param name="Hash">Of name and stimulus, by <see cref="StimulusHasher"/>; what senders look up. Null when resumed by id only.</param>
/// <param name="ActivityNumber">The waiting execution's number in the instance state.</param>
/// <param name="Callback">Method of the activity; null completes it.</param>
public sealed record Bookmark(
    string Id,
    string WorkflowInstanceId,
    string? CorrelationId,
    string Name,
    string? Hash,
    string ActivityId,
    int ActivityNumber,
    string? Callback,
    JsonObject? Payload,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DueAt,
    bool AutoBurn);
