using Cleiss.Workflows.Statistiques;

namespace Cleiss.Workflows.DemandePcn;

/// <summary>Questions by subject and by month, with the delay of the answers.</summary>
public sealed class PcnStatistics(CaseCounts counts) : IProcessStatistics
{
    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Kinds = [("Closes", one => one.ClosedAt is not null), ("En cours", one => one.ClosedAt is null)];

    public string ProcessKey => DemandePcnProcess.ProcessKey;

    public IReadOnlyList<int> PublishedYears { get; } = [2025];

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var general = await counts.ReportAsync(ProcessKey, year, cancellationToken);
        var cases = await counts.ListAsync(ProcessKey, year, cancellationToken);
        return new StatisticsReport(
            [.. general.Figures, .. CaseCounts.MeanDays("Délai moyen", cases)],
            [CaseCounts.Table("par-sujet", "Demandes par sujet", "Sujet", cases, one => one.Fact("sujet"), name => name, Kinds), .. general.Tables],
            year == 2025 ? ["Le rapport d'activité 2025 compte 256 demandes, traitées en 8 jours en moyenne."] : []);
    }
}
