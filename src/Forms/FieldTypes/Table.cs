using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Rows drawn as a table, one line each, for many short values; properties as of <see cref="Rows"/>.</summary>
public sealed class Table : FieldType
{
    public override string Name => "table";

    public override string FormJsType => "dynamiclist";

    public override string FrenchName => "Tableau";

    public override FieldShape Shape => FieldShape.Rows;

    public override Type View => typeof(TableBox);

    public override JsonNode? EmptyValue => new JsonArray();

    public override JsonNode? Example => new JsonArray(new JsonObject());

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        field.Children.Where(child => child.Type.Shape != FieldShape.Value)
            .Select(child => ("table-column", $"« {child.Label.Fr} » ne tient pas dans une case du tableau « {field.Label.Fr} ».", "N'y mettez que des champs simples, ou employez un groupe répétable."));

    public override FieldReading Read(FormField field, JsonNode value) => new(value);
}
