namespace Cleiss.Forms.FieldTypes;

/// <summary>A country by its two letters (ISO 3166-1), named in both languages; those bound by an agreement are marked.</summary>
public sealed class Country : ListedField
{
    public override string Name => "country";

    public override string FrenchName => "Pays";

    public override System.Text.Json.Nodes.JsonNode? Example => "MD";

    public override bool MarksAgreements => true;

    public override KnownList List => Countries.List;

    protected override FieldFault Unknown { get; } = new("country", "Choisissez un pays de la liste.", "Alegeți o țară din listă.");
}
