using System.Diagnostics;
using System.Globalization;

namespace Cleiss.DocumentsBenchmark;

/// <summary>
/// Processor seconds that this process, the script host and the database server have used. On a machine shared with others they say more than
/// the clock does.
/// </summary>
internal static class ProcessorTime
{
    private const double TicksPerSecond = 100;

    /// <param name="postmaster">Process of the database server; its back ends are its children.</param>
    public static double Seconds(int postmaster, IEnumerable<int> workers)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0).Select(Read).OfType<Used>().ToList();
        return Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds
            + all.Where(one => workers.Contains(one.Id)).Sum(one => one.Own)
            + all.Where(one => one.Id == postmaster).Sum(one => one.Own + one.OfEndedChildren)
            + all.Where(one => one.Parent == postmaster).Sum(one => one.Own);
    }

    private static Used? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name stands in parentheses and may hold blanks.
            var parts = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Seconds(int at) => long.Parse(parts[at], CultureInfo.InvariantCulture) / TicksPerSecond;
            return new Used(id, int.Parse(parts[1], CultureInfo.InvariantCulture), Seconds(11) + Seconds(12), Seconds(13) + Seconds(14));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private sealed record Used(int Id, int Parent, double Own, double OfEndedChildren);
}
