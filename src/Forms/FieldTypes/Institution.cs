using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// An institution: a group with its own object and at least the fields <c>code</c> and <c>nom</c>; suggestions come from every
/// registered <see cref="IInstitutionDirectory"/>.
/// </summary>
public sealed class Institution : FieldType
{
    private static readonly string[] Parts = ["code", "nom"];

    public override string Name => "institution";

    public override string FormJsType => "group";

    public override string FrenchName => "Organisme";

    public override FieldShape Shape => FieldShape.Group;

    public override bool NeedsOwnObject => true;

    public override Type View => typeof(SectionBox);

    public override JsonNode? Example => null;

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        Parts.Where(part => !field.Children.Any(child => child.Key == part))
            .Select(part => ("institution-part", $"L'organisme « {field.Label.Fr} » n'a pas de champ « {part} ».", $"Ajoutez-lui un champ de clé « {part} »."));

    public override FieldReading Read(FormField field, JsonNode value) => new(value);
}

/// <summary>Where institutions are known: code and name, for suggestions while typing.</summary>
public interface IInstitutionDirectory
{
    IReadOnlyList<KnownInstitution> List();
}

public sealed record KnownInstitution(string Code, string Name, string Country);
