namespace Cleiss.Workflows.Statistiques;

/// <summary>
/// What a process counts, computed from its cases. Found by scan; a process without one is counted by <see cref="CaseCounts"/>.
/// </summary>
public interface IProcessStatistics
{
    string ProcessKey { get; }

    /// <summary>Years of which the page shows published figures, whether cases were received in them or not.</summary>
    IReadOnlyList<int> PublishedYears => [];

    /// <param name="year">Of the dates of receipt.</param>
    Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken);
}

/// <param name="Remarks">What a reader must know, e.g. why two published figures differ.</param>
public sealed record StatisticsReport(IReadOnlyList<KeyFigure> Figures, IReadOnlyList<StatisticsTable> Tables, IReadOnlyList<string> Remarks);

/// <summary>One number with its words.</summary>
/// <param name="Unit">Printed after the value, e.g. <c>%</c> or <c>€</c>; null for a count.</param>
/// <param name="Before">The same number of the year before; null when there is none to compare with.</param>
public sealed record KeyFigure(string Words, decimal Value, string? Unit = null, decimal? Before = null, string? Remark = null);

/// <summary>A table with its chart: one bar per row, one part per charted column.</summary>
/// <param name="Key">In addresses, kebab-case.</param>
/// <param name="RowHeader">Names what the rows are, e.g. « Pays ».</param>
/// <param name="Charted">Indexes of the columns that make the bars; empty: no chart. At most five.</param>
/// <param name="Unit">Of all values; null for counts.</param>
public sealed record StatisticsTable(
    string Key, string Title, string RowHeader, IReadOnlyList<string> Columns, IReadOnlyList<StatisticsRow> Rows, IReadOnlyList<int> Charted, string? Unit = null)
{
    /// <summary>Below the table, e.g. where its figures come from.</summary>
    public string? Remark { get; init; }
}

/// <param name="Values">One per column; null where there is none.</param>
/// <param name="IsTotal">Set apart, and not drawn.</param>
public sealed record StatisticsRow(string Name, IReadOnlyList<decimal?> Values, bool IsTotal = false);
