using System.Globalization;
using Cleiss.Activities;
using Cleiss.Persistence;
using Npgsql;

namespace Cleiss.Workflows.Statistiques;

/// <param name="Facts">What the case is counted by.</param>
public sealed record CountedCase(string State, string? Status, string? AgreementIso, string? FormKey, DateOnly ReceivedOn, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, IReadOnlyDictionary<string, string> Facts)
{
    public string? Fact(string name) => Facts.GetValueOrDefault(name);
}

/// <summary>The cases of a year with what they are counted by, and the counts that any process has. Test cases never count.</summary>
public sealed class CaseCounts(NpgsqlDataSource database)
{
    private static readonly string[] Months =
        ["Janvier", "Février", "Mars", "Avril", "Mai", "Juin", "Juillet", "Août", "Septembre", "Octobre", "Novembre", "Décembre"];

    public async Task<IReadOnlyList<CountedCase>> ListAsync(string processKey, int year, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select c.state, c.status, c.agreement_iso, c.form_key, c.received_on, c.opened_at, c.closed_at,
                   coalesce(array_agg(f.name order by f.name) filter (where f.name is not null), '{}'),
                   coalesce(array_agg(f.value order by f.name) filter (where f.name is not null), '{}')
            from cases c left join case_facts f on f.case_id = c.id
            where c.process_key = $1 and not c.test and c.received_on >= $2 and c.received_on < $3
            group by c.id
            """);
        command.AddParameters(Sql.Text(processKey), Sql.Date(new DateOnly(year, 1, 1)), Sql.Date(new DateOnly(year + 1, 1, 1)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var cases = new List<CountedCase>();
        while (await reader.ReadAsync(cancellationToken))
        {
            cases.Add(new CountedCase(
                reader.GetString(0), Text(reader, 1), Text(reader, 2), Text(reader, 3), reader.GetFieldValue<DateOnly>(4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                reader.GetFieldValue<string[]>(7).Zip(reader.GetFieldValue<string[]>(8)).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)));
        }

        return cases;
    }

    /// <summary>Years in which the process has received cases, newest first.</summary>
    public async Task<IReadOnlyList<int>> YearsAsync(string processKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select distinct extract(year from received_on)::int from cases where process_key = $1 and not test order by 1 desc");
        command.AddParameters(Sql.Text(processKey));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var years = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            years.Add(reader.GetInt32(0));
        }

        return years;
    }

    /// <summary>Received, closed and pending, by month of receipt: what any process has.</summary>
    public async Task<StatisticsReport> ReportAsync(string processKey, int year, CancellationToken cancellationToken)
    {
        var cases = await ListAsync(processKey, year, cancellationToken);
        var before = await ListAsync(processKey, year - 1, cancellationToken);
        var table = Table(
            "par-mois", "Dossiers par mois de réception", "Mois", cases, one => one.ReceivedOn.Month,
            Enumerable.Range(1, 12), month => Months[month - 1],
            [("Clos", one => one.State == "closed"), ("Annulés", one => one.State == "cancelled"), ("En cours", one => one.ClosedAt is null)]);
        return new StatisticsReport(
            [
                new KeyFigure("Dossiers reçus", cases.Count, Before: before.Count),
                new KeyFigure("Dossiers clos", cases.Count(one => one.State == "closed"), Before: before.Count(one => one.State == "closed")),
                new KeyFigure("Dossiers en cours", cases.Count(one => one.ClosedAt is null)),
            ],
            [table],
            []);
    }

    /// <summary>A table with one row per group, a column of all and one per kind, and the total below.</summary>
    public static StatisticsTable Table<TGroup>(
        string key, string title, string rowHeader, IReadOnlyList<CountedCase> cases, Func<CountedCase, TGroup> group, IEnumerable<TGroup> groups,
        Func<TGroup, string> name, IReadOnlyList<(string Words, Func<CountedCase, bool> Counts)> kinds)
        where TGroup : notnull
    {
        var byGroup = cases.ToLookup(group);
        StatisticsRow Row(string words, IReadOnlyCollection<CountedCase> of, bool isTotal) =>
            new(words, [of.Count, .. kinds.Select(kind => (decimal?)of.Count(kind.Counts))], isTotal);
        return new StatisticsTable(
            key, title, rowHeader, ["Reçus", .. kinds.Select(kind => kind.Words)],
            [.. groups.Select(one => Row(name(one), [.. byGroup[one]], false)), Row("Total", [.. cases], true)],
            [.. Enumerable.Range(1, kinds.Count)]);
    }

    /// <summary>Groups by a text, the most frequent first; cases without it are one group.</summary>
    public static StatisticsTable Table(
        string key, string title, string rowHeader, IReadOnlyList<CountedCase> cases, Func<CountedCase, string?> group, Func<string, string> name,
        IReadOnlyList<(string Words, Func<CountedCase, bool> Counts)> kinds) =>
        Table(
            key, title, rowHeader, cases, one => group(one) ?? "",
            cases.GroupBy(one => group(one) ?? "").OrderByDescending(one => one.Count()).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Key),
            one => one.Length == 0 ? "Non renseigné" : name(one), kinds);

    /// <summary>Calendar days from receipt to closing, on average; nothing while no case is closed.</summary>
    public static IEnumerable<KeyFigure> MeanDays(string words, IEnumerable<CountedCase> cases)
    {
        var days = cases.Where(one => one.ClosedAt is not null).Select(one => ParisDate.Of(one.ClosedAt!.Value).DayNumber - one.ReceivedOn.DayNumber).ToList();
        return days.Count == 0 ? [] : [new KeyFigure(words, (decimal)days.Average(), "jours")];
    }

    internal static string Csv(StatisticsTable table)
    {
        // Semicolon and comma as decimal sign: what a French spreadsheet opens by a double click.
        var lines = new List<string> { string.Join(';', table.Columns.Prepend(table.RowHeader).Select(Cell)) };
        lines.AddRange(table.Rows.Select(row => string.Join(
            ';', row.Values.Select(value => value?.ToString(CultureInfo.InvariantCulture).Replace('.', ',') ?? "").Prepend(Cell(row.Name)))));
        return string.Join("\r\n", lines) + "\r\n";
    }

    private static string Cell(string text)
    {
        // A text that begins like a formula would be computed by the spreadsheet.
        var safe = text is ['=' or '+' or '-' or '@', ..] ? "'" + text : text;
        return safe.IndexOfAny([';', '"', '\r', '\n']) < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
