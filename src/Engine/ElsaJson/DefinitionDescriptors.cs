using System.Text.Json.Nodes;

namespace Cleiss.Engine.ElsaJson;

/// <summary>The palette entry of a definition that others use as an activity (Elsa: WorkflowDefinitionActivityDescriptorFactory).</summary>
public static class DefinitionDescriptors
{
    /// <summary>By the definition's id, so that neither a new name nor two definitions of one name change what a drawing means.</summary>
    public static string TypeNameOf(string definitionId) => "Procedure." + definitionId;

    public static JsonObject Describe(string versionId, string definitionId, int version, string name, string? description, bool isBrowsable, JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new JsonObject
        {
            ["typeName"] = TypeNameOf(definitionId),
            ["version"] = version,
            ["namespace"] = "Procedure",
            ["name"] = Pascal(name),
            ["displayName"] = name,
            ["description"] = description ?? "",
            ["category"] = Text(document["options"]?["activityCategory"]) ?? "Procédures",
            ["kind"] = "Action",
            ["isBrowsable"] = isBrowsable,
            ["isContainer"] = false,
            ["isStart"] = false,
            ["isTerminal"] = false,
            ["ports"] = new JsonArray([.. Texts(document["outcomes"]).Select(outcome => new JsonObject
            {
                ["name"] = outcome,
                ["displayName"] = outcome,
                ["type"] = "Flow",
                ["isBrowsable"] = true,
            })]),
            ["inputs"] = new JsonArray([.. Objects(document["inputs"]).Select(Input)]),
            ["outputs"] = new JsonArray([.. Objects(document["outputs"]).Select(Output)]),
            // Studio recognises the entry by this member and copies the others into each activity it makes of it.
            ["customProperties"] = new JsonObject
            {
                ["RootType"] = "WorkflowDefinitionActivity",
                ["WorkflowDefinitionId"] = definitionId,
                ["WorkflowDefinitionVersionId"] = versionId,
            },
            ["constructionProperties"] = new JsonObject
            {
                ["workflowDefinitionId"] = definitionId,
                ["workflowDefinitionVersionId"] = versionId,
                ["latestAvailablePublishedVersion"] = version,
                ["latestAvailablePublishedVersionId"] = versionId,
            },
        };
    }

    private static JsonObject Input(JsonObject input, int order) => new()
    {
        ["name"] = Text(input["name"]),
        ["typeName"] = TypeOf(input),
        ["displayName"] = Text(input["displayName"]) ?? Text(input["name"]),
        ["description"] = Text(input["description"]) ?? "",
        ["order"] = order,
        ["isBrowsable"] = true,
        ["isSynthetic"] = true,
        ["isWrapped"] = true,
        ["uiHint"] = Text(input["uiHint"]) ?? "singleline",
        ["category"] = Text(input["category"]),
        ["defaultValue"] = input["defaultValue"]?.DeepClone(),
        ["defaultSyntax"] = "Literal",
        ["isReadOnly"] = false,
        ["isSensitive"] = false,
        ["storageDriverType"] = null,
        ["uiSpecifications"] = new JsonObject(),
    };

    private static JsonObject Output(JsonObject output, int order) => new()
    {
        ["name"] = Text(output["name"]),
        ["typeName"] = TypeOf(output),
        ["displayName"] = Text(output["displayName"]) ?? Text(output["name"]),
        ["description"] = Text(output["description"]) ?? "",
        ["order"] = order,
        ["isBrowsable"] = true,
        ["isSynthetic"] = true,
        ["isSerializable"] = true,
    };

    private static string TypeOf(JsonObject argument)
    {
        var type = Text(argument["type"]) ?? "Object";
        return argument["isArray"]?.ToString() == "true" && !type.EndsWith("[]", StringComparison.Ordinal) ? type + "[]" : type;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>().Where(item => Text(item["name"]) is not null) ?? [];

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray)?.Select(Text).OfType<string>().Distinct(StringComparer.Ordinal) ?? [];

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static string Pascal(string name)
    {
        var words = new string([.. name.Select(letter => char.IsLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "Procedure" : string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
