using System.Globalization;
using Cleiss.Activities;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class FrenchHolidaysTests
{
    [Theory]
    [InlineData(2024, "01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25")]
    [InlineData(2025, "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25")]
    [InlineData(2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25")]
    [InlineData(2027, "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25")]
    // Ascension on the first of May: ten days instead of eleven.
    [InlineData(2008, "01-01 03-24 05-01 05-08 05-12 07-14 08-15 11-01 11-11 12-25")]
    public void A_year_has_its_public_holidays(int year, string days)
    {
        var found = Enumerable.Range(0, 366).Select(new DateOnly(year, 1, 1).AddDays).Where(day => day.Year == year && FrenchHolidays.Contains(day));

        Assert.Equal(days, string.Join(' ', found.Select(day => day.ToString("MM-dd", CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_holiday_and_a_weekend_are_no_working_days()
    {
        Assert.False(FrenchHolidays.IsWorkingDay(new DateOnly(2026, 5, 14)));
        Assert.True(FrenchHolidays.IsWorkingDay(new DateOnly(2026, 5, 15)));
        Assert.False(FrenchHolidays.IsWorkingDay(new DateOnly(2026, 5, 16)));
    }
}
