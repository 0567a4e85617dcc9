using System.Diagnostics;
using System.Globalization;

namespace Cleiss.EngineBenchmark;

/// <summary>One line per figure, with what was wanted; the machine is never quiet, so figures of one round are shown beside their median.</summary>
internal sealed class Report
{
    private readonly List<string> _short = [];

    public void Title(string text) => Console.Out.WriteLine($"\n## {text}");

    public void Say(string what, string figure) => Console.Out.WriteLine($"{what}: {figure}");

    /// <param name="wanted">The least or the most that is wanted.</param>
    public void Judge(string what, double figure, double wanted, string unit, bool atLeast, string detail)
    {
        var met = atLeast ? figure >= wanted : figure <= wanted;
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{what}: {figure:#,0.##} {unit} (wanted {(atLeast ? "≥" : "≤")} {wanted:#,0.##}; {(met ? "met" : "SHORT")}) {detail}");
        Console.Out.WriteLine(line);
        if (!met)
        {
            _short.Add(line);
        }
    }

    public void Summary() => Console.Out.WriteLine(
        _short.Count == 0 ? "\nAll targets measured in this run were met." : $"\nShort in this run:\n{string.Join('\n', _short)}");
}

/// <summary>Durations of calls, and what they cost.</summary>
internal sealed record Load(double PerSecond, double P50, double P99, double CpuMicroseconds, double ServerMicroseconds, double Bytes)
{
    /// <summary>Calls <paramref name="work"/> with 0, 1, 2… from <paramref name="callers"/> callers at once.</summary>
    public static async Task<Load> RunAsync(int callers, int count, Func<int, Task> work, ServerCpu? server = null)
    {
        var next = -1;
        GC.Collect();
        var serverBefore = server?.Microseconds() ?? 0;
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var own = new List<double>(count / callers * 2);
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var began = Stopwatch.GetTimestamp();
                await work(i);
                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return own;
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var sorted = times.SelectMany(own => own).Order().ToArray();
        return new Load(
            count / seconds, sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)],
            (process.TotalProcessorTime - cpu).TotalMicroseconds / count, ((server?.Microseconds() ?? 0) - serverBefore) / count,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)count);
    }
}

internal static class Numbers
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    public static string Each(this IEnumerable<double> values) =>
        "each " + string.Join(", ", values.Select(value => value.ToString("0.#", CultureInfo.InvariantCulture)));
}
