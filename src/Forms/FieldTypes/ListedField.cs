using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>One entry of a list the product knows (countries, languages), kept as its code and named in both languages.</summary>
public abstract class ListedField : FieldType
{
    public sealed override string FormJsType => "textfield";

    public sealed override Type View => typeof(ListInput);

    /// <summary>True where countries bound by an agreement come first, under their own heading.</summary>
    public virtual bool MarksAgreements => false;

    /// <summary>The entry people choose most, put before the list; null for none.</summary>
    public virtual KnownName? First => null;

    public abstract KnownList List { get; }

    protected abstract FieldFault Unknown { get; }

    public sealed override FieldReading Read(FormField field, JsonNode value) =>
        value is JsonValue scalar && scalar.TryGetValue(out string? text) && Find(text) is { } entry ? FieldReading.Of(entry.Code) : new FieldReading(null, Unknown);

    public sealed override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) =>
        Find(ToInput(value))?.Name ?? base.Print(field, value, partnerLanguage);

    private KnownName? Find(string text) => First is { } first && string.Equals(text.Trim(), first.Code, StringComparison.OrdinalIgnoreCase) ? first : List.Find(text);
}
