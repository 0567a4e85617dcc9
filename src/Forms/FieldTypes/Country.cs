using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A country by its two letters (ISO 3166-1), named in both languages.</summary>
public sealed class Country : FieldType
{
    public override string Name => "country";

    public override string FormJsType => "textfield";

    public override string FrenchName => "Pays";

    public override Type View => typeof(CountryInput);

    public override JsonNode? Example => "MD";

    public override FieldReading Read(FormField field, JsonNode value) =>
        value is JsonValue scalar && scalar.TryGetValue(out string? text) && Countries.Find(text) is { } country
            ? FieldReading.Of(country.Code)
            : FieldReading.Wrong("country", "Choisissez un pays de la liste.", "Alegeți o țară din listă.");

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) =>
        Countries.Find(ToInput(value))?.Name ?? base.Print(field, value, partnerLanguage);
}
