using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A bank account by ISO 13616: two letters, two check digits, an account number of the country's length, modulo 97 equal to 1.</summary>
public sealed class Iban : TextualField
{
    // Countries Cleiss's partners bank in; for the others only the check digits are verified.
    private static readonly Dictionary<string, int> Lengths = new(StringComparer.Ordinal)
    {
        ["AD"] = 24,
        ["AT"] = 20,
        ["BA"] = 20,
        ["BE"] = 16,
        ["BG"] = 22,
        ["BR"] = 29,
        ["CH"] = 21,
        ["CY"] = 28,
        ["CZ"] = 24,
        ["DE"] = 22,
        ["DK"] = 18,
        ["EE"] = 20,
        ["ES"] = 24,
        ["FI"] = 18,
        ["FR"] = 27,
        ["GB"] = 22,
        ["GR"] = 27,
        ["HR"] = 21,
        ["HU"] = 28,
        ["IE"] = 22,
        ["IL"] = 23,
        ["IS"] = 26,
        ["IT"] = 27,
        ["LI"] = 21,
        ["LT"] = 20,
        ["LU"] = 20,
        ["LV"] = 21,
        ["MC"] = 27,
        ["MD"] = 24,
        ["ME"] = 22,
        ["MK"] = 19,
        ["MT"] = 31,
        ["MU"] = 30,
        ["NL"] = 18,
        ["NO"] = 15,
        ["PL"] = 28,
        ["PT"] = 25,
        ["RO"] = 24,
        ["RS"] = 22,
        ["SE"] = 24,
        ["SI"] = 19,
        ["SK"] = 24,
        ["SM"] = 27,
        ["TN"] = 24,
        ["TR"] = 26,
        ["UA"] = 29,
        ["XK"] = 20,
    };

    public override string Name => "iban";

    public override string FrenchName => "IBAN";

    public override bool IsPersonal => true;

    public override JsonNode? Example => "FR1420041010050500013M02606";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 42, Width: "md", Format: "iban");

    public override string Mask(FormField field, JsonNode? value)
    {
        var text = ToInput(value);
        return text.Length < 8 ? text : $"{text[..4]} •••• {text[^4..]}";
    }

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var grouped = Group(ToInput(value), 4, 4, 4, 4, 4, 4, 4, 4, 4);
        return new Bilingual(grouped, grouped);
    }

    public static bool IsValid(string iban)
    {
        if (iban.Length is < 15 or > 34 || !iban.All(char.IsAsciiLetterOrDigit) || !char.IsAsciiLetter(iban[0]) || !char.IsAsciiLetter(iban[1]))
        {
            return false;
        }

        var remainder = 0;
        foreach (var c in iban[4..] + iban[..4])
        {
            var value = char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;
            remainder = ((value > 9 ? remainder * 100 : remainder * 10) + value) % 97;
        }

        return remainder == 1;
    }

    protected override FieldReading ReadText(FormField field, string text)
    {
        var iban = Compact(text);
        if (iban.Length >= 2 && Lengths.TryGetValue(iban[..2], out var length) && iban.Length != length)
        {
            return FieldReading.Wrong(
                "iban-length",
                string.Create(CultureInfo.InvariantCulture, $"Un IBAN qui commence par {iban[..2]} compte {length} caractères ; celui-ci en compte {iban.Length}."),
                string.Create(CultureInfo.InvariantCulture, $"Un IBAN care începe cu {iban[..2]} are {length} caractere; acesta are {iban.Length}."));
        }

        return IsValid(iban)
            ? FieldReading.Of(iban)
            : FieldReading.Wrong("iban-key", "Cet IBAN ne passe pas le contrôle : recopiez-le du relevé d'identité bancaire, les lettres de pays comprises.", "Acest IBAN nu trece verificarea: copiați-l din extrasul bancar, inclusiv literele țării.");
    }
}
