using System.Text.Json.Nodes;

namespace Cleiss.Activities.UserTasks;

/// <summary>What a flow binds to a task beside its form: what the form begins with, what is read before, what is signed. Kept in the task's data.</summary>
/// <param name="Initial">Values the form begins with, behind a draft and earlier answers.</param>
/// <param name="ShownAnswerId">An answer to read before deciding.</param>
/// <param name="Signs">The document that completing the task signs.</param>
internal sealed record UserTaskBinding(JsonObject? Initial, string? ShownAnswerId, DocumentToSign? Signs)
{
    private const string Member = "cleiss";

    public static UserTaskBinding Of(UserTaskRow task)
    {
        var bound = (task.TaskData is null ? null : JsonNode.Parse(task.TaskData) as JsonObject)?[Member] as JsonObject ?? [];
        return new UserTaskBinding(
            bound["initial"] as JsonObject,
            bound["shownAnswerId"]?.GetValue<string>(),
            bound["signs"] is JsonObject signs ? new DocumentToSign(signs["documentId"]!.GetValue<string>(), signs["sha256"]!.GetValue<string>()) : null);
    }

    /// <summary>The owner's own data with the binding in it; null when there is neither.</summary>
    public JsonObject? Into(JsonObject? data)
    {
        if (this is { Initial: null, ShownAnswerId: null, Signs: null })
        {
            return data;
        }

        var all = data?.DeepClone().AsObject() ?? [];
        all[Member] = new JsonObject
        {
            ["initial"] = Initial?.DeepClone(),
            ["shownAnswerId"] = ShownAnswerId,
            ["signs"] = Signs is null ? null : new JsonObject { ["documentId"] = Signs.DocumentId, ["sha256"] = Signs.Sha256 },
        };
        return all;
    }
}
