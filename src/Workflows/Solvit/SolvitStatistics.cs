using Cleiss.Forms.FieldTypes;
using Cleiss.Workflows.Statistiques;

namespace Cleiss.Workflows.Solvit;

/// <summary>The quarterly report by sector and by country, the clocks, and the table of business use cases beside the figures of the text.</summary>
public sealed class SolvitStatistics(CaseCounts counts) : IProcessStatistics
{
    // As the activity reports' text has them.
    private const int Received2025 = 17_901;
    private const int PassedOn2025 = 17_841;
    private const int Received2024 = 14_064;
    private const int PassedOn2024 = 13_389;

    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Quarters =
        [.. Enumerable.Range(1, 4).Select(quarter => ($"T{quarter}", (Func<CountedCase, bool>)(one => (one.ReceivedOn.Month + 2) / 3 == quarter)))];

    public string ProcessKey => SolvitProcess.ProcessKey;

    public IReadOnlyList<int> PublishedYears { get; } = [2025, 2024];

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var cases = await counts.ListAsync(ProcessKey, year, cancellationToken);
        var before = await counts.ListAsync(ProcessKey, year - 1, cancellationToken);
        KeyFigure Figure(string words, Func<CountedCase, bool> counted) => new(words, cases.Count(counted), Before: before.Count(counted));
        List<KeyFigure> figures =
        [
            Figure("Saisines reçues", _ => true),
            Figure("Résolues", one => one.Fact("issue") == "résolue"),
            Figure("Sans solution", one => one.Fact("issue") == "sans solution"),
            Figure("Refusées", one => one.Fact("issue") == "refusée"),
            Figure("Première réponse après 7 jours", one => one.Fact("alerte7j") is not null),
            Figure("Saisine de la caisse après 30 jours", one => one.Fact("alerte30j") is not null),
            Figure("Plus de 10 semaines", one => one.Fact("alerte10s") is not null),
        ];
        figures.InsertRange(2, CaseCounts.MeanDays("Durée moyenne jusqu'à la solution", cases.Where(one => one.Fact("issue") == "résolue")));
        List<StatisticsTable> tables =
        [
            CaseCounts.Table("par-secteur", "Rapport trimestriel par secteur", "Secteur", cases, one => one.Fact("secteur"), name => name, Quarters),
            CaseCounts.Table("par-pays", "Rapport trimestriel par pays", "Pays", cases, one => one.Fact("pays"), iso => Countries.Find(iso)?.Name.Fr ?? iso, Quarters),
            CaseCounts.Table("par-niveau", "Niveau d'escalade atteint", "Niveau", cases, one => one.Fact("niveau") ?? "0 – avant la caisse", name => name, Quarters),
        ];

        // A case that was closed before its clock struck kept the delay.
        var late = cases.Count(one => one.Fact("alerte7j") is not null);
        var inTime = cases.Count(one => one.Fact("alerte7j") is null && (one.Fact("tenu7j") is not null || one.ClosedAt is not null));
        if (late + inTime > 0)
        {
            figures.Add(new KeyFigure("Premières réponses dans le délai", Rate(inTime, late + inTime), "%", Remark: "feu vert de SOLVIT à partir de 75 %"));
        }

        if (year is not (2024 or 2025))
        {
            return new StatisticsReport(figures, tables, []);
        }

        var published = Published(year);
        return new StatisticsReport([.. figures, .. published.Figures], [.. tables, BucTable()], published.Remarks);
    }

    internal static decimal Rate(int passedOn, int received) => Math.Round(100m * passedOn / received, 2, MidpointRounding.AwayFromZero);

    private static (IReadOnlyList<KeyFigure> Figures, IReadOnlyList<string> Remarks) Published(int year)
    {
        var table = BucCatalogue.Lines.Sum(line => year == 2025 ? line.Transferred2025 : line.Transferred2024);
        if (year == 2025)
        {
            return (
                [
                    new KeyFigure("BUC transmis selon le texte du rapport", Rate(PassedOn2025, Received2025), "%", Remark: "17 841 sur 17 901 reçus"),
                    new KeyFigure("BUC transmis selon le tableau du rapport", Rate(table, Received2025), "%", Remark: "17 846 sur 17 901 reçus"),
                ],
                ["Le texte du rapport compte 17 841 BUC transmis (99,66 %) ; les lignes de son tableau en additionnent 17 846, soit 5 de plus (99,69 %). Le calcul est juste dans les deux cas : ce sont les deux comptes publiés qui diffèrent. AW_BUC_09a figure deux fois au tableau, avec 7 puis 0."]);
        }

        var withoutLa = BucCatalogue.Lines.Where(line => BucCatalogue.SectorOf(line.Code) != "LA").Sum(line => line.Transferred2024);
        return (
            [
                new KeyFigure("BUC transmis selon le texte du rapport", Rate(PassedOn2024, Received2024), "%", Remark: "13 389 sur 14 064 reçus, sans la législation applicable"),
                new KeyFigure("BUC du tableau, tous secteurs", table),
                new KeyFigure("BUC du tableau, sans la législation applicable", withoutLa),
            ],
            [$"Le texte du rapport 2024 compte 13 389 BUC transmis sur 14 064, sans les BUC de législation applicable ; le tableau publié l'année suivante en additionne 14 678, dont {table - withoutLa} de législation applicable. Les {withoutLa - PassedOn2024} qui restent d'écart ne s'expliquent pas par les sources : les deux comptes sont montrés tels qu'ils sont imprimés."]);
    }

    private static StatisticsTable BucTable()
    {
        var bySector = BucCatalogue.Lines.GroupBy(line => line.Sector).OrderByDescending(group => group.Sum(line => line.Transferred2025)).ToList();
        return new StatisticsTable(
            "buc", "BUC transmis, d'après le rapport d'activité 2025", "BUC", ["2025", "2024"],
            [
                .. bySector.SelectMany(group => group.Select(line => new StatisticsRow($"{line.Code} {line.Title}", [line.Transferred2025, line.Transferred2024]))
                    .Append(new StatisticsRow($"Sous-total : {group.Key}", [group.Sum(line => line.Transferred2025), group.Sum(line => line.Transferred2024)], IsTotal: true))),
                new StatisticsRow("Total", [BucCatalogue.Lines.Sum(line => line.Transferred2025), BucCatalogue.Lines.Sum(line => line.Transferred2024)], IsTotal: true),
            ],
            [])
        {
            Remark = "Chiffres publiés, tels qu'imprimés ; les sommes sont calculées ici.",
        };
    }
}
