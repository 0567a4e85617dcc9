using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// A person's or insured person's number in another country. Its country is <c>cleiss.country</c>, or the value of the sibling field that
/// <c>cleiss.country.field</c> names; where that country's rule is known the number must follow it (<see cref="ForeignIdRules"/>).
/// </summary>
public sealed partial class ForeignId : TextualField
{
    public override string Name => "foreign-id";

    public override string FrenchName => "Identifiant étranger";

    public override bool IsPersonal => true;

    public override bool IsSecret => true;

    public override JsonNode? Example => "CPAS-0123456";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 40, Width: "sm");

    public override string Mask(FormField field, JsonNode? value)
    {
        var text = ToInput(value);
        return text.Length == 0 ? "" : text[..Math.Min(2, text.Length)] + "••••••";
    }

    /// <summary>What is wrong with an already tidied number for <paramref name="country"/>; null when it is right or the country's rule unknown.</summary>
    public static FieldFault? Judge(string? country, string text) =>
        ForeignIdRules.Of(country) is not { } rule || rule.IsValid(Compact(text))
            ? null
            : new FieldFault("foreign-id-country", $"Ce numéro ne suit pas la règle de son pays ({rule.Name} : {rule.French}) : relisez-le sur la pièce.", $"Acest număr nu respectă regula țării sale ({rule.Name}: {rule.Romanian}): recitiți-l pe document.");

    protected override FieldReading ReadText(FormField field, string text)
    {
        if (!Pattern().IsMatch(text))
        {
            return FieldReading.Wrong("foreign-id", "Écrivez seulement les lettres, chiffres, points, barres et traits d'union de l'identifiant (40 caractères au plus).", "Scrieți numai literele, cifrele, punctele, barele și cratimele identificatorului (cel mult 40 de caractere).");
        }

        return Judge(field.Property("cleiss.country"), text) is { } fault ? new FieldReading(null, fault) : FieldReading.Of(text.ToUpperInvariant());
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}][\p{L}\p{Nd} ./\-]{0,39}\z", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
