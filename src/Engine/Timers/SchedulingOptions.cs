namespace Cleiss.Engine.Timers;

/// <summary>How times of day are read.</summary>
public sealed class SchedulingOptions
{
    /// <summary>Zone of cron expressions and of dates from which a version is in force; an IANA name. Default: Europe/Paris.</summary>
    public string TimeZone { get; init; } = "Europe/Paris";

    /// <exception cref="TimeZoneNotFoundException">The machine does not know the zone.</exception>
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}
