using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.FormsBenchmark;

/// <summary>The two forms measured: two hundred fields, and three hundred rows.</summary>
internal static class LongForms
{
    public const int Fields = 200;
    public const int Rows = 300;

    private static readonly FormSchemaReader Reader = new(new FieldTypeRegistry());

    /// <summary>Every fourth field is shown by the one before it, every tenth required by another, every twentieth a sum.</summary>
    public static FormDefinition TwoHundredFields()
    {
        var components = new JsonArray();
        for (var i = 0; i < Fields; i++)
        {
            var name = Key(i);
            var component = i % 20 == 19
                ? Component("expression", "computed", name)
                : i % 20 < 3 ? Component("number", "number", name) : Component("textfield", "text", name);
            if (i % 20 == 19)
            {
                component["expression"] = $"={Key(i - 19)} + {Key(i - 18)} + {Key(i - 17)}";
            }
            else if (i % 4 == 3)
            {
                component["conditional"] = new JsonObject { ["hide"] = $"={Key(i - 1)} = \"non\"" };
            }

            if (i % 10 == 5)
            {
                component["properties"]!["cleiss.required.when"] = $"={Key(i - 1)} != null";
            }

            components.Add(component);
        }

        return Read("deux-cents-champs", components);
    }

    /// <summary>Periods with a condition, a rule on their order, a computed value each and one over all.</summary>
    public static (FormDefinition Form, JsonObject Data) ThreeHundredRows()
    {
        var from = Component("datetime", "date", "du");
        var to = Component("datetime", "date", "au");
        to["properties"]!["cleiss.rule.not-before"] = "du";
        var detail = Component("textfield", "text", "precision");
        detail["conditional"] = new JsonObject { ["hide"] = "=employeur = null" };
        var month = Component("expression", "computed", "mois");
        month["expression"] = "=date(au).year * 12 + date(au).month - date(du).year * 12 - date(du).month + 1";
        var rows = new JsonObject
        {
            ["id"] = "c_periodes",
            ["type"] = "dynamiclist",
            ["label"] = "Périodes",
            ["path"] = "periodes",
            ["components"] = new JsonArray(from, to, Component("textfield", "text", "employeur"), detail, month),
            ["properties"] = new JsonObject { ["cleiss.type"] = "rows", ["cleiss.rule.no-overlap"] = "du,au", ["cleiss.row.title"] = "Période", ["cleiss.row.name"] = "employeur" },
        };
        var total = Component("expression", "computed", "total");
        total["expression"] = "=sum(for p in periodes return p.mois)";
        var periods = new JsonArray();
        for (var i = 0; i < Rows; i++)
        {
            var day = new DateOnly(1990, 1, 1).AddMonths(i);
            periods.Add(new JsonObject { ["du"] = Iso(day), ["au"] = Iso(day.AddMonths(1).AddDays(-1)), ["employeur"] = $"Employeur {i}" });
        }

        return (Read("trois-cents-lignes", [rows, total]), new JsonObject { ["periodes"] = periods });
    }

    public static string Key(int index) => "f" + index.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static JsonObject Component(string formJsType, string type, string key) => new()
    {
        ["id"] = "c_" + key,
        ["type"] = formJsType,
        [formJsType == "datetime" ? "dateLabel" : "label"] = "Champ " + key,
        ["key"] = key,
        ["properties"] = new JsonObject { ["cleiss.type"] = type },
    };

    private static FormDefinition Read(string key, JsonArray components) => Reader.Read(
        key,
        1,
        FormState.Published,
        new JsonObject { ["type"] = "default", ["id"] = key, ["properties"] = new JsonObject { ["cleiss.title.fr"] = key }, ["components"] = components },
        null);
}
