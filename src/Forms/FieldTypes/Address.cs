using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A postal address in France or abroad: <c>lignes</c>, <c>codePostal</c>, <c>localite</c>, <c>pays</c>; without a country it is French.</summary>
public sealed class Address : BlockField
{
    // Of countries whose rule is known; elsewhere any code, or none, is right.
    private static readonly Dictionary<string, (string Pattern, string Example)> PostalCodes = new(StringComparer.Ordinal)
    {
        ["AT"] = ("^[0-9]{4}$", "1010"),
        ["BE"] = ("^[0-9]{4}$", "1000"),
        ["CH"] = ("^[0-9]{4}$", "1201"),
        ["DE"] = ("^[0-9]{5}$", "10115"),
        ["DZ"] = ("^[0-9]{5}$", "16000"),
        ["ES"] = ("^[0-9]{5}$", "28001"),
        ["IT"] = ("^[0-9]{5}$", "00118"),
        ["LU"] = ("^(L-)?[0-9]{4}$", "1009"),
        ["MA"] = ("^[0-9]{5}$", "10000"),
        ["MD"] = ("^(MD-?)?[0-9]{4}$", "MD-2012"),
        ["PL"] = ("^[0-9]{2}-[0-9]{3}$", "00-950"),
        ["PT"] = ("^[0-9]{4}-[0-9]{3}$", "1000-001"),
        ["RO"] = ("^[0-9]{6}$", "010011"),
        ["RS"] = ("^[0-9]{5}$", "11000"),
        ["TN"] = ("^[0-9]{4}$", "1000"),
    };

    public override string Name => "address";

    public override string FrenchName => "Adresse";

    public override bool IsPersonal => true;

    protected override IReadOnlyList<string> Parts { get; } = ["lignes", "codePostal", "localite", "pays"];

    protected override FieldFault? Judge(FormField field, JsonObject block)
    {
        var code = Part(block, "codePostal");
        if (Part(block, "pays") is not (null or "FR") and var country)
        {
            return code is not null && PostalCodes.TryGetValue(country, out var rule) && !Regex.IsMatch(code, rule.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
                ? new FieldFault("postal-code", $"Dans ce pays un code postal s'écrit comme {rule.Example} : corrigez-le, ou laissez-le vide.", $"În această țară codul poștal se scrie ca {rule.Example}: corectați-l sau lăsați-l necompletat.", "codePostal")
                : null;
        }

        return code is null || (code.Length == 5 && code.All(char.IsAsciiDigit))
            ? null
            : new FieldFault("postal-code", "Un code postal français compte cinq chiffres, par exemple 93100.", "Un cod poștal francez are cinci cifre, de exemplu 93100.", "codePostal");
    }
}
