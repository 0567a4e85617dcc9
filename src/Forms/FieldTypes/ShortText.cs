using System.Text.Json.Nodes;

namespace Cleiss.Forms.FieldTypes;

public sealed class ShortText : TextualField
{
    public override string Name => "text";

    public override string FrenchName => "Texte court";

    public override bool IsPlain => true;

    public override JsonNode? Example => "Întreprinderea Ștefan";
}
