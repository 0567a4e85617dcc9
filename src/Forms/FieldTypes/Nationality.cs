using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A nationality, named by its country; <c>XA</c> for a stateless person.</summary>
public sealed class Nationality : ListedField
{
    public override string Name => "nationality";

    public override string FrenchName => "Nationalité";

    public override bool IsPersonal => true;

    public override System.Text.Json.Nodes.JsonNode? Example => "MD";

    public override bool MarksAgreements => true;

    public override KnownName? First { get; } = new("XA", new Bilingual("Apatride", "Apatrid"));

    public override KnownList List => Countries.List;

    protected override FieldFault Unknown { get; } = new("nationality", "Choisissez une nationalité de la liste.", "Alegeți o cetățenie din listă.");
}
