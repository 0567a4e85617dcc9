using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A person's or insured person's number in another country, whose rules we do not know.</summary>
public sealed partial class ForeignId : TextualField
{
    public override string Name => "foreign-id";

    public override string FrenchName => "Identifiant étranger";

    public override bool IsPersonal => true;

    public override JsonNode? Example => "CPAS-0123456";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 40, Width: "sm");

    public override string Mask(FormField field, JsonNode? value)
    {
        var text = ToInput(value);
        return text.Length == 0 ? "" : text[..Math.Min(2, text.Length)] + "••••••";
    }

    protected override FieldReading ReadText(FormField field, string text) => Pattern().IsMatch(text)
        ? FieldReading.Of(text.ToUpperInvariant())
        : FieldReading.Wrong("foreign-id", "Écrivez seulement les lettres, chiffres, points, barres et traits d'union de l'identifiant (40 caractères au plus).", "Scrieți numai literele, cifrele, punctele, barele și cratimele identificatorului (cel mult 40 de caractere).");

    [GeneratedRegex(@"^[\p{L}\p{Nd}][\p{L}\p{Nd} ./\-]{0,39}\z", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
