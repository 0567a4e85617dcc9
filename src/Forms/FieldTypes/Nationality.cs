using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A nationality, named by its country; <c>XA</c> for a stateless person.</summary>
public sealed class Nationality : FieldType
{
    public const string Stateless = "XA";

    public static readonly Bilingual StatelessName = new("Apatride", "Apatrid");

    public override string Name => "nationality";

    public override string FormJsType => "textfield";

    public override string FrenchName => "Nationalité";

    public override bool IsPersonal => true;

    public override Type View => typeof(CountryInput);

    public override JsonNode? Example => "MD";

    public override FieldReading Read(FormField field, JsonNode value)
    {
        if (value is JsonValue scalar && scalar.TryGetValue(out string? text))
        {
            if (string.Equals(text.Trim(), Stateless, StringComparison.OrdinalIgnoreCase))
            {
                return FieldReading.Of(Stateless);
            }

            if (Countries.Find(text) is { } country)
            {
                return FieldReading.Of(country.Code);
            }
        }

        return FieldReading.Wrong("nationality", "Choisissez une nationalité de la liste.", "Alegeți o cetățenie din listă.");
    }

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        return text == Stateless ? StatelessName : Countries.Find(text)?.Name ?? base.Print(field, value, partnerLanguage);
    }
}
