using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Scripting.Feel;

namespace Cleiss.Activities.Decisions;

/// <param name="Gaps">Facts no row covers, as people read them.</param>
/// <param name="Overlaps">Facts that several rows claim.</param>
/// <param name="Unreadable">Cells that answer nothing to anything: row and column from 0.</param>
/// <param name="Unreached">Rows that never decide, from 0.</param>
internal sealed record CoverageReport(
    IReadOnlyList<string> Gaps, IReadOnlyList<string> Overlaps, IReadOnlyList<(int Row, int Column)> Unreadable, IReadOnlyList<int> Unreached);

/// <summary>
/// Tries a table on every kind of fact its cells tell apart: each named value and one that is not named, each bound, what lies on either side
/// of it and between two of them. Every test is asked once per value; the combinations are bit patterns.
/// </summary>
internal sealed partial class DecisionCoverage(DecisionRules table)
{
    // A table that tells more combinations apart than this is better split in two.
    private const int MostCombinations = 500_000;
    private const int MostExamples = 3;
    private const int ValuesPerCall = 8;
    private const string AnyOther = "(toute autre valeur)";

    private readonly List<string> _gaps = [];
    private readonly List<string> _overlaps = [];
    private readonly HashSet<(int, int)> _unreadable = [];
    private ulong _reached;
    private int _combinations;

    public async Task<CoverageReport> CheckAsync(IFeelEvaluator feel, CancellationToken cancellationToken)
    {
        var columns = new List<List<(ulong Rows, string Words)>>();
        for (var c = 0; c < table.Columns.Count; c++)
        {
            columns.Add(await MasksAsync(c, feel, cancellationToken));
        }

        if (_unreadable.Count > 0)
        {
            return new CoverageReport([], [], [.. _unreadable.Order()], []);
        }

        Combine(columns, 0, table.Rows.Count == DecisionRules.MostRows ? ulong.MaxValue : (1UL << table.Rows.Count) - 1, []);
        return new CoverageReport(_gaps, _overlaps, [], [.. Enumerable.Range(0, table.Rows.Count).Where(r => (_reached >> r & 1) == 0)]);
    }

    /// <summary>For each value that matters, the rows whose cell in this column accepts it.</summary>
    private async Task<List<(ulong Rows, string Words)>> MasksAsync(int c, IFeelEvaluator feel, CancellationToken cancellationToken)
    {
        var column = table.Columns[c];
        var tests = table.Rows.Select(row => row.Tests[c]).ToList();
        var asked = tests.Where(test => !DecisionRules.AcceptsAll(test)).Distinct(StringComparer.Ordinal).ToList();
        var samples = Samples(column, asked);
        // A few values a call: a large table on a busy machine takes longer than one call may.
        var answers = new List<IReadOnlyList<JsonNode?>>();
        foreach (var some in samples.Chunk(ValuesPerCall))
        {
            answers.AddRange(await feel.EvaluateAsync(
                [.. some.Select(sample => new FeelJob([.. asked.Select(test => DecisionRules.ToFeel(column, test))], new JsonObject { [column.Entry] = sample?.DeepClone() }))],
                cancellationToken));
        }

        for (var t = 0; t < asked.Count; t++)
        {
            if (answers.All(values => values[t] is null))
            {
                _unreadable.UnionWith(Enumerable.Range(0, tests.Count).Where(r => tests[r] == asked[t]).Select(r => (r, c)));
            }
        }

        var masks = new Dictionary<ulong, string>();
        for (var s = 0; s < samples.Count; s++)
        {
            var mask = 0UL;
            for (var r = 0; r < tests.Count; r++)
            {
                if (DecisionRules.AcceptsAll(tests[r]) || DecisionRules.IsTrue(answers[s][asked.IndexOf(tests[r])]))
                {
                    mask |= 1UL << r;
                }
            }

            masks.TryAdd(mask, $"{column.Name} = {samples[s]?.ToString() ?? "absent"}");
        }

        return [.. masks.Select(pair => (pair.Key, pair.Value))];
    }

    private void Combine(List<List<(ulong Rows, string Words)>> columns, int depth, ulong rows, List<string> words)
    {
        if (_combinations > MostCombinations)
        {
            return;
        }

        if (rows == 0 || depth == columns.Count)
        {
            _combinations++;
            Judge(rows, words);
            return;
        }

        foreach (var (mask, value) in columns[depth])
        {
            words.Add(value);
            Combine(columns, depth + 1, rows & mask, words);
            words.RemoveAt(words.Count - 1);
        }
    }

    private void Judge(ulong rows, List<string> words)
    {
        if (rows == 0)
        {
            Note(_gaps, string.Join(", ", words));
            return;
        }

        _reached |= table.Policy == HitPolicy.First ? rows & (~rows + 1) : rows;
        if (table.Policy == HitPolicy.Unique && BitOperations.PopCount(rows) > 1)
        {
            var numbers = Enumerable.Range(0, table.Rows.Count).Where(r => (rows >> r & 1) == 1).Select(r => (r + 1).ToString(CultureInfo.InvariantCulture));
            Note(_overlaps, $"lignes {string.Join(" et ", numbers)} pour {string.Join(", ", words)}");
        }
    }

    private static void Note(List<string> list, string example)
    {
        if (list.Count < MostExamples)
        {
            list.Add(example);
        }
    }

    private static List<JsonNode?> Samples(DecisionColumn column, IReadOnlyList<string> tests)
    {
        var text = string.Join(" ", tests);
        List<JsonNode?> samples = column switch
        {
            { Kind: "oui-non" } => [true, false],
            { Kind: "nombre" } => [.. NumbersAround(Number().Matches(text).Select(match => decimal.Parse(match.Value, CultureInfo.InvariantCulture)))],
            { Kind: "date" } => [.. DaysAround(Day().Matches(text).Select(match => match.Groups["day"].Value))],
            { Values.Count: > 0 } => [.. column.Values.Select(value => (JsonNode?)value)],
            _ => [.. Quoted().Matches(text).Select(match => match.Groups["text"].Value).Distinct(StringComparer.Ordinal).Append(AnyOther).Select(value => (JsonNode?)value)],
        };
        if (column.MayBeMissing)
        {
            samples.Add(null);
        }

        return samples;
    }

    private static IEnumerable<JsonNode?> NumbersAround(IEnumerable<decimal> bounds)
    {
        var sorted = bounds.Distinct().Order().ToList();
        if (sorted.Count == 0)
        {
            return [0];
        }

        var between = sorted.Zip(sorted.Skip(1), (low, high) => (low + high) / 2);
        return sorted.Concat(between).Append(sorted[0] - 1).Append(sorted[^1] + 1).Select(number => (JsonNode?)number);
    }

    private static IEnumerable<JsonNode?> DaysAround(IEnumerable<string> bounds)
    {
        var days = bounds.Select(day => DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : (DateOnly?)null)
            .OfType<DateOnly>().ToList();
        return (days.Count == 0 ? [new DateOnly(2000, 1, 1)] : days.SelectMany(day => new[] { day.AddDays(-1), day, day.AddDays(1) }).Distinct())
            .Select(day => (JsonNode?)day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(?<![\w.])-?\d+(\.\d+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("date\\(\"(?<day>[^\"]*)\"\\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Day();

    [GeneratedRegex("\"(?<text>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();
}
