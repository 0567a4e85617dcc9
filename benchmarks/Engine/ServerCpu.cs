using System.Globalization;

namespace Cleiss.EngineBenchmark;

/// <summary>
/// CPU time of a PostgreSQL server with all its processes, as Linux counts it. On a machine that is never quiet it moves less than the time a
/// call takes: the share of a figure that is the server's work.
/// </summary>
internal sealed class ServerCpu(int postmaster)
{
    private const double MicrosecondsPerTick = 10_000;

    public static async Task<ServerCpu> OfAsync(BenchHost host) => new(int.Parse(Stat($"/proc/{await host.ScalarAsync<int>("select pg_backend_pid()")}/stat")![1], CultureInfo.InvariantCulture));

    public double Microseconds()
    {
        // User and system time; of processes that have ended their parent keeps the sum.
        var ticks = Sum($"/proc/{postmaster}/stat", 11, 12, 13, 14) ?? 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
        {
            if (Stat(folder + "/stat") is { } stat && stat[1] == postmaster.ToString(CultureInfo.InvariantCulture))
            {
                ticks += Sum(folder + "/stat", 11, 12) ?? 0;
            }
        }

        return ticks * MicrosecondsPerTick;
    }

    private static double? Sum(string file, params int[] fields) =>
        Stat(file) is { } stat ? fields.Sum(field => double.Parse(stat[field], CultureInfo.InvariantCulture)) : null;

    /// <summary>What follows the name, which may hold spaces: the state first, then the parent.</summary>
    private static string[]? Stat(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
