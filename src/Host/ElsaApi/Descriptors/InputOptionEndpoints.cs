using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <summary>Studio asks here for the choices of an input each time it opens an activity's panel.</summary>
public sealed class InputOptionEndpoints(ActivityRegistry registry, FormStore forms, PeopleStore people, TemplateStore templates, ReferenceData reference) : IEndpointModule
{
    private readonly InputOptions _options = new(forms, people, templates, reference);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/elsa/api/descriptors/activities/{typeName}/options/{propertyName}", OptionsAsync).RequirePermission(Permission.DefinitionsRead);

    private async Task<IResult> OptionsAsync(string typeName, string propertyName, OptionsRequest? request, CancellationToken cancellationToken)
    {
        var type = registry.Find(typeName);
        var input = type?.Inputs.FirstOrDefault(candidate => string.Equals(candidate.Name, propertyName, StringComparison.OrdinalIgnoreCase));
        if (type is null || input is null)
        {
            return Results.NotFound();
        }

        var described = ActivityDescriptors.Describe(type)["inputs"]!.AsArray().First(one => one!["name"]!.GetValue<string>() == input.Name)!;
        var specifications = described["uiSpecifications"]!.DeepClone().AsObject();
        if (_options.For(type, input.Name) is { } find)
        {
            var options = await find(cancellationToken);
            var known = options.Select(option => option.Value).ToHashSet(StringComparer.Ordinal);
            // What the definition names stays visible, though it exists no more: nothing changes unless the owner changes it.
            var items = options.Concat(Current(request?.Context, input.Name).Where(value => !known.Contains(value)).Select(value => new InputOption(value, value)));
            Fill(specifications, input.Attribute.UIHint, items);
        }

        return Results.Ok(new { items = specifications });
    }

    private static void Fill(JsonObject specifications, string hint, IEnumerable<InputOption> options)
    {
        var isCheckList = hint == "checklist";
        var items = options.Select(option =>
        {
            var item = new JsonObject { ["text"] = option.Text, ["value"] = option.Value };
            if (isCheckList)
            {
                item["isChecked"] = false;
            }

            return item;
        });
        var list = isCheckList ? specifications["checklist"]!["checkList"]! : specifications["dropdown"]!["selectList"]!;
        list["items"] = new JsonArray([.. items]);
    }

    private static IEnumerable<string> Current(JsonObject? context, string input)
    {
        var stored = context?[JsonNamingPolicy.CamelCase.ConvertName(input)];
        var expression = stored is JsonObject wrapper ? wrapper["expression"] as JsonObject : null;
        var value = expression is null ? stored : expression["value"];
        if (expression?["type"]?.ToString() is not (null or "Literal" or "Object") || value is not JsonValue scalar || scalar.GetValueKind() != JsonValueKind.String)
        {
            return [];
        }

        var text = scalar.GetValue<string>();
        if (!text.StartsWith('['))
        {
            return text.Length == 0 ? [] : [text];
        }

        try
        {
            return [.. JsonNode.Parse(text)!.AsArray().OfType<JsonValue>().Select(item => item.ToString())];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    internal sealed record OptionsRequest(JsonObject? Context);
}
