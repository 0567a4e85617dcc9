using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A postal address: a group with its own object and the fields <c>lignes</c>, <c>codePostal</c>, <c>localite</c>, <c>pays</c>.</summary>
public sealed class Address : FieldType
{
    private static readonly string[] Parts = ["lignes", "codePostal", "localite", "pays"];

    public override string Name => "address";

    public override string FormJsType => "group";

    public override string FrenchName => "Adresse";

    public override bool IsPersonal => true;

    public override FieldShape Shape => FieldShape.Group;

    public override bool NeedsOwnObject => true;

    public override Type View => typeof(SectionBox);

    public override JsonNode? Example => null;

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        Parts.Where(part => !field.Children.Any(child => child.Key == part))
            .Select(part => ("address-part", $"L'adresse « {field.Label.Fr} » n'a pas de champ « {part} ».", $"Ajoutez-lui un champ de clé « {part} »."));

    /// <summary>Judges the address as a whole, its fields being already right.</summary>
    public override FieldReading Read(FormField field, JsonNode value)
    {
        var address = (JsonObject)value;
        var french = FormSchemaReader.Text(address, "pays") is null or "FR";
        var code = FormSchemaReader.Text(address, "codePostal");
        return french && code is not null && (code.Length != 5 || !code.All(char.IsAsciiDigit))
            ? FieldReading.Wrong("postal-code", "Un code postal français compte cinq chiffres, par exemple 93100.", "Un cod poștal francez are cinci cifre, de exemplu 93100.")
            : new FieldReading(value);
    }
}
