using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A text for the reader; holds no value.</summary>
public sealed class Information : FieldType
{
    public override string Name => "information";

    public override string FormJsType => "text";

    public override string FrenchName => "Texte d'information";

    public override bool IsPlain => true;

    public override FieldShape Shape => FieldShape.Text;

    public override Type View => typeof(InformationText);

    public override JsonNode? Example => null;

    public override FieldReading Read(FormField field, JsonNode value) => new(null);
}
