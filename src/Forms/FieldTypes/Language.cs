namespace Cleiss.Forms.FieldTypes;

/// <summary>A language by its two letters (ISO 639-1), three where there are no two.</summary>
public sealed class Language : ListedField
{
    private static readonly KnownList Known = new("languages.csv");

    public override string Name => "language";

    public override string FrenchName => "Langue";

    public override System.Text.Json.Nodes.JsonNode? Example => "ro";

    public override KnownList List => Known;

    protected override FieldFault Unknown { get; } = new("language", "Choisissez une langue de la liste.", "Alegeți o limbă din listă.");
}
