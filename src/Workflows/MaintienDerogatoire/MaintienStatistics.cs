using Cleiss.Forms.FieldTypes;
using Cleiss.Workflows.Statistiques;

namespace Cleiss.Workflows.MaintienDerogatoire;

/// <summary>Requests by scheme and by country with what became of them, as the activity report counts them.</summary>
public sealed class MaintienStatistics(CaseCounts counts) : IProcessStatistics
{
    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Kinds =
    [
        ("Accords", one => Issue(one) is "accord" or "partiel"),
        ("Refus", one => Issue(one) == "refus"),
        ("Renvoyées", one => Issue(one) == "renvoyée"),
        ("Autres issues", one => Issue(one) is "sans suite" or "sans réponse" or "transmise à l'Urssaf" || (Issue(one) is null && one.ClosedAt is not null)),
        ("En cours", IsPending),
    ];

    public string ProcessKey => MaintienDerogatoireProcess.ProcessKey;

    public IReadOnlyList<int> PublishedYears { get; } = [2025, 2024];

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var cases = await counts.ListAsync(ProcessKey, year, cancellationToken);
        var before = await counts.ListAsync(ProcessKey, year - 1, cancellationToken);
        KeyFigure Figure(string words, Func<CountedCase, bool> counted) => new(words, cases.Count(counted), Before: before.Count(counted));
        var refused = cases.Where(one => Issue(one) == "refus").ToList();
        return new StatisticsReport(
            [
                Figure("Demandes reçues", _ => true),
                Figure("Accords", Kinds[0].Counts) with { Remark = Partial(cases) },
                Figure("Refus", Kinds[1].Counts),
                Figure("Renvoyées au régime", Kinds[2].Counts),
                Figure("En cours", IsPending),
            ],
            [
                CaseCounts.Table("par-regime", "Demandes par régime", "Régime", cases, one => one.Fact("regime"), name => name, Kinds),
                CaseCounts.Table("par-pays", "Demandes par pays", "Pays", cases, one => one.Fact("pays"), Country, Kinds),
                CaseCounts.Table("refus-par-pays", "Refus par pays", "Pays", refused, one => one.Fact("pays"), Country, []) with { Charted = [0] },
            ],
            Published(year) is { } published ? [published] : []);
    }

    private static string? Issue(CountedCase one) => one.Fact("issue");

    /// <summary>A decision that is noted but still being announced is no longer pending.</summary>
    private static bool IsPending(CountedCase one) => one.ClosedAt is null && Issue(one) is null;

    private static string Country(string iso) => Countries.Find(iso)?.Name.Fr ?? iso;

    private static string? Partial(IEnumerable<CountedCase> cases) =>
        cases.Count(one => Issue(one) == "partiel") is > 0 and var some ? $"dont {some} pour une partie de la période" : null;

    private static string? Published(int year) => year switch
    {
        2024 => "Le rapport d'activité 2024 compte 136 demandes et 95 accords ; 4 demandes ont été renvoyées, des missions au Royaume-Uni commencées après le 1er mai 2021.",
        2025 => "Le rapport d'activité 2025 compte 47 demandes : 16 accords, 9 refus (7 du Cameroun, 2 d'Italie) et 22 en cours.",
        _ => null,
    };
}
