using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>The code of an institution; typing one the directory knows offers its name.</summary>
public sealed partial class InstitutionCode : TextualField
{
    public override string Name => "institution-code";

    public override string FrenchName => "Code d'organisme";

    public override Type View => typeof(InstitutionCodeInput);

    public override JsonNode? Example => "CNAS-MD";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 20, Width: "sm");

    protected override FieldReading ReadText(FormField field, string text) => Pattern().IsMatch(text)
        ? FieldReading.Of(text.ToUpperInvariant())
        : FieldReading.Wrong("institution-code", "Un code d'organisme compte 2 à 20 lettres, chiffres, points ou traits d'union.", "Codul unei instituții are între 2 și 20 de litere, cifre, puncte sau cratime.");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.\-:]{1,19}\z", RegexOptions.None, 1000)]
    private static partial Regex Pattern();
}
