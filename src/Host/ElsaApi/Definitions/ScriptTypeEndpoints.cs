using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Engine.Expressions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>What Studio's JavaScript editor proposes: the sandbox's functions, this definition's variables and inputs, each activity's outputs.</summary>
public sealed class ScriptTypeEndpoints(IDefinitionStore store, ActivityRegistry registry) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/elsa/api/scripting/javascript/type-definitions/{definitionId}", DefineAsync).RequirePermission(Permission.DefinitionsRead);

    private async Task<IResult> DefineAsync(string definitionId, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var function in ScriptFunctions.All.Where(function => !function.IsObsolete))
        {
            text.Append("/** ").Append(function.Documentation).AppendLine(" */");
            _ = function.IsFunction
                ? text.Append("declare function ").Append(function.Name).Append(function.Signature).AppendLine(";")
                : text.Append("declare const ").Append(function.Name).Append(": ").Append(function.Signature).AppendLine(";");
        }

        // Studio asks by the version's id or by the definition's, depending on where the editor was opened.
        var version = await store.FindByIdAsync(definitionId, cancellationToken)
            ?? (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(candidate => candidate.IsLatest);
        if (version is not null)
        {
            AddDefinition(text, version.Document);
        }

        return Results.Text(text.ToString(), "text/plain", Encoding.UTF8);
    }

    private void AddDefinition(StringBuilder text, JsonObject document)
    {
        var variables = Named(document["variables"], "typeName").ToList();
        text.AppendLine("/** Les variables de la procédure. */").AppendLine("declare const variables: {");
        foreach (var (name, type) in variables.Where(variable => variable.Name.All(letter => char.IsLetterOrDigit(letter) || letter == '_')))
        {
            text.Append("  ").Append(name).Append(": ").Append(type).AppendLine(";");
        }

        text.AppendLine("};");
        foreach (var (name, type) in variables.DistinctBy(variable => ScriptFunctions.Pascal(variable.Name)))
        {
            Declare(text, $"Valeur de la variable « {name} ».", $"get{ScriptFunctions.Pascal(name)}(): {type}");
            Declare(text, $"Donne une valeur à la variable « {name} ».", $"set{ScriptFunctions.Pascal(name)}(value: {type}): void");
        }

        foreach (var (name, type) in Named(document["inputs"], "type").DistinctBy(input => ScriptFunctions.Pascal(input.Name)))
        {
            Declare(text, $"Valeur de l'entrée « {name} ».", $"get{ScriptFunctions.Pascal(name)}(): {type}");
        }

        foreach (var place in ActivityTree.Walk(document))
        {
            var activity = place.Activity["name"]?.ToString() is { Length: > 0 } name ? name : place.Id;
            foreach (var output in registry.Find(place.Type)?.Outputs ?? [])
            {
                Declare(
                    text, $"Sortie « {output.Name} » de l'activité « {activity} ».",
                    $"get{output.Name}From{ScriptFunctions.Pascal(activity)}(): {TypeScript(TypeAliases.Of(output.PropertyType.GetGenericArguments()[0]), isArray: false)}");
            }
        }
    }

    /// <summary>A name that is no identifier has no function of its own; it is reached by getVariable.</summary>
    private static void Declare(StringBuilder text, string documentation, string signature)
    {
        if (signature[..signature.IndexOf('(', StringComparison.Ordinal)].All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '$'))
        {
            text.Append("/** ").Append(documentation.Replace("*/", "", StringComparison.Ordinal)).AppendLine(" */");
            text.Append("declare function ").Append(signature).AppendLine(";");
        }
    }

    private static IEnumerable<(string Name, string Type)> Named(JsonNode? list, string typeKey) =>
        (list as JsonArray)?.OfType<JsonObject>()
            .Where(item => item["name"]?.ToString() is { Length: > 0 })
            .Select(item => (item["name"]!.ToString(), TypeScript(item[typeKey]?.ToString(), item["isArray"]?.ToString() == "true"))) ?? [];

    private static string TypeScript(string? alias, bool isArray)
    {
        var element = alias?.EndsWith("[]", StringComparison.Ordinal) == true ? alias[..^2] : alias;
        var type = element switch
        {
            "String" or "Guid" => "string",
            "Boolean" => "boolean",
            "Int32" or "Int64" or "Single" or "Double" or "Decimal" => "number",
            "StringDictionary" => "{ [key: string]: string }",
            "ByteArray" => "number[]",
            _ => "any",
        };
        return isArray || element != alias ? type + "[]" : type;
    }
}
