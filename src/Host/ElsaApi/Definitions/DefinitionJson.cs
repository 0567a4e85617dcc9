using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Host.ElsaApi.Descriptors;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>A definition between the form Studio works with and the one that is stored.</summary>
internal static class DefinitionJson
{
    // Known by the row; in the document they would only grow old.
    private static readonly string[] Envelope =
        ["id", "definitionId", "version", "isLatest", "isPublished", "createdAt", "links", "$schema", "tenantId", "providerName", "materializerName", "materializerContext", "isReadonly", "isSystem"];

    /// <summary>What Studio reads: everything present, node ids computed, activities of unknown types as placeholders.</summary>
    public static JsonObject Full(WorkflowDefinition version, PaletteSnapshot palette, bool mayWrite)
    {
        var document = Exported(version);
        document["isReadonly"] = false;
        document["isSystem"] = false;
        document["providerName"] = null;
        document["materializerName"] = "Json";
        document["materializerContext"] = null;
        document["links"] = DefinitionLinks.OfDefinition(version.DefinitionId, mayWrite);
        Complete(document, palette.Registry);
        foreach (var place in ActivityTree.Walk(document).Where(place => NestedDefinitions.IsUse(place.Activity)).ToList())
        {
            if (palette.DrawnAs(place.Activity) is var (typeName, number))
            {
                place.Activity["type"] = typeName;
                place.Activity["version"] = number;
            }
        }

        UnknownActivities.Hide(document, activity => palette.DrawnAs(activity) is not null);
        return document;
    }

    /// <summary>As a file that this or another Elsa server imports: unknown activities as they are.</summary>
    public static JsonObject Exported(WorkflowDefinition version)
    {
        var document = new JsonObject
        {
            ["id"] = version.Id,
            ["definitionId"] = version.DefinitionId,
            ["name"] = version.Name,
            ["description"] = version.Description,
            ["createdAt"] = version.CreatedAt,
            ["version"] = version.Version,
            ["isLatest"] = version.IsLatest,
            ["isPublished"] = version.IsPublished,
            ["toolVersion"] = DescriptorLists.StudioVersion,
        };
        foreach (var (key, value) in version.Document)
        {
            if (!Envelope.Contains(key) && !document.ContainsKey(key) || key == "toolVersion" && value is not null)
            {
                document[key] = value?.DeepClone();
            }
        }

        FillIn(document);
        return document;
    }

    /// <summary>What a save brings, as it is stored; what Studio left out of an activity is filled in.</summary>
    public static JsonObject Stored(JsonObject model, ActivityRegistry registry)
    {
        var document = model.DeepClone().AsObject();
        foreach (var key in Envelope)
        {
            document.Remove(key);
        }

        document.TryAdd("description", null);
        FillIn(document);
        UnknownActivities.Restore(document);
        Complete(document, registry);
        return document;
    }

    /// <summary>What is wrong with the outer form of a model; null when it can be stored.</summary>
    public static string? FaultOf(JsonObject model)
    {
        foreach (var key in new[] { "id", "definitionId", "name", "description" })
        {
            if (model[key] is { } value && value.GetValueKind() != JsonValueKind.String)
            {
                return $"« {key} » doit être un texte.";
            }
        }

        foreach (var key in new[] { "variables", "inputs", "outputs", "outcomes" })
        {
            if (model[key] is not (null or JsonArray))
            {
                return $"« {key} » doit être une liste.";
            }
        }

        foreach (var key in new[] { "options", "customProperties" })
        {
            if (model[key] is not (null or JsonObject))
            {
                return $"« {key} » doit être un objet.";
            }
        }

        if (model["root"] is not (null or JsonObject) || model["root"] is JsonObject root && !ActivityTree.IsActivity(root))
        {
            return "« root » doit être une activité, avec « id », « type » et « version ».";
        }

        if (model["customProperties"]?["effectiveFrom"] is { } date
            && (date.GetValueKind() != JsonValueKind.String
                || date.GetValue<string>() is { Length: > 0 } text && !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)))
        {
            return "« effectiveFrom » doit être une date, comme 2026-11-21.";
        }

        return null;
    }

    /// <summary>Whether an activity of the document names the definition.</summary>
    public static bool Uses(JsonObject document, string definitionId) => ActivityTree.Walk(document).Any(place =>
    {
        var value = place.Activity["workflowDefinitionId"];
        return (value is JsonObject wrapper ? (wrapper["expression"] as JsonObject)?["value"] : value)?.ToString() == definitionId;
    });

    public static JsonObject Summary(DefinitionRow row, bool mayWrite) => new()
    {
        ["id"] = row.Id,
        ["definitionId"] = row.DefinitionId,
        ["name"] = row.Name,
        ["description"] = row.Description,
        ["version"] = row.Version,
        ["toolVersion"] = row.ToolVersion ?? DescriptorLists.StudioVersion,
        ["isLatest"] = row.IsLatest,
        ["isPublished"] = row.IsPublished,
        ["providerName"] = null,
        ["materializerName"] = "Json",
        ["createdAt"] = row.CreatedAt,
        ["isReadonly"] = false,
        ["isMaterializerAvailable"] = true,
        ["links"] = DefinitionLinks.OfDefinition(row.DefinitionId, mayWrite),
    };

    public static DefinitionRow RowOf(WorkflowDefinition version) => new(
        version.Id, version.DefinitionId, version.Version, version.Name, version.Description, version.IsLatest, version.IsPublished, version.CreatedAt,
        version.Document["toolVersion"]?.ToString());

    private static void FillIn(JsonObject document)
    {
        document["toolVersion"] ??= DescriptorLists.StudioVersion;
        foreach (var list in new[] { "variables", "inputs", "outputs", "outcomes" })
        {
            document[list] ??= new JsonArray();
        }

        document["customProperties"] ??= new JsonObject();
        document["options"] ??= new JsonObject
        {
            ["activationStrategyType"] = null,
            ["usableAsActivity"] = null,
            ["autoUpdateConsumingWorkflows"] = false,
            ["activityCategory"] = null,
            ["incidentStrategyType"] = null,
            ["commitStrategyName"] = null,
        };
    }

    private static void Complete(JsonObject document, ActivityRegistry registry)
    {
        foreach (var place in ActivityTree.Walk(document).ToList())
        {
            place.Activity["nodeId"] = place.NodeId;
            var type = registry.Find(place.Type);
            if (type is null && !NestedDefinitions.IsUse(place.Activity))
            {
                continue;
            }

            place.Activity["customProperties"] ??= new JsonObject();
            place.Activity["metadata"] ??= new JsonObject();
            // Studio posts an input filled for the first time without its type.
            foreach (var (key, value) in place.Activity.ToList())
            {
                if (value is JsonObject wrapper && wrapper.ContainsKey("expression") && wrapper["typeName"] is null)
                {
                    var input = type?.Inputs.FirstOrDefault(input => JsonNamingPolicy.CamelCase.ConvertName(input.Name) == key);
                    wrapper["typeName"] = input is null ? "Object" : input.Attribute.TypeName ?? TypeAliases.Of(input.ValueType);
                }
            }
        }
    }
}
