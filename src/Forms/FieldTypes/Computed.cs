using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A value the form computes with FEEL; what a browser sends for it is ignored.</summary>
public sealed class Computed : FieldType
{
    public override string Name => "computed";

    public override string FormJsType => "expression";

    public override string FrenchName => "Valeur calculée";

    public override bool IsPlain => true;

    public override Type View => typeof(ComputedValue);

    public override JsonNode? Example => 12m;

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        field.Expression is null ? [("expression-missing", "La valeur calculée n'a pas d'expression.", "Écrivez la formule dans « expression », par exemple « =a + b ».")] : [];

    public override FieldReading Read(FormField field, JsonNode value) => new(value);

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) => null;
}
