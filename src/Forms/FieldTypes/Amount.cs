using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Money in the currency of <c>cleiss.currency</c> (EUR or MDL), to the cent.</summary>
public sealed class Amount : NumericField
{
    public override string Name => "amount";

    public override string FrenchName => "Montant";

    public override JsonNode? Example => 8738.5m;

    public override InputHints Hints(FormField field) => base.Hints(field) with { Suffix = Currency(field) == "MDL" ? "MDL" : "€" };

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        Currency(field) is "EUR" or "MDL" ? [] : [("currency", $"Monnaie inconnue : « {Currency(field)} ».", "Écrivez EUR ou MDL dans « cleiss.currency ».")];

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        if (value is null || ToNumber(value) is not { } number)
        {
            return base.Print(field, value, partnerLanguage);
        }

        var lei = Currency(field) == "MDL";
        return new Bilingual(
            Format(number, "#,0.00", '\u202f', ',') + "\u00a0" + (lei ? "MDL" : "€"),
            Format(number, "#,0.00", '.', ',') + "\u00a0" + (lei ? "lei" : "EUR"));
    }

    protected override int Decimals(FormField field) => 2;

    private static string Currency(FormField field) => field.Property("cleiss.currency") ?? "EUR";
}
