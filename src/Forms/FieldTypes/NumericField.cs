using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Numbers and amounts: read as people type them, kept as JSON numbers.</summary>
public abstract class NumericField : FieldType
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public override string FormJsType => "number";

    public override Type View => typeof(LineInput);

    public override InputHints Hints(FormField field) => new(InputMode: "decimal", Width: "sm");

    public override FieldReading Read(FormField field, JsonNode value)
    {
        if (ToNumber(value) is not { } number)
        {
            return FieldReading.Wrong("number", "Écrivez un nombre, par exemple 12 ou 1 250,50.", "Scrieți un număr, de exemplu 12 sau 1 250,50.");
        }

        var decimals = Decimals(field);
        if (decimal.Round(number, decimals) != number)
        {
            return decimals == 0
                ? FieldReading.Wrong("decimals", "Écrivez un nombre entier, sans virgule.", "Scrieți un număr întreg, fără virgulă.")
                : FieldReading.Wrong("decimals", $"Écrivez au plus {decimals} chiffres après la virgule.", $"Scrieți cel mult {decimals} cifre după virgulă.");
        }

        if (field.Min is { } min && number < min)
        {
            return FieldReading.Wrong("min", $"La valeur doit être au moins {French(min)}.", $"Valoarea trebuie să fie cel puțin {French(min)}.");
        }

        if (field.Max is { } max && number > max)
        {
            return FieldReading.Wrong("max", $"La valeur doit être au plus {French(max)}.", $"Valoarea trebuie să fie cel mult {French(max)}.");
        }

        return new FieldReading(JsonValue.Create(number));
    }

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted)
    {
        var text = base.FromPosted(field, posted);
        return text is not null && ToNumber(text) is { } number ? JsonValue.Create(number) : text;
    }

    public override string ToInput(JsonNode? value) =>
        value is not null && value.GetValueKind() == JsonValueKind.Number && ToNumber(value) is { } number ? number.ToString("0.############", Invariant).Replace('.', ',') : base.ToInput(value);

    protected abstract int Decimals(FormField field);

    protected static string French(decimal number) => Format(number, "#,0.############", '\u202f', ',');

    /// <summary>Writes a number with the separators of one language, independent of the machine's cultures.</summary>
    protected static string Format(decimal number, string pattern, char thousands, char point) =>
        string.Concat(number.ToString(pattern, Invariant).Select(c => c switch { ',' => thousands, '.' => point, _ => c }));

    protected static decimal? ToNumber(JsonNode value)
    {
        if (value is not JsonValue)
        {
            return null;
        }

        var text = value.GetValueKind() switch
        {
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.String => string.Concat(value.GetValue<string>().Where(c => !char.IsWhiteSpace(c))).Replace(',', '.'),
            _ => "",
        };
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, Invariant, out var number)
            && Math.Abs(number) < 1_000_000_000_000m ? number : null;
    }
}
