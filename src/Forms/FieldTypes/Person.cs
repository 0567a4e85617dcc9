using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A person: <c>nom</c>, <c>prenoms</c>, <c>dateNaissance</c>, with numbers, nationality and address as the form needs them.</summary>
public sealed class Person : BlockField
{
    public override string Name => "person";

    public override string FrenchName => "Personne";

    public override bool IsPersonal => true;

    protected override IReadOnlyList<string> Parts { get; } = ["nom", "prenoms", "dateNaissance"];

    protected override FieldFault? Judge(FormField field, JsonObject block) =>
        Date.Range(Part(block, "dateNaissance")) is { } birth && Date.Range(Part(block, "dateDeces")) is { } death && death.Last < birth.First
            ? new FieldFault("death-before-birth", "Le décès précède la naissance : corrigez l'une des deux dates.", "Decesul este anterior nașterii: corectați una dintre cele două date.", "dateDeces")
            : null;
}
