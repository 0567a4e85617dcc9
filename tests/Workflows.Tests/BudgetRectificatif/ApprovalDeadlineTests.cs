using Cleiss.Workflows.BudgetRectificatif.Approval;
using Xunit;

namespace Cleiss.Workflows.Tests.BudgetRectificatif;

public sealed class ApprovalDeadlineTests
{
    [Theory]
    [InlineData("2024-11-29", "1 mois", "2024-12-29")]
    [InlineData("2026-01-31", "1 mois", "2026-02-28")]
    [InlineData("2024-01-31", "1 mois", "2024-02-29")]
    [InlineData("2026-02-28", "1 mois", "2026-03-28")]
    [InlineData("2026-12-31", "1 mois", "2027-01-31")]
    [InlineData("2024-11-29", "15 jours", "2024-12-14")]
    public void A_month_runs_to_the_same_day_of_the_next_or_to_its_last(string received, string delay, string lastDay) =>
        Assert.Equal(DateOnly.Parse(lastDay, null), ApprovalDeadline.Compute(DateOnly.Parse(received, null), delay, []).LastDay);

    [Fact]
    public void Each_day_of_a_suspension_is_added_and_the_sentence_says_why()
    {
        var deadline = ApprovalDeadline.Compute(new(2024, 11, 29), "1 mois", [new(new(2024, 12, 10), new(2024, 12, 20))]);

        Assert.Equal((new DateOnly(2025, 1, 8), new DateOnly(2025, 1, 9)), (deadline.LastDay, deadline.ExecutoryOn));
        Assert.Equal(
            "Reçu par la tutelle le 29 novembre 2024 ; le délai de 1 mois court jusqu'au 29 décembre 2024. Suspendu du 10 décembre 2024 au 20 décembre 2024, soit 10 jours. "
            + "Le délai s'achève donc le 8 janvier 2025. Sans décision d'ici là, le budget est réputé approuvé, et exécutoire le 9 janvier 2025.",
            deadline.Explanation);
    }

    [Fact]
    public void Suspensions_that_overlap_begin_before_the_receipt_or_come_too_late_do_not_count_twice()
    {
        var deadline = ApprovalDeadline.Compute(
            new(2026, 3, 1), "1 mois",
            [new(new(2026, 2, 20), new(2026, 3, 3)), new(new(2026, 3, 10), new(2026, 3, 20)), new(new(2026, 3, 15), new(2026, 3, 25)), new(new(2026, 6, 1), new(2026, 6, 9))]);

        Assert.Equal([2, 10, 5], deadline.Suspensions.Select(one => one.Days));
        Assert.Equal(new DateOnly(2026, 4, 18), deadline.LastDay);
        Assert.Contains("La suspension du 1er juin 2026 au 9 juin 2026 n'y ajoute rien : elle est hors du délai, ou déjà comptée.", deadline.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspension_that_ends_before_it_begins_is_refused()
    {
        var refused = Assert.Throws<FormatException>(() => ApprovalDeadline.Compute(new(2026, 3, 1), "1 mois", [new(new(2026, 3, 20), new(2026, 3, 10))]));

        Assert.Equal("La suspension du 20 mars 2026 au 10 mars 2026 s'achève avant de commencer : corrigez l'une des deux dates.", refused.Message);
    }

    [Fact]
    public void A_delay_that_does_not_read_is_said() => Assert.Throws<FormatException>(() => ApprovalDeadline.Compute(new(2026, 3, 1), "bientôt", []));
}
