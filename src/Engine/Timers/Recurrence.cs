using System.Globalization;

namespace Cleiss.Engine.Timers;

/// <summary>How often a trigger falls due: <c>every 00:01:00</c> or <c>cron 0 0 9 * * MON-FRI</c>. Null means once.</summary>
public static class Recurrence
{
    private const string EveryPrefix = "every ";
    private const string CronPrefix = "cron ";

    public static string Every(TimeSpan interval) => EveryPrefix + interval.ToString("c", CultureInfo.InvariantCulture);

    public static string Cron(string expression) => CronPrefix + expression;

    /// <summary>
    /// The next due time after one has fired. Those that were missed while nothing ran count as the one that just fired; an interval keeps its phase.
    /// </summary>
    public static DateTimeOffset? Next(string? recurrence, DateTimeOffset fired, DateTimeOffset now, TimeZoneInfo zone)
    {
        var latest = now > fired ? now : fired;
        if (recurrence is null)
        {
            return null;
        }

        if (recurrence.StartsWith(CronPrefix, StringComparison.Ordinal))
        {
            return CronExpression.Parse(recurrence[CronPrefix.Length..]).Next(latest, zone);
        }

        var interval = TimeSpan.ParseExact(recurrence[EveryPrefix.Length..], "c", CultureInfo.InvariantCulture);
        return fired + interval * ((latest - fired).Ticks / interval.Ticks + 1);
    }
}
