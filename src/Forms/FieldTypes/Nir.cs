using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>The French social-security number: 13 characters and a key of two digits (97 minus the number modulo 97; 2A counts as 19, 2B as 18).</summary>
public sealed partial class Nir : TextualField
{
    public override string Name => "nir";

    public override string FrenchName => "NIR (numéro de sécurité sociale)";

    public override bool IsPersonal => true;

    public override bool IsSecret => true;

    public override JsonNode? Example => "255081416802538";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 24, Width: "sm", Format: "nir");

    public override string Mask(FormField field, JsonNode? value)
    {
        var text = Compact(ToInput(value));
        return text.Length == 0 ? "" : text.Length < 3 ? "•••" : $"{text[0]} {text[1..3]} •• •• ••• ••• ••";
    }

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        var grouped = text.Length == 15 ? Group(text, 1, 2, 2, 2, 3, 3, 2) : text;
        return new Bilingual(grouped, grouped);
    }

    public static bool IsValid(string nir) => Pattern().IsMatch(nir) && Key(nir) == int.Parse(nir.AsSpan(13), CultureInfo.InvariantCulture);

    protected override FieldReading ReadText(FormField field, string text)
    {
        var nir = Compact(text);
        if (nir.Length == 13)
        {
            return FieldReading.Wrong("nir-key-missing", "Il manque la clé du NIR : ajoutez les deux chiffres qui suivent les treize premiers sur le justificatif.", "Lipsește cheia NIR: adăugați cele două cifre care urmează după primele treisprezece pe document.");
        }

        if (nir.Length != 15)
        {
            return FieldReading.Wrong("nir-length", $"Un NIR compte 15 caractères, clé comprise ; celui-ci en compte {Number(nir.Length)} : complétez-le ou retirez ce qui est en trop.", $"Un NIR are 15 caractere, inclusiv cheia; acesta are {Number(nir.Length)}: completați-l sau eliminați ce este în plus.");
        }

        if (!Pattern().IsMatch(nir))
        {
            return FieldReading.Wrong("nir-form", "Ce NIR n'est pas formé comme il faut : sexe (1 ou 2), année, mois, département (2A et 2B pour la Corse), commune, ordre, clé. Relisez-le sur le justificatif.", "Acest NIR nu are forma corectă: sex (1 sau 2), an, lună, departament (2A și 2B pentru Corsica), comună, număr de ordine, cheie. Recitiți-l pe document.");
        }

        return IsValid(nir)
            ? FieldReading.Of(nir)
            : FieldReading.Wrong("nir-key", "La clé du NIR (les deux derniers chiffres) ne correspond pas aux treize premiers : relisez le numéro chiffre par chiffre sur le justificatif.", "Cheia NIR (ultimele două cifre) nu corespunde primelor treisprezece: recitiți numărul cifră cu cifră pe document.");
    }

    private static int Key(string nir)
    {
        var digits = nir[..13].Replace("2A", "19", StringComparison.Ordinal).Replace("2B", "18", StringComparison.Ordinal);
        return 97 - (int)(long.Parse(digits, CultureInfo.InvariantCulture) % 97);
    }

    // First digit 1 or 2, and 3, 4, 7, 8 for numbers in waiting; months 20 to 42 and 50 to 99 stand for an unknown one.
    [GeneratedRegex(@"^[123478][0-9]{2}(0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])(2[AB]|[0-9]{2})[0-9]{8}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
