using System.Globalization;
using System.Numerics;

namespace Cleiss.Engine.Timers;

/// <summary>
/// Elsa's cron dialect, six fields: second, minute, hour, day of month, month, day of week (0 to 7, Sunday at both ends). Lists, ranges (also
/// backwards: <c>22-2</c>), steps, names (<c>JAN</c>, <c>MON</c>), <c>?</c>, <c>L</c>, <c>L-3</c>, <c>15W</c>, <c>LW</c>, <c>5L</c>, <c>5#2</c>
/// and macros (<c>@daily</c>). A day must satisfy both its fields: <c>0 0 9 13 * FRI</c> is Friday the 13th.
/// <para>Daylight saving: a time of day that the spring night skips falls on the first moment after the gap. A fixed time of day happens once in
/// the autumn night, the first time the clock shows it; an expression that repeats within the day (<c>*</c>, a range or a step in seconds,
/// minutes or hours) goes on through both passes of the hour.</para>
/// </summary>
public sealed class CronExpression
{
    private const int YearsAhead = 100;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@every_second"] = "* * * * * *",
        ["@every_minute"] = "0 * * * * *",
        ["@hourly"] = "0 0 * * * *",
        ["@daily"] = "0 0 0 * * *",
        ["@midnight"] = "0 0 0 * * *",
        ["@weekly"] = "0 0 0 * * 0",
        ["@monthly"] = "0 0 0 1 * *",
        ["@yearly"] = "0 0 0 1 1 *",
        ["@annually"] = "0 0 0 1 1 *",
    };

    private ulong _seconds;
    private ulong _minutes;
    private ulong _hours;
    private ulong _daysOfMonth;
    private ulong _months;
    private ulong _daysOfWeek;
    private bool _repeatsWithinTheDay;

    /// <summary>Days before the end of the month (<c>L-3</c>); null when the field does not count from the end.</summary>
    private int? _fromLastDay;
    private bool _nearestWeekday;
    private bool _lastDayOfWeek;
    private int _nthDayOfWeek;

    private CronExpression(string text) => Text = text;

    public string Text { get; }

    /// <exception cref="FormatException">Not an expression of this dialect; the message says which field and why.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var fields = Macros.GetValueOrDefault(trimmed, trimmed).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            throw new FormatException($"The cron expression « {text} » has {fields.Length} fields; it needs six: second, minute, hour, day, month, day of week.");
        }

        var cron = new CronExpression(trimmed);
        cron._seconds = Field.Read(fields[0], "second", 0, 59, null, ref cron._repeatsWithinTheDay);
        cron._minutes = Field.Read(fields[1], "minute", 0, 59, null, ref cron._repeatsWithinTheDay);
        cron._hours = Field.Read(fields[2], "hour", 0, 23, null, ref cron._repeatsWithinTheDay);
        cron.ReadDayOfMonth(fields[3]);
        var unused = false;
        cron._months = Field.Read(fields[4], "month", 1, 12, Months, ref unused);
        cron.ReadDayOfWeek(fields[5]);
        return cron;
    }

    /// <summary>The first time after <paramref name="after"/>; null when there is none within a hundred years (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        // Whole seconds only: the next candidate is at least the following second.
        var from = TimeZoneInfo.ConvertTime(after, zone);
        var local = Truncate(from.DateTime).AddSeconds(1);
        if ((zone.IsAmbiguousTime(local) || zone.IsAmbiguousTime(from.DateTime)) && FindInAmbiguousHour(ref local, from, zone) is { } early)
        {
            return early.ToUniversalTime();
        }

        if (NextLocal(local, DateTime.MaxValue) is not { } found)
        {
            return null;
        }

        if (zone.IsInvalidTime(found))
        {
            return EndOfGap(found, zone);
        }

        var offset = zone.IsAmbiguousTime(found) ? zone.GetAmbiguousTimeOffsets(found).Max() : zone.GetUtcOffset(found);
        return new DateTimeOffset(found, offset).ToUniversalTime();
    }

    /// <summary>The hour that the clock shows twice. Leaves <paramref name="local"/> behind it when nothing happens there.</summary>
    private DateTimeOffset? FindInAmbiguousHour(ref DateTime local, DateTimeOffset from, TimeZoneInfo zone)
    {
        // The second after the last one of the first pass is outside, but the second pass is still to come.
        var end = zone.IsAmbiguousTime(local) ? local : Truncate(from.DateTime);
        var offsets = zone.GetAmbiguousTimeOffsets(end);
        var (summer, winter) = (offsets.Max(), offsets.Min());
        while (zone.IsAmbiguousTime(end))
        {
            end = Truncate(end, TimeSpan.FromMinutes(1)).AddMinutes(1);
        }

        if (from.Offset == summer)
        {
            if (NextLocal(local, end) is { } first)
            {
                return new DateTimeOffset(first, summer);
            }

            local = end - (summer - winter);
        }

        if (_repeatsWithinTheDay && NextLocal(local, end) is { } second)
        {
            return new DateTimeOffset(second, winter);
        }

        local = end;
        return null;
    }

    private static DateTimeOffset EndOfGap(DateTime skipped, TimeZoneInfo zone)
    {
        var valid = Truncate(skipped, TimeSpan.FromMinutes(1));
        while (zone.IsInvalidTime(valid))
        {
            valid = valid.AddMinutes(1);
        }

        return new DateTimeOffset(valid, zone.GetUtcOffset(valid)).ToUniversalTime();
    }

    /// <summary>The first matching wall-clock time from <paramref name="from"/> on, before <paramref name="end"/>.</summary>
    private DateTime? NextLocal(DateTime from, DateTime end)
    {
        var limit = end.Year > from.Year + YearsAhead ? from.AddYears(YearsAhead) : end;
        for (var day = from.Date; day < limit; day = _months.Has(day.Month) ? day.AddDays(1) : new DateTime(day.Year, day.Month, 1).AddMonths(1))
        {
            if (_months.Has(day.Month) && MatchesDay(day) && TimeOn(day, day == from.Date ? from.TimeOfDay : TimeSpan.Zero) is { } found)
            {
                return found < end ? found : null;
            }
        }

        return null;
    }

    private DateTime? TimeOn(DateTime day, TimeSpan from)
    {
        for (var hour = _hours.NextFrom(from.Hours); hour < 24; hour = _hours.NextFrom(hour + 1))
        {
            var firstMinute = hour == from.Hours ? from.Minutes : 0;
            for (var minute = _minutes.NextFrom(firstMinute); minute < 60; minute = _minutes.NextFrom(minute + 1))
            {
                var second = _seconds.NextFrom(hour == from.Hours && minute == from.Minutes ? from.Seconds : 0);
                if (second < 60)
                {
                    return day.AddHours(hour).AddMinutes(minute).AddSeconds(second);
                }
            }
        }

        return null;
    }

    private bool MatchesDay(DateTime day) => MatchesDayOfMonth(day) && MatchesDayOfWeek(day);

    private bool MatchesDayOfMonth(DateTime day)
    {
        var last = DateTime.DaysInMonth(day.Year, day.Month);
        if (!_nearestWeekday)
        {
            return _fromLastDay is { } back ? day.Day == last - back : _daysOfMonth.Has(day.Day);
        }

        // « The working day nearest to the 15th », never leaving the month.
        var wanted = _fromLastDay is { } fromLast ? last - fromLast : BitOperations.TrailingZeroCount(_daysOfMonth);
        if (wanted > last)
        {
            return false;
        }

        var target = new DateTime(day.Year, day.Month, wanted);
        var nearest = target.DayOfWeek switch
        {
            DayOfWeek.Saturday => wanted == 1 ? 3 : wanted - 1,
            DayOfWeek.Sunday => wanted == last ? wanted - 2 : wanted + 1,
            _ => wanted,
        };
        return day.Day == nearest;
    }

    private bool MatchesDayOfWeek(DateTime day) =>
        _daysOfWeek.Has((int)day.DayOfWeek)
        && (!_lastDayOfWeek || day.Day + 7 > DateTime.DaysInMonth(day.Year, day.Month))
        && (_nthDayOfWeek == 0 || (day.Day - 1) / 7 + 1 == _nthDayOfWeek);

    private void ReadDayOfMonth(string field)
    {
        var unused = false;
        var text = field.ToUpperInvariant();
        if (text.EndsWith('W'))
        {
            _nearestWeekday = true;
            text = text[..^1];
        }

        if (text.StartsWith('L'))
        {
            _fromLastDay = text.Length == 1 ? 0
                : text[1] == '-' && int.TryParse(text[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var back) && back < 31 ? back
                : throw Field.Wrong(field, "day of month", "L or L-n is expected");
            return;
        }

        if (_nearestWeekday && !text.All(char.IsAsciiDigit))
        {
            throw Field.Wrong(field, "day of month", "W follows one day, as in 15W");
        }

        _daysOfMonth = Field.Read(text == "?" ? "*" : text, "day of month", 1, 31, null, ref unused);
    }

    private void ReadDayOfWeek(string field)
    {
        var unused = false;
        var text = field == "?" ? "*" : field.ToUpperInvariant();
        if (text.Length > 1 && text.EndsWith('L'))
        {
            _lastDayOfWeek = true;
            text = text[..^1];
        }
        else if (text.Split('#') is [var day, var number])
        {
            text = day;
            _nthDayOfWeek = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var nth) && nth is >= 1 and <= 5
                ? nth
                : throw Field.Wrong(field, "day of week", "# is followed by 1 to 5");
        }

        var days = Field.Read(text, "day of week", 0, 7, Days, ref unused);
        _daysOfWeek = days.Has(7) ? days | 1 : days;
    }

    private static DateTime Truncate(DateTime time) => Truncate(time, TimeSpan.FromSeconds(1));

    private static DateTime Truncate(DateTime time, TimeSpan to) => new(time.Ticks - time.Ticks % to.Ticks);

    /// <summary>One field as a set of bits.</summary>
    private static class Field
    {
        public static ulong Read(string field, string name, int min, int max, string[]? names, ref bool repeats)
        {
            var bits = 0UL;
            foreach (var part in field.Split(','))
            {
                bits |= ReadPart(field, part, name, min, max, names, ref repeats);
            }

            return bits;
        }

        public static FormatException Wrong(string field, string name, string why) => new($"The {name} « {field} » of the cron expression is wrong: {why}.");

        private static ulong ReadPart(string field, string part, string name, int min, int max, string[]? names, ref bool repeats)
        {
            var (range, step) = part.Split('/') switch
            {
                [var all] => (all, 1),
                [var all, var every] when int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 => (all, n),
                _ => throw Wrong(field, name, "a step is a number after /"),
            };
            var last = max == 7 ? 6 : max;
            int from, to;
            if (range == "*")
            {
                (from, to) = (min, last);
            }
            else if (range.Split('-') is [var first, var second])
            {
                (from, to) = (Number(field, first, name, min, max, names), Number(field, second, name, min, max, names));
            }
            else
            {
                from = Number(field, range, name, min, max, names);
                to = part.Contains('/', StringComparison.Ordinal) ? last : from;
            }

            repeats |= range == "*" || part.Contains('/', StringComparison.Ordinal) || range.Contains('-', StringComparison.Ordinal);
            var bits = 0UL;
            // A range backwards goes round: 22-2, FRI-MON.
            for (var value = from; value <= (to < from ? to + last - min + 1 : to); value += step)
            {
                bits |= 1UL << (value > last && to < from ? value - last + min - 1 : value);
            }

            return bits;
        }

        private static int Number(string field, string text, string name, int min, int max, string[]? names)
        {
            var index = names is null ? -1 : Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
            {
                return index + (min == 0 ? 0 : 1);
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : throw Wrong(field, name, $"{min} to {max} are possible{(names is null ? "" : $", and {names[0]} to {names[^1]}")}");
        }
    }
}

internal static class Bits
{
    public static bool Has(this ulong bits, int value) => (bits >> value & 1) == 1;

    /// <summary>The smallest set bit from here on; 64 when there is none.</summary>
    public static int NextFrom(this ulong bits, int from) => from > 63 ? 64 : BitOperations.TrailingZeroCount(bits & ulong.MaxValue << from);
}
