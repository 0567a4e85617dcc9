using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence.People;

namespace Cleiss.Workflows.Solvit;

/// <summary>
/// Escalations to the EESSI service desk level 2 (SDL2 Business) and SOLVIT cases: the competent fund is found, asked, reminded and
/// escalated, while the clocks of SOLVIT run beside from the day of receipt.
/// </summary>
public sealed class SolvitProcess(TimeProvider time) : IProcess
{
    public const string ProcessKey = "solvit-sdl2";

    public string Key => ProcessKey;

    public string Title => "SOLVIT / SDL2";

    public string ReferencePrefix => "SDL";

    public string StartForm => "saisine-sdl2";

    public IReadOnlyList<string> Roles { get; } = [Role.Sdl2, Role.Directrice];

    public Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken)
    {
        if (Text(data, "buc") is { } buc && BucCatalogue.Find(buc) is null)
        {
            throw new CaseRefusedException(422, "unknown-buc", $"Le BUC « {buc} » n'existe pas. Écrivez par exemple S_BUC_06 ou LA_BUC_01 ; pour la liste : Statistiques, SOLVIT / SDL2.");
        }

        if (Text(data, "departement") is { Length: > 0 } department && !CompetentFundRules.IsDepartment(department.Trim().ToUpperInvariant()))
        {
            throw new CaseRefusedException(422, "unknown-department", $"Le département « {department} » n'existe pas. Écrivez par exemple 93, 2A ou 974, ou laissez vide.");
        }

        return Task.CompletedTask;
    }

    public Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var buc = BucCatalogue.Find(Text(data, "buc") ?? "")!;
        var (country, origin) = (Text(data, "pays") ?? "", Text(data, "origine") ?? "");
        var countryName = Countries.Find(country)?.Name.Fr ?? country;
        var input = new JsonObject
        {
            ["buc"] = buc.Code,
            ["sed"] = Text(data, "sed") ?? "",
            ["pays"] = country,
            ["paysNom"] = countryName,
            ["departement"] = Text(data, "departement") ?? "",
            ["agricole"] = Text(data, "agricole") == "oui",
            ["risque"] = Text(data, "risque") ?? "",
            ["recuLe"] = receivedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["joursEcoules"] = Math.Max(0, ParisDate.Of(time.GetUtcNow()).DayNumber - receivedOn.DayNumber),
        };
        return Task.FromResult(new CaseOpening(
            $"{buc.Code} {buc.Title} – {countryName}", input, country,
            Facts: new Dictionary<string, string> { ["secteur"] = buc.Sector, ["pays"] = country, ["origine"] = origin, ["buc"] = buc.Code }));
    }

    private static string? Text(JsonObject data, string name) => data[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
