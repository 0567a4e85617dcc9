using System.Globalization;
using Cleiss.Engine.Timers;
using Xunit;

namespace Cleiss.Engine.Tests.Timers;

public sealed class CronExpressionTests
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    // 10 March 2026 is a Tuesday.
    [Theory]
    [InlineData("* * * * * *", "2026-03-10T09:00:00", "2026-03-10T09:00:01")]
    [InlineData("*/15 * * * * *", "2026-03-10T09:00:46", "2026-03-10T09:01:00")]
    [InlineData("0 0 9 * * *", "2026-03-10T09:00:00", "2026-03-11T09:00:00")]
    [InlineData("0 0 9 * * *", "2026-03-10T08:59:59", "2026-03-10T09:00:00")]
    [InlineData("0 0 9 * * MON-FRI", "2026-03-13T10:00:00", "2026-03-16T09:00:00")]
    [InlineData("0 0 9 * * fri-mon", "2026-03-10T10:00:00", "2026-03-13T09:00:00")]
    [InlineData("0 0 9 * * 7", "2026-03-10T10:00:00", "2026-03-15T09:00:00")]
    [InlineData("0 0 9 * * 0", "2026-03-10T10:00:00", "2026-03-15T09:00:00")]
    [InlineData("0 0 9 13 * FRI", "2026-03-14T00:00:00", "2026-11-13T09:00:00")]
    [InlineData("0 30 22-2 * * *", "2026-03-10T09:00:00", "2026-03-10T22:30:00")]
    [InlineData("0 30 22-2 * * *", "2026-03-11T00:31:00", "2026-03-11T01:30:00")]
    [InlineData("0 0 0 L * *", "2028-02-10T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 0 L-2 * *", "2026-03-10T00:00:00", "2026-03-29T00:00:00")]
    [InlineData("0 0 8 15W * *", "2026-03-10T00:00:00", "2026-03-16T08:00:00")]
    [InlineData("0 0 8 1W * *", "2026-07-31T09:00:00", "2026-08-03T08:00:00")]
    [InlineData("0 0 8 LW * ?", "2026-05-10T00:00:00", "2026-05-29T08:00:00")]
    [InlineData("0 0 8 ? * 5L", "2026-03-10T00:00:00", "2026-03-27T08:00:00")]
    [InlineData("0 0 8 * * TUE#2", "2026-03-10T08:00:00", "2026-04-14T08:00:00")]
    [InlineData("0 0 0 29 2 *", "2026-03-10T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 0 1 JAN,JUL *", "2026-03-10T00:00:00", "2026-07-01T00:00:00")]
    [InlineData("0 5/20 * * * *", "2026-03-10T09:26:00", "2026-03-10T09:45:00")]
    [InlineData("@daily", "2026-12-31T12:00:00", "2027-01-01T00:00:00")]
    public void Next_IsTheFirstMomentAfter(string cron, string after, string expected) => Assert.Equal(Local(expected), Next(cron, Local(after)));

    [Theory]
    [InlineData("")]
    [InlineData("0 9 * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("0 0 24 * * *")]
    [InlineData("0 0 0 0 * *")]
    [InlineData("0 0 0 * 13 *")]
    [InlineData("0 0 0 * * 8")]
    [InlineData("0 0 0 * * LUN")]
    [InlineData("0 0 0 1-5W * *")]
    [InlineData("0 0 0 * * MON#6")]
    [InlineData("*/0 * * * * *")]
    [InlineData("a b c d e f")]
    public void Parse_NoCron_IsRefused(string cron) => Assert.Throws<FormatException>(() => CronExpression.Parse(cron));

    [Fact]
    public void Next_ThirtiethOfFebruary_IsNever() => Assert.Null(CronExpression.Parse("0 0 0 30 2 *").Next(Local("2026-03-10T00:00:00"), Paris));

    // 29 March 2026: 02:00 becomes 03:00.
    [Theory]
    [InlineData("0 30 2 * * *", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("0 30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("0 */30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("0 */30 * * * *", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("0 0 9 * * *", "2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z")]
    public void Next_InTheSpringNight_FallsAfterTheGap_Once(string cron, string after, string expected) => Assert.Equal(Utc(expected), Next(cron, Utc(after)));

    // 25 October 2026: 03:00 becomes 02:00, so 02:30 is shown at 00:30Z and at 01:30Z.
    [Theory]
    [InlineData("0 30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("0 30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0 */30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("0 */30 * * * *", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("0 */30 * * * *", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("0 0 * * * *", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z")]
    [InlineData("0 0 3 * * *", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z")]
    public void Next_InTheAutumnNight_FixedTimesOnce_RepeatedOnesThroughBothHours(string cron, string after, string expected) =>
        Assert.Equal(Utc(expected), Next(cron, Utc(after)));

    [Fact]
    public void Next_OverAYearOfHours_NeitherSkipsNorRepeatsOne()
    {
        var cron = CronExpression.Parse("0 0 * * * *");
        var time = Utc("2026-01-01T00:00:00Z");
        for (var hour = 0; hour < 24 * 365; hour++)
        {
            var next = cron.Next(time, Paris);
            Assert.Equal(time.AddHours(1), next);
            time = next!.Value;
        }
    }

    [Theory]
    [InlineData("every 00:01:00", "09:00:00", "09:00:00", "09:01:00")]
    [InlineData("every 00:01:00", "09:00:00", "09:07:30", "09:08:00")]
    [InlineData("every 00:01:00", "09:00:00", "08:00:00", "09:01:00")]
    [InlineData("cron 0 0 * * * *", "09:00:00", "11:20:00", "12:00:00")]
    public void Recurrence_LateOnesCountAsOne_AndAnIntervalKeepsItsPhase(string recurrence, string fired, string now, string expected) =>
        Assert.Equal(Local("2026-03-10T" + expected), Recurrence.Next(recurrence, Local("2026-03-10T" + fired), Local("2026-03-10T" + now), Paris));

    private static DateTimeOffset? Next(string cron, DateTimeOffset after) => CronExpression.Parse(cron).Next(after, Paris);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Local(string text)
    {
        var time = DateTime.Parse(text, CultureInfo.InvariantCulture);
        return new DateTimeOffset(time, Paris.GetUtcOffset(time)).ToUniversalTime();
    }
}
