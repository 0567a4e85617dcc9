using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A bank's code by ISO 9362: 8 or 11 characters, letters of the country in fifth and sixth place.</summary>
public sealed partial class Bic : TextualField
{
    public override string Name => "bic";

    public override string FrenchName => "BIC";

    public override JsonNode? Example => "AGRNMD2X";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 14, Width: "xs");

    protected override FieldReading ReadText(FormField field, string text) => Pattern().IsMatch(Compact(text))
        ? FieldReading.Of(Compact(text))
        : FieldReading.Wrong("bic", "Un BIC compte 8 ou 11 caractères, par exemple AGRNMD2X : recopiez-le du relevé d'identité bancaire.", "Un BIC are 8 sau 11 caractere, de exemplu AGRNMD2X: copiați-l din extrasul bancar.");

    [GeneratedRegex(@"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
