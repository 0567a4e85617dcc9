using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A box to tick. Required means: it must be ticked.</summary>
public sealed class Checkbox : FieldType
{
    public override string Name => "checkbox";

    public override string FormJsType => "checkbox";

    public override string FrenchName => "Case à cocher";

    public override bool IsPlain => true;

    public override Type View => typeof(CheckboxInput);

    public override JsonNode? Example => true;

    public override JsonNode? EmptyValue => false;

    public override bool IsEmpty(JsonNode? value) => value is null || value.GetValueKind() == JsonValueKind.False || base.IsEmpty(value);

    public override FieldReading Read(FormField field, JsonNode value) => value.GetValueKind() == JsonValueKind.True
        ? new FieldReading(JsonValue.Create(true))
        : FieldReading.Wrong("boolean", "Cochez ou décochez la case.", "Bifați sau debifați caseta.");

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) => JsonValue.Create(posted.Contains("true", StringComparer.Ordinal));

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) =>
        value?.GetValueKind() == JsonValueKind.True ? new Bilingual("Oui", "Da") : new Bilingual("Non", "Nu");
}
