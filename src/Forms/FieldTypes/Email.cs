using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

public sealed partial class Email : TextualField
{
    public override string Name => "email";

    public override string FrenchName => "Adresse électronique";

    public override bool IsPersonal => true;

    public override JsonNode? Example => "maria.popescu@exemplu.md";

    public override InputHints Hints(FormField field) => new(Type: "email", AutoComplete: "off", MaxLength: 254, Width: "md");

    protected override FieldReading ReadText(FormField field, string text) => text.Length <= 254 && Pattern().IsMatch(text)
        ? FieldReading.Of(text)
        : FieldReading.Wrong("email", "Écrivez une adresse complète, par exemple nom@organisme.fr.", "Scrieți o adresă completă, de exemplu nume@instituție.md.");

    [GeneratedRegex(@"^[^\s@<>""(),:;\\\[\]]{1,64}@[\p{L}\p{Nd}]([\p{L}\p{Nd}\-]*[\p{L}\p{Nd}])?(\.[\p{L}\p{Nd}]([\p{L}\p{Nd}\-]*[\p{L}\p{Nd}])?)+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
