using Cleiss.Activities;
using Cleiss.Activities.Cases;

namespace Cleiss.Workflows.Statistiques;

/// <summary>The statistics of every process: its own where it has some, else the counts any process has.</summary>
public sealed class StatisticsDesk(IEnumerable<IProcess> processes, IEnumerable<IProcessStatistics> own, CaseCounts counts, TimeProvider time)
{
    public IReadOnlyList<IProcess> Processes { get; } = [.. processes.OrderBy(process => process.Title, StringComparer.Ordinal)];

    public IProcess? Find(string key) => Processes.FirstOrDefault(process => process.Key == key);

    /// <summary>Newest first, with those of published figures; this year even when nothing was received yet.</summary>
    public async Task<IReadOnlyList<int>> YearsAsync(string key, CancellationToken cancellationToken) =>
        [.. (await counts.YearsAsync(key, cancellationToken)).Append(ThisYear).Concat(Own(key)?.PublishedYears ?? []).Distinct().OrderDescending()];

    public int ThisYear => ParisDate.Of(time.GetUtcNow()).Year;

    public Task<StatisticsReport> ComputeAsync(string key, int year, CancellationToken cancellationToken) =>
        Own(key)?.ComputeAsync(year, cancellationToken) ?? counts.ReportAsync(key, year, cancellationToken);

    private IProcessStatistics? Own(string key) => own.FirstOrDefault(statistics => statistics.ProcessKey == key);
}
