using System.Text.Json.Nodes;

namespace Cleiss.Forms.FieldTypes;

public sealed class LongText : TextualField
{
    public override string Name => "long-text";

    public override string FormJsType => "textarea";

    public override string FrenchName => "Texte long";

    public override bool IsPlain => true;

    public override Type View => typeof(LongTextInput);

    public override JsonNode? Example => "Première ligne\nSeconde ligne";

    protected override bool KeepsLines => true;
}
