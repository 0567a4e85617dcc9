using System.Text.Json.Nodes;

namespace Cleiss.TestKit.Workflows;

/// <summary>Short ways to write Elsa's definition JSON in tests.</summary>
public static class FlowJson
{
    public static JsonObject Activity(string id, string type, params (string Key, JsonNode? Value)[] properties)
    {
        var activity = new JsonObject { ["id"] = id, ["name"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (key, value) in properties)
        {
            activity[key] = value;
        }

        return activity;
    }

    public static JsonObject Input(string expressionType, JsonNode? value, string typeName = "Object") => new()
    {
        ["typeName"] = typeName,
        ["expression"] = new JsonObject { ["type"] = expressionType, ["value"] = value },
    };

    public static JsonObject Literal(JsonNode? value) => Input("Literal", value);

    public static JsonObject Line(string id, string text) => Activity(id, "Elsa.WriteLine", ("text", Literal(text)));

    public static JsonObject Event(string id, string name) => Activity(id, "Elsa.Event", ("eventName", Literal(name)));

    /// <param name="connections"><c>"A.Done>B"</c> or <c>"A>B"</c>.</param>
    public static JsonObject Flowchart(JsonObject[] activities, params string[] connections) => new()
    {
        ["id"] = "root",
        ["type"] = "Elsa.Flowchart",
        ["version"] = 1,
        ["activities"] = new JsonArray([.. activities]),
        ["connections"] = new JsonArray([.. connections.Select(Connection)]),
    };

    public static JsonObject Sequence(params JsonObject[] activities) => new()
    {
        ["id"] = "root",
        ["type"] = "Elsa.Sequence",
        ["version"] = 1,
        ["activities"] = new JsonArray([.. activities]),
    };

    public static JsonObject Definition(JsonObject root, params JsonObject[] variables) => new()
    {
        ["name"] = "Essai",
        ["root"] = root,
        ["variables"] = new JsonArray([.. variables]),
        ["inputs"] = new JsonArray(),
        ["outputs"] = new JsonArray(),
    };

    public static JsonObject Variable(string name, string type = "String", JsonNode? value = null) =>
        new() { ["id"] = "var-" + name, ["name"] = name, ["typeName"] = type, ["value"] = value };

    public static JsonObject With(this JsonObject json, string key, JsonNode? value)
    {
        json[key] = value;
        return json;
    }

    private static JsonObject Connection(string text)
    {
        var (from, to) = text.Split('>') is [var left, var right] ? (left, right) : throw new ArgumentException($"« {text} » is no connection.", nameof(text));
        var source = new JsonObject { ["activity"] = from.Split('.')[0] };
        if (from.Contains('.', StringComparison.Ordinal))
        {
            source["port"] = from.Split('.')[1];
        }

        return new JsonObject { ["source"] = source, ["target"] = new JsonObject { ["activity"] = to } };
    }
}
