namespace Cleiss.Activities;

/// <summary>The eleven public holidays of Code du travail, art. L3133-1; those of Alsace-Moselle and overseas do not count.</summary>
public static class FrenchHolidays
{
    private static readonly (int Month, int Day)[] Fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];

    // Easter Monday, Ascension, Whit Monday.
    private static readonly int[] AfterEaster = [1, 39, 50];

    public static bool Contains(DateOnly date) =>
        Array.IndexOf(Fixed, (date.Month, date.Day)) >= 0 || Array.IndexOf(AfterEaster, date.DayNumber - Easter(date.Year).DayNumber) >= 0;

    /// <summary>Monday to Friday, and no public holiday.</summary>
    public static bool IsWorkingDay(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Contains(date);

    /// <summary>Sunday after the first full moon of spring, by the tables of the Gregorian calendar.</summary>
    private static DateOnly Easter(int year)
    {
        var golden = year % 19;
        var century = year / 100;
        var epact = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
        var moon = epact - epact / 28 * (1 - epact / 28 * (29 / (epact + 1)) * ((21 - golden) / 11));
        var weekday = (year + year / 4 + moon + 2 - century + century / 4) % 7;
        var sunday = moon - weekday;
        var month = 3 + (sunday + 40) / 44;
        return new DateOnly(year, month, sunday + 28 - 31 * (month / 4));
    }
}
