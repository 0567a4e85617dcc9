using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>An employer in France or abroad: <c>nom</c> and <c>pays</c>; with a field <c>siret</c> it is for an establishment in France only.</summary>
public sealed class Employer : BlockField
{
    public override string Name => "employer";

    public override string FrenchName => "Employeur";

    protected override IReadOnlyList<string> Parts { get; } = ["nom", "pays"];

    protected override FieldFault? Judge(FormField field, JsonObject block) =>
        Part(block, "siret") is not null && Part(block, "pays") is not (null or "FR")
            ? new FieldFault("siret-abroad", "Seul un établissement en France a un SIRET : retirez-le, ou corrigez le pays de l'employeur.", "Numai o unitate din Franța are un SIRET: eliminați-l sau corectați țara angajatorului.", "siret")
            : null;
}
