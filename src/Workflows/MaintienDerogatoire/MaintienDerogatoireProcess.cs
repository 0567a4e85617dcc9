using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.MaintienDerogatoire;

/// <summary>
/// Keeping the worker of a special scheme under French legislation by exception: admissibility, legal review, the foreign authority's
/// decision. Requests received from 1 January 2026 go to Urssaf's national fund (version 2).
/// </summary>
public sealed class MaintienDerogatoireProcess(ReferenceData reference) : IProcess
{
    public const string ProcessKey = "maintien-derogatoire";

    public string Key => ProcessKey;

    public string Title => "Maintien dérogatoire";

    public string ReferencePrefix => "DER";

    public string StartForm => "demande-maintien-derogatoire";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent, Role.Juriste, Role.Directrice];

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var country = Text(data, "pays") ?? "";
        var scheme = Text(data, "regime") ?? "";
        var institution = await reference.FindInstitutionAsync(country, cancellationToken);
        var name = institution?.Country ?? (await reference.FindAgreementAsync(country, cancellationToken))?.Agreement.Partner ?? country;
        var input = new JsonObject
        {
            ["pays"] = country,
            ["regime"] = scheme,
            ["recuLe"] = receivedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["langue"] = institution?.Language ?? "fr",
        };
        return new CaseOpening(
            $"Maintien dérogatoire – {scheme} – {name}", input, country, null, Text(data, "personne"), Text(data, "prenoms"),
            DateOnly.TryParseExact(Text(data, "naissance"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth) ? birth : null,
            new Dictionary<string, string> { ["regime"] = scheme, ["pays"] = country });
    }

    private static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
