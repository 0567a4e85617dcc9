using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Xunit;

namespace Cleiss.Workflows.Tests.BudgetRectificatif;

/// <summary>The figures of the activity reports come out of our arithmetic, their slips of a cent and a euro explained and not hidden.</summary>
public sealed class PublishedFiguresTests
{
    [Fact]
    public void The_initial_budget_of_2024_adds_up_to_the_last_euro()
    {
        var budget = Budget(2024, "BI");
        Assert.Empty(BudgetCheck.Check(budget, Year(2024).JobsCeilingEtpt));
        Assert.Equal(7_557_051m, budget.Envelopes.Values.Sum(envelope => envelope.Ae));
        Assert.Equal(8_918_818m, budget.Envelopes.Values.Sum(envelope => envelope.Cp));
        Assert.Equal(-711_798m, budget.ComputedBalance);
    }

    [Fact]
    public void The_amending_budget_of_2024_is_a_cent_off_because_one_line_is_printed_in_euros()
    {
        var findings = BudgetCheck.Check(Budget(2024, "BR1"));
        Assert.All(findings, finding => Assert.Equal(FindingKind.Remark, finding.Kind));
        Assert.Equal(["totalCp", "balance"], findings.Select(finding => finding.Path));
        Assert.Equal(
            "Le total des CP : 8 539 258,09 € ; la somme donne 8 539 258,10 €. Arrondi à l'euro : l'enveloppe fonctionnement (CP), 2 472 287,99 € d'après les autres chiffres.",
            Plain(findings[0].Message));
        Assert.Equal("Le solde budgétaire : −296 379 € ; la somme donne −296 379,09 €. Arrondi à l'euro : le solde budgétaire.", Plain(findings[1].Message));
    }

    [Fact]
    public void The_changes_of_2024_miss_a_euro_and_the_line_rounded_the_wrong_way_is_named()
    {
        var findings = BudgetCheck.CheckChanges(Budget(2024, "BI"), Budget(2024, "BR1"), Year(2024).Changes["BR1"]);
        Assert.All(findings, finding => Assert.Equal(FindingKind.Remark, finding.Kind));
        var total = Assert.Single(findings, finding => finding.Path == "changes.totalCp");
        Assert.Equal(
            "La variation totale des CP : −379 560 € ; la somme donne −379 561 €. Arrondi dans le mauvais sens : la variation de l'enveloppe personnel, −240 533 € imprimé pour −240 532,09 €.",
            Plain(total.Message));
        Assert.DoesNotContain(findings, finding => finding.Path == "changes.revenue");
    }

    [Fact]
    public void The_execution_of_2024_has_a_balance_cut_off_and_rates_that_are_right()
    {
        var findings = BudgetCheck.CheckExecution(Budget(2024, "BR1"), Year(2024).Execution!);
        var balance = Assert.Single(findings);
        Assert.Equal((FindingKind.Remark, "balance"), (balance.Kind, balance.Path));
        Assert.Equal(
            "Le solde budgétaire : −185 144 € ; la somme donne −185 144,64 €. L'un des chiffres connus à l'euro seulement a été arrondi ou tronqué : le solde budgétaire, les recettes.",
            Plain(balance.Message));
    }

    [Fact]
    public void The_second_amending_budget_of_2025_adds_up_and_tells_the_revenue_it_does_not_print()
    {
        var budget = Budget(2025, "BR2");
        Assert.Empty(BudgetCheck.Check(budget));
        Assert.Equal(8_738_216m, budget.Envelopes.Values.Sum(envelope => envelope.Cp));
        Assert.Equal(8_268_271m, budget.RevenueFromBalance);
        Assert.Equal(8_243_398m, Budget(2025, "BR1").RevenueFromBalance);
    }

    [Fact]
    public void The_execution_of_2025_gives_97_48_per_cent_and_the_97_50_of_the_text_is_an_error()
    {
        var execution = Year(2025).Execution!;
        var findings = BudgetCheck.CheckExecution(Budget(2025, "BR2"), execution);
        var balance = Assert.Single(findings);
        Assert.Equal("Le solde budgétaire : −249 372 € ; la somme donne −249 371,54 €. Arrondi à l'euro : le solde budgétaire.", Plain(balance.Message));

        var text = BudgetCheck.CheckExecution(Budget(2025, "BR2"), execution with { TotalRate = 97.50m });
        var rate = Assert.Single(text, finding => finding.Kind == FindingKind.Error);
        Assert.Equal(
            "Le taux imprimé pour l'ensemble des CP est 97,50 % ; les chiffres donnent 97,48 % (8 517 816,54 € sur 8 738 216 €).", Plain(rate.Message));
    }

    [Theory]
    [InlineData(EnvelopeKind.Personnel, 99.60, 98.96)]
    [InlineData(EnvelopeKind.Fonctionnement, 96.16, 95.19)]
    [InlineData(EnvelopeKind.Investissement, 100.00, 55.33)]
    public void The_rates_of_execution_are_those_printed(EnvelopeKind kind, double in2024, double in2025)
    {
        Assert.Equal((decimal)in2024, BudgetCheck.Rate(Year(2024).Execution!.Actual.CpOf(kind), Budget(2024, "BR1").CpOf(kind)));
        Assert.Equal((decimal)in2025, BudgetCheck.Rate(Year(2025).Execution!.Actual.CpOf(kind), Budget(2025, "BR2").CpOf(kind)));
    }

    [Fact]
    public void A_total_two_euros_off_is_an_error()
    {
        var budget = Budget(2024, "BI") with { TotalCp = 8_918_820m, Balance = null };
        var finding = Assert.Single(BudgetCheck.Check(budget));
        Assert.Equal((FindingKind.Error, "totalCp"), (finding.Kind, finding.Path));
        Assert.Contains("soit un écart de 2 €", Plain(finding.Message), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var budget = new Budget(
            "BR1",
            new Dictionary<EnvelopeKind, Envelope>
            {
                [EnvelopeKind.Personnel] = new(100m, 90m),
                [EnvelopeKind.Fonctionnement] = new(50m, -10m),
                [EnvelopeKind.Investissement] = new(-5m, 20m),
            },
            TotalAe: 145m, TotalCp: 120m, Revenue: -1m, Balance: 0m, JobsEtpt: 84m);
        Assert.Equal(
            ["envelopes.personnel.ae", "envelopes.fonctionnement.cp", "envelopes.investissement.ae", "totalCp", "balance", "revenue", "jobsEtpt"],
            BudgetCheck.Check(budget, 83.2m).Where(finding => finding.Kind == FindingKind.Error).Select(finding => finding.Path));
    }

    private static BudgetYear Year(int year) => PublishedBudgets.Years.Single(found => found.Year == year);

    private static Budget Budget(int year, string code) => Year(year).Budgets.Single(budget => budget.Code == code);

    /// <summary>No-break spaces are for the eye; a test reads better without.</summary>
    private static string Plain(string text) => text.Replace('\u202F', ' ').Replace('\u00A0', ' ');
}
