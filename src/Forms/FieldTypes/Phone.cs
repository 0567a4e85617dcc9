using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A telephone number of any country; separators are dropped, a leading 00 becomes +.</summary>
public sealed class Phone : TextualField
{
    public override string Name => "phone";

    public override string FrenchName => "Téléphone";

    public override bool IsPersonal => true;

    public override JsonNode? Example => "+37322257825";

    public override InputHints Hints(FormField field) => new(Type: "tel", AutoComplete: "off", MaxLength: 30, Width: "sm");

    protected override FieldReading ReadText(FormField field, string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        var international = text.StartsWith('+') || digits.StartsWith("00", StringComparison.Ordinal);
        var number = international ? "+" + (text.StartsWith('+') ? digits : digits[2..]) : digits;
        var clean = text.Skip(text.StartsWith('+') ? 1 : 0).All(c => char.IsAsciiDigit(c) || char.IsWhiteSpace(c) || c is '.' or '-' or '(' or ')' or '/');
        return clean && digits.Length is >= 6 and <= 15
            ? FieldReading.Of(number)
            : FieldReading.Wrong("phone", "Écrivez un numéro de téléphone, avec l'indicatif pour l'étranger : 01 45 26 33 41 ou +373 22 257 825.", "Scrieți un număr de telefon, cu prefixul pentru străinătate: 01 45 26 33 41 sau +373 22 257 825.");
    }
}
