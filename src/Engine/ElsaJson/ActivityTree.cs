using System.Text.Json.Nodes;

namespace Cleiss.Engine.ElsaJson;

/// <summary>One activity inside a definition's JSON.</summary>
/// <param name="Port">Where its parent holds it: <c>Activities</c>, <c>Body</c>, a case's label; null for the root.</param>
public sealed record ActivityPlace(JsonObject Activity, string NodeId, string? Port, ActivityPlace? Parent)
{
    public string Id => Activity["id"]?.ToString() ?? "";

    public string Type => Activity["type"]?.ToString() ?? "";
}

/// <summary>Walks the activities of a definition as JSON, whether their types are known or not.</summary>
public static class ActivityTree
{
    public const string WorkflowNode = "Workflow1";

    private static readonly HashSet<string> NoActivities = ["customProperties", "metadata", "variables", "expression", "connections", "memoryReference", "links"];

    /// <summary>All activities, each before those it nests.</summary>
    public static IEnumerable<ActivityPlace> Walk(JsonObject document) =>
        document["root"] is JsonObject root ? Below(new ActivityPlace(root, $"{WorkflowNode}:{root["id"]}", null, null)) : [];

    public static IEnumerable<ActivityPlace> Children(ActivityPlace parent)
    {
        foreach (var (key, value) in parent.Activity)
        {
            if (!NoActivities.Contains(key))
            {
                foreach (var (port, child) in In(value, char.ToUpperInvariant(key[0]) + key[1..]))
                {
                    yield return new ActivityPlace(child, $"{parent.NodeId}:{child["id"]}", port, parent);
                }
            }
        }
    }

    public static bool IsActivity(JsonObject json) =>
        json["type"] is JsonValue && json["id"] is JsonValue && (json.ContainsKey("version") || json.ContainsKey("nodeId"));

    private static IEnumerable<ActivityPlace> Below(ActivityPlace place)
    {
        yield return place;
        foreach (var nested in Children(place).SelectMany(Below))
        {
            yield return nested;
        }
    }

    private static IEnumerable<(string Port, JsonObject Child)> In(JsonNode? value, string port) => value switch
    {
        JsonObject activity when IsActivity(activity) => [(port, activity)],
        JsonObject json => json.Where(member => !NoActivities.Contains(member.Key)).SelectMany(member => In(member.Value, Label(json) ?? port)),
        JsonArray array => array.SelectMany(item => In(item, port)),
        _ => [],
    };

    private static string? Label(JsonObject json) => (json["label"] ?? json["statusCode"]) is JsonValue label ? label.ToString() : null;
}
