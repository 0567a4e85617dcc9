using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A titled part of the form; its fields stay in the surrounding object unless it has a <c>path</c>.</summary>
public sealed class Section : FieldType
{
    public override string Name => "section";

    public override string FormJsType => "group";

    public override string FrenchName => "Partie";

    public override bool IsPlain => true;

    public override FieldShape Shape => FieldShape.Group;

    public override Type View => typeof(SectionBox);

    public override JsonNode? Example => null;

    public override FieldReading Read(FormField field, JsonNode value) => new(value);
}
