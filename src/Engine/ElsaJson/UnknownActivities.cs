using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cleiss.Engine.ElsaJson;

/// <summary>
/// Elsa Studio shows a blank canvas for a definition with a type it does not know. Such activities are handed out as
/// <c>Elsa.NotFoundActivity</c>, with all they hold, and put back when the definition is saved (Elsa: FlowchartJsonConverter, NotFoundActivity).
/// </summary>
public static class UnknownActivities
{
    private const string Placeholder = "Elsa.NotFoundActivity";
    private const string NotFoundConnections = "notFoundConnections";

    /// <summary>Replaces, in place, each activity that Studio has no descriptor of.</summary>
    public static void Hide(JsonObject document, Func<JsonObject, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document["root"] is JsonObject root)
        {
            document["root"] = Hidden(root, isKnown);
        }
    }

    /// <summary>Puts back, in place, what <see cref="Hide(JsonObject, Func{JsonObject, bool})"/> replaced, where Studio moved it to.</summary>
    public static void Restore(JsonObject document)
    {
        if (document["root"] is JsonObject root)
        {
            document["root"] = Restored(root);
        }
    }

    private static JsonNode Hidden(JsonObject activity, Func<JsonObject, bool> isKnown)
    {
        if (!isKnown(activity))
        {
            var placeholder = new JsonObject { ["type"] = Placeholder, ["version"] = 1 };
            foreach (var key in new[] { "id", "nodeId", "name", "customProperties", "metadata" })
            {
                if (activity[key] is { } kept)
                {
                    placeholder[key] = kept.DeepClone();
                }
            }

            placeholder["missingTypeName"] = activity["type"]!.DeepClone();
            placeholder["missingTypeVersion"] = activity["version"]?.DeepClone() ?? 1;
            placeholder["originalActivityJson"] = activity.ToJsonString();
            return placeholder;
        }

        Descend(activity, nested => Hidden(nested, isKnown));
        MoveConnections(activity, hide: true);
        return activity.DeepClone();
    }

    private static JsonNode Restored(JsonObject activity)
    {
        if (activity["type"]!.ToString() == Placeholder && Original(activity) is { } original)
        {
            foreach (var key in new[] { "id", "nodeId", "name", "metadata" })
            {
                if (activity[key] is { } kept)
                {
                    original[key] = kept.DeepClone();
                }
            }

            return original;
        }

        Descend(activity, Restored);
        MoveConnections(activity, hide: false);
        return activity.DeepClone();
    }

    /// <summary>Null for a placeholder that somebody wrote by hand.</summary>
    private static JsonObject? Original(JsonObject placeholder)
    {
        try
        {
            return placeholder["originalActivityJson"] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
                && JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject original && IsActivity(original)
                ? original
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Descend(JsonNode node, Func<JsonObject, JsonNode> replace)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (key, child) in json.ToList())
                {
                    if (child is JsonObject nested && IsActivity(nested))
                    {
                        json[key] = replace(nested);
                    }
                    else if (child is JsonObject or JsonArray && key is not ("customProperties" or "metadata" or "variables" or "expression" or "connections"))
                    {
                        Descend(child, replace);
                    }
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    if (array[i] is JsonObject nested && IsActivity(nested))
                    {
                        array[i] = replace(nested);
                    }
                    else if (array[i] is JsonObject or JsonArray)
                    {
                        Descend(array[i]!, replace);
                    }
                }

                break;
        }
    }

    private static bool IsActivity(JsonObject json) =>
        json["type"] is JsonValue && json["id"] is JsonValue && (json.ContainsKey("version") || json.ContainsKey("nodeId"));

    /// <summary>The ports of a placeholder are unknown, so Studio could not draw what leaves it.</summary>
    private static void MoveConnections(JsonObject chart, bool hide)
    {
        if (chart["activities"] is not JsonArray activities || hide && chart["connections"] is not JsonArray)
        {
            return;
        }

        var unknown = activities.OfType<JsonObject>().Where(a => a["type"]?.ToString() == Placeholder).Select(a => a["id"]?.ToString()).ToHashSet();
        var properties = chart["customProperties"] as JsonObject;
        var set = hide ? chart["connections"]!.AsArray() : properties?[NotFoundConnections] as JsonArray;
        var moved = set?.OfType<JsonObject>().Where(connection => !hide || unknown.Contains(Source(connection))).ToList() ?? [];
        if (moved.Count == 0)
        {
            return;
        }

        moved.ForEach(connection => set!.Remove(connection));
        if (hide)
        {
            if (properties is null)
            {
                chart["customProperties"] = properties = [];
            }

            properties[NotFoundConnections] = new JsonArray([.. moved]);
            return;
        }

        properties!.Remove(NotFoundConnections);
        if (chart["connections"] is not JsonArray connections)
        {
            chart["connections"] = connections = [];
        }

        var known = activities.OfType<JsonObject>().Select(a => a["id"]?.ToString()).ToHashSet();
        foreach (var connection in moved.Where(connection => known.Contains(Source(connection)) && known.Contains(Target(connection))))
        {
            connections.Add(connection);
        }
    }

    private static string? Source(JsonObject connection) => End(connection["source"]);

    private static string? Target(JsonObject connection) => End(connection["target"]);

    private static string? End(JsonNode? end) => (end is JsonObject ? end["activity"] : end)?.ToString();
}
