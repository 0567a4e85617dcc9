using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.Rendering;

/// <summary>What the script in the page needs of a form to judge as the server does; read by <c>wwwroot/rules.js</c>.</summary>
public static class FormRulesJson
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Properties rules.js looks at, by the name without « cleiss. ».
    private static readonly string[] Known =
    [
        "date.partial", "date.min", "date.max", "decimals", "rule.not-before", "rule.no-overlap", "rows.min", "rows.max", "row.name", "other", "range.months", "pattern.message", "currency",
    ];

    public static string Write(FormDefinition form) => Fields(form.Fields).ToJsonString(Plain);

    private static JsonArray Fields(IEnumerable<FormField> fields) => [.. fields.Select(Field)];

    private static JsonObject Field(FormField field)
    {
        var rules = new JsonObject
        {
            ["name"] = field.Key.Length > 0 ? field.Key : "#" + field.Id,
            ["type"] = field.Type.Name,
            ["shape"] = field.Type.Shape.ToString().ToLowerInvariant(),
            ["label"] = field.Label.Fr,
        };
        Set("loose", field.Key.Length == 0 ? true : null);
        Set("block", field.Type.NeedsOwnObject ? true : null);
        Set("required", field.Required ? true : null);
        Set("hideWhen", field.HideWhen);
        Set("requiredWhen", field.RequiredWhen);
        Set("expression", field.Expression);
        Set("minLength", field.MinLength);
        Set("maxLength", field.MaxLength);
        Set("min", field.Min);
        Set("max", field.Max);
        Set("pattern", field.Pattern);
        if (field.Rules.Count > 0)
        {
            rules["rules"] = new JsonArray([.. field.Rules.Select(rule => new JsonObject { ["feel"] = rule.Feel, ["stop"] = rule.IsStop, ["message"] = rule.Message.Fr })]);
        }

        if (field.Choices.Count > 0)
        {
            rules["choices"] = new JsonArray([.. field.Choices.Select(choice => JsonValue.Create(choice.Value))]);
        }

        if (field.Children.Count > 0)
        {
            rules["fields"] = Fields(field.Children);
        }

        foreach (var name in Known)
        {
            Set(name, field.Property("cleiss." + name));
        }

        return rules;

        void Set(string name, JsonNode? value)
        {
            if (value is not null)
            {
                rules[name] = value;
            }
        }
    }
}
