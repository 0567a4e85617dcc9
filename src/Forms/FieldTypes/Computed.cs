using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A value the form computes with FEEL; what a browser sends for it is ignored.</summary>
public sealed class Computed : FieldType
{
    private static readonly FieldType Number = new Number();
    private static readonly FieldType Amount = new Amount();
    private static readonly FieldType Day = new Date();

    public override string Name => "computed";

    public override string FormJsType => "expression";

    public override string FrenchName => "Valeur calculée";

    public override bool IsPlain => true;

    public override Type View => typeof(ComputedValue);

    public override JsonNode? Example => 12m;

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        field.Expression is null ? [("expression-missing", "La valeur calculée n'a pas d'expression.", "Écrivez la formule dans « expression », par exemple « =a + b ».")] : [];

    public override FieldReading Read(FormField field, JsonNode value) => new(value);

    /// <summary>By what the value is: a number, with <c>cleiss.currency</c> an amount; a date; yes or no; or a text.</summary>
    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) => value?.GetValueKind() switch
    {
        JsonValueKind.Number => (field.Property("cleiss.currency") is null ? Number : Amount).Print(field, value, partnerLanguage),
        JsonValueKind.True => new Bilingual("Oui", "Da"),
        JsonValueKind.False => new Bilingual("Non", "Nu"),
        JsonValueKind.String when Date.Range(value.GetValue<string>()) is not null => Day.Print(field, value, partnerLanguage),
        _ => base.Print(field, value, partnerLanguage),
    };

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) => null;
}
