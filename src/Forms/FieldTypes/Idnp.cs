using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Moldova's personal number: 13 digits, the last one a check digit (weights 7, 3, 1 repeated, modulo 10).</summary>
public sealed class Idnp : TextualField
{
    private static readonly int[] Weights = [7, 3, 1];

    public override string Name => "idnp";

    public override string FrenchName => "IDNP (numéro personnel moldave)";

    public override bool IsPersonal => true;

    public override bool IsSecret => true;

    public override JsonNode? Example => "2002004001232";

    public override InputHints Hints(FormField field) => new(InputMode: "numeric", AutoComplete: "off", MaxLength: 20, Width: "sm");

    public override string Mask(FormField field, JsonNode? value)
    {
        var text = ToInput(value);
        return text.Length <= 4 ? text : $"{text[..4]} ••••• ••••";
    }

    public static bool IsValid(string idnp)
    {
        if (idnp.Length != 13 || !idnp.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < 12; i++)
        {
            sum += (idnp[i] - '0') * Weights[i % 3];
        }

        return sum % 10 == idnp[12] - '0';
    }

    protected override FieldReading ReadText(FormField field, string text)
    {
        var idnp = Compact(text);
        if (idnp.Length != 13 || !idnp.All(char.IsAsciiDigit))
        {
            return FieldReading.Wrong("idnp-length", $"Un IDNP compte 13 chiffres ; celui-ci compte {Number(idnp.Length)} caractères : relisez-le sur la pièce d'identité moldave.", $"Un IDNP are 13 cifre; acesta are {Number(idnp.Length)} caractere: recitiți-l pe actul de identitate.");
        }

        return IsValid(idnp)
            ? FieldReading.Of(idnp)
            : FieldReading.Wrong("idnp-key", "Le dernier chiffre de l'IDNP ne correspond pas aux douze premiers : relisez-le chiffre par chiffre sur la pièce d'identité.", "Ultima cifră a IDNP nu corespunde primelor douăsprezece: recitiți-l cifră cu cifră pe actul de identitate.");
    }
}
