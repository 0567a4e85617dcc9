namespace Cleiss.Documents.Templates;

public enum LineChange
{
    Kept,
    Removed,
    Added,
}

/// <param name="Before">Number of the line in the older text; null when it was added.</param>
/// <param name="After">Number of the line in the newer text; null when it was removed.</param>
public sealed record DifferenceLine(LineChange Change, int? Before, int? After, string Text);

/// <summary>What changed between two texts, line by line, with the fewest changed lines.</summary>
public static class TextDifference
{
    // The table has this many cells at most; beyond it the changed middle is told as removed and added whole.
    private const int MostCells = 4_000_000;

    public static IReadOnlyList<DifferenceLine> Between(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        var lines = new List<DifferenceLine>();
        for (var i = 0; i < start; i++)
        {
            lines.Add(new DifferenceLine(LineChange.Kept, i + 1, i + 1, old[i]));
        }

        AddMiddle(lines, old.AsSpan(start, old.Length - start - end), now.AsSpan(start, now.Length - start - end), start);
        for (var i = end; i > 0; i--)
        {
            lines.Add(new DifferenceLine(LineChange.Kept, old.Length - i + 1, now.Length - i + 1, old[^i]));
        }

        return lines;
    }

    private static void AddMiddle(List<DifferenceLine> lines, ReadOnlySpan<string> old, ReadOnlySpan<string> now, int offset)
    {
        var common = (long)old.Length * now.Length > MostCells ? new int[old.Length + 1, 1] : CommonLengths(old, now);
        var whole = common.GetLength(1) != now.Length + 1;
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            if (!whole && i < old.Length && j < now.Length && old[i] == now[j])
            {
                lines.Add(new DifferenceLine(LineChange.Kept, offset + ++i, offset + ++j, old[i - 1]));
            }
            else if (i < old.Length && (whole || j == now.Length || common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(new DifferenceLine(LineChange.Removed, offset + ++i, null, old[i - 1]));
            }
            else
            {
                lines.Add(new DifferenceLine(LineChange.Added, null, offset + ++j, now[j - 1]));
            }
        }
    }

    /// <summary>Length of the longest common subsequence of what follows each pair of places.</summary>
    private static int[,] CommonLengths(ReadOnlySpan<string> old, ReadOnlySpan<string> now)
    {
        var lengths = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = old[i] == now[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
