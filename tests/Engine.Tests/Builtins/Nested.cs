using System.Text.Json.Nodes;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

/// <summary>Nested activities in few words. Ids must be unique within a definition: most helpers take one.</summary>
internal static class Nested
{
    public static JsonObject Seq(string id, params JsonObject[] activities) =>
        Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    public static JsonObject Loop(string id, string type, JsonObject? body, params (string Key, JsonNode? Value)[] properties) =>
        Activity(id, type, [.. properties, ("body", body)]);

    /// <summary>An expression that reads a variable by its name, as scripts and loops know it.</summary>
    public static JsonObject Var(string name, string typeName = "Object") => Input("Variable", $$"""{"id":"var-{{name}}","name":"{{name}}"}""", typeName);

    /// <summary>Writes a variable's value.</summary>
    public static JsonObject Show(string id, string variable) => Activity(id, "Elsa.WriteLine", ("text", Var(variable, "String")));

    public static JsonObject Set(string id, string variable, JsonNode? value) =>
        Activity(id, "Elsa.SetVariable", ("variable", JsonNode.Parse($$"""{"id":"var-{{variable}}","name":"{{variable}}"}""")), ("value", value as JsonObject ?? Literal(value)));

    /// <summary>Waits for an event and keeps its payload in a variable.</summary>
    public static JsonObject EventInto(string id, string name, string variable) => Event(id, name).With("result", Bound(variable));

    public static JsonObject Bound(string variable) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "var-" + variable } };

    public static JsonObject Items(string json) => Input("Object", json, "Object[]");

    public static JsonObject Case(string label, JsonNode? condition, JsonObject? activity = null) => new()
    {
        ["label"] = label,
        ["condition"] = condition is JsonObject ? condition : new JsonObject { ["type"] = "Literal", ["value"] = condition },
        ["activity"] = activity,
    };

    /// <summary>The activity if a variable is true.</summary>
    public static JsonObject When(string id, string variable, JsonObject then) => Activity(id, "Elsa.If", ("condition", Var(variable, "Boolean")), ("then", then));
}
