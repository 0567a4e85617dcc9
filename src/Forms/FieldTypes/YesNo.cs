using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Yes or no, where not answering is a third state; kept as <c>oui</c> or <c>non</c>, the values form-js shows.</summary>
public sealed class YesNo : FieldType
{
    public override string Name => "yes-no";

    public override string FormJsType => "radio";

    public override string FrenchName => "Oui ou non";

    public override Type View => typeof(RadioInput);

    public override JsonNode? Example => "oui";

    public override bool HasChoices => true;

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        field.Choices.Select(choice => choice.Value).Order(StringComparer.Ordinal).SequenceEqual(["non", "oui"])
            ? []
            : [("yes-no-values", "Un champ « oui ou non » propose exactement les valeurs « oui » et « non ».", "Donnez-lui ces deux valeurs, chacune avec son libellé.")];

    public override FieldReading Read(FormField field, JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True => FieldReading.Of("oui"),
        JsonValueKind.False => FieldReading.Of("non"),
        JsonValueKind.String when value.GetValue<string>() is "oui" or "non" => FieldReading.Of(value.GetValue<string>()),
        _ => FieldReading.Wrong("yes-no", "Répondez par oui ou par non.", "Răspundeți prin da sau nu."),
    };

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) => ToInput(value) switch
    {
        "oui" or "true" => new Bilingual("Oui", "Da"),
        "non" or "false" => new Bilingual("Non", "Nu"),
        var other => new Bilingual(other, other),
    };
}
