using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A name of a person: letters of any alphabet, apostrophes, hyphens; never digits.</summary>
public sealed class PersonName : TextualField
{
    public override string Name => "person-name";

    public override string FrenchName => "Nom de personne";

    public override bool IsPersonal => true;

    public override JsonNode? Example => "POPESCU-D'ANJOU";

    public override InputHints Hints(FormField field) => new(AutoComplete: "off", MaxLength: 120);

    protected override FieldReading ReadText(FormField field, string text) =>
        text.Any(char.IsDigit) || !text.Any(char.IsLetter)
            ? FieldReading.Wrong("person-name", "Un nom ne contient que des lettres, des espaces, des apostrophes et des traits d'union : retirez le reste.", "Un nume conține numai litere, spații, apostrofuri și cratime: eliminați restul.")
            : FieldReading.Of(text);
}
