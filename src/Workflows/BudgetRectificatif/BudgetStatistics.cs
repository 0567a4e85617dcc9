using System.Globalization;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Cleiss.Workflows.Statistiques;

namespace Cleiss.Workflows.BudgetRectificatif;

/// <summary>The budgets brought to the board in a year with their figures and what became of them, and the execution that the reports print.</summary>
public sealed class BudgetStatistics(CaseCounts counts) : IProcessStatistics
{
    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Kinds =
    [
        ("Exécutoires", one => one.Fact("executoireLe") is not null),
        ("Votés, approbation attendue", one => IsOpen(one) && one.Fact("executoireLe") is null && one.Fact("vote") == "adopté"),
        ("En préparation ou en signature", one => IsOpen(one) && one.Fact("vote") != "adopté"),
        ("Abandonnés", one => one.State == "cancelled"),
    ];

    public string ProcessKey => BudgetRectificatifProcess.ProcessKey;

    public IReadOnlyList<int> PublishedYears { get; } = [.. PublishedBudgets.Years.Select(published => published.Year)];

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var cases = (await counts.ListAsync(ProcessKey, year, cancellationToken)).OrderBy(one => one.Fact("exercice"), StringComparer.Ordinal).ThenBy(one => one.Fact("budget"), StringComparer.Ordinal).ToList();
        var before = await counts.ListAsync(ProcessKey, year - 1, cancellationToken);
        var voted = cases.Where(one => one.Fact("vote") == "adopté").ToList();
        KeyFigure Figure(string words, Func<CountedCase, bool> counted) => new(words, cases.Count(counted), Before: before.Count(counted));
        var published = PublishedBudgets.Years.FirstOrDefault(one => one.Year == year);
        return new StatisticsReport(
            [
                Figure("Budgets ouverts", _ => true),
                Figure("Votés par le conseil", one => one.Fact("vote") == "adopté"),
                Figure("Exécutoires", Kinds[0].Counts) with { Remark = Tacit(cases) },
                Figure("Renvoyés ou refusés au moins une fois", one => one.Fact("renvoi") is not null),
            ],
            [
                CaseCounts.Table("par-issue", "Dossiers par budget", "Budget", cases, Name, name => name, Kinds),
                Money("cp-par-enveloppe", "Crédits de paiement votés, par enveloppe", voted, ["Personnel", "Fonctionnement", "Investissement", "Total des CP"], ["personnelCp", "fonctionnementCp", "investissementCp", "totalCp"], [0, 1, 2]),
                Money("equilibre", "Recettes, crédits et solde des budgets votés", voted, ["Autorisations d'engagement", "Crédits de paiement", "Recettes", "Solde budgétaire"], ["totalAe", "totalCp", "recettes", "solde"], []),
                .. published is null ? Array.Empty<StatisticsTable>() : Published(published),
            ],
            published is null ? [] : Slips(published));
    }

    private static bool IsOpen(CountedCase one) => one.ClosedAt is null;

    private static string Name(CountedCase one) => $"{one.Fact("budget")} {one.Fact("exercice")}";

    private static string? Tacit(IReadOnlyList<CountedCase> cases) =>
        cases.Count(one => one.Fact("approbation") == "tacite") is > 0 and var some ? $"dont {some} par approbation tacite" : null;

    private static StatisticsTable Money(string key, string title, IReadOnlyList<CountedCase> cases, string[] columns, string[] facts, int[] charted) => new(
        key, title, "Budget", columns,
        [.. cases.Select(one => new StatisticsRow(
            Name(one),
            [.. facts.Select(fact => decimal.TryParse(one.Fact(fact), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : (decimal?)null)]))],
        charted, "€");

    /// <summary>Rates of execution, computed from the figures the report prints.</summary>
    private static StatisticsTable[] Published(BudgetYear year)
    {
        if (year.Execution is not { Actual: var actual } || year.Budgets is not [.., var last])
        {
            return [];
        }

        return
        [
            new StatisticsTable(
                "execution-publiee", $"Exécution de {year.Year} d'après le rapport d'activité", "Enveloppe", ["Taux d'exécution"],
                [
                    .. Enum.GetValues<EnvelopeKind>().Select(kind => new StatisticsRow(kind.ToString(), [BudgetCheck.Rate(actual.CpOf(kind), last.CpOf(kind))])),
                    new StatisticsRow("Ensemble des CP", [BudgetCheck.Rate(actual.Cp, last.Cp)], IsTotal: true),
                ],
                [0], "%")
            {
                Remark = $"CP exécutés rapportés au dernier budget de l'année ({last.Code}) : {FrenchAmount.Of(actual.Cp ?? 0)} sur {FrenchAmount.Of(last.Cp ?? 0)}.",
            },
        ];
    }

    /// <summary>Where the report's own figures differ by a cent or a euro, and why.</summary>
    private static List<string> Slips(BudgetYear year)
    {
        var slips = new List<string>();
        for (var i = 0; i < year.Budgets.Count; i++)
        {
            var budget = year.Budgets[i];
            slips.AddRange(BudgetCheck.Check(budget, year.JobsCeilingEtpt).Select(finding => $"{budget.Code} {year.Year} – {finding.Message}"));
            if (i > 0 && year.Changes.TryGetValue(budget.Code, out var changes))
            {
                slips.AddRange(BudgetCheck.CheckChanges(year.Budgets[i - 1], budget, changes).Select(finding => $"{budget.Code} {year.Year} – {finding.Message}"));
            }
        }

        if (year is { Execution: { } execution, Budgets: [.., var last] })
        {
            slips.AddRange(BudgetCheck.CheckExecution(last, execution).Select(finding => $"Exécution {year.Year} – {finding.Message}"));
        }

        return slips;
    }
}
