namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>Every contradiction of a budget's figures at once, and every difference that rounding explains.</summary>
public static class BudgetCheck
{
    /// <param name="jobsCeiling">Plafond d'emplois in ETPT; null where none is set.</param>
    public static IReadOnlyList<BudgetFinding> Check(Budget budget, decimal? jobsCeiling = null)
    {
        var findings = new List<BudgetFinding?>();
        foreach (var kind in Enum.GetValues<EnvelopeKind>())
        {
            CheckEnvelope(kind, budget.Envelopes.GetValueOrDefault(kind), findings);
        }

        findings.Add(CompareTotal(budget, "totalAe", "le total des AE", budget.TotalAe, budget.AeOf, "AE"));
        findings.Add(CompareTotal(budget, "totalCp", "le total des CP", budget.TotalCp, budget.CpOf, "CP"));
        if (budget is { Balance: { } balance, Revenue: { } revenue, Cp: { } cp })
        {
            findings.Add(SumCheck.Compare("balance", new("le solde budgétaire", balance), [new("les recettes", revenue), new("les CP", -cp)]));
        }

        if (budget.Revenue < 0)
        {
            findings.Add(new(FindingKind.Error, "revenue", "Les recettes ne peuvent pas être négatives."));
        }

        if (budget.JobsEtpt > jobsCeiling)
        {
            findings.Add(new(
                FindingKind.Error, "jobsEtpt",
                $"{budget.JobsEtpt} ETPT dépassent le plafond d'emplois de {jobsCeiling} ETPT, qui est limitatif (GBCP art. 178). Réduisez les emplois ou faites relever le plafond."));
        }

        return [.. findings.OfType<BudgetFinding>()];
    }

    /// <summary>Compares printed changes with the two budgets they lie between.</summary>
    public static IReadOnlyList<BudgetFinding> CheckChanges(Budget before, Budget after, BudgetChanges changes)
    {
        var findings = new List<BudgetFinding?>();
        var lines = new List<Figure>();
        foreach (var (kind, printed) in changes.Cp)
        {
            var line = new Figure($"la variation de l'enveloppe {Key(kind)}", printed, after.CpOf(kind) - before.CpOf(kind));
            lines.Add(line);
            findings.Add(CompareChange($"changes.{Key(kind)}Cp", line, after.CpOf(kind), before.CpOf(kind)));
        }

        if (changes.TotalCp is { } total)
        {
            findings.Add(SumCheck.Compare("changes.totalCp", new("la variation totale des CP", total, after.Cp - before.Cp), lines));
        }

        if (changes.Revenue is { } revenue)
        {
            findings.Add(CompareChange("changes.revenue", new("la variation des recettes", revenue), after.Revenue, before.Revenue));
        }

        return [.. findings.OfType<BudgetFinding>()];
    }

    /// <summary>Compares printed rates of execution with those the figures give.</summary>
    public static IReadOnlyList<BudgetFinding> CheckExecution(Budget budget, Execution execution)
    {
        var findings = new List<BudgetFinding?>(Check(execution.Actual));
        foreach (var (kind, printed) in execution.Rates)
        {
            findings.Add(CompareRate($"rates.{Key(kind)}", $"l'enveloppe {Key(kind)}", printed, execution.Actual.CpOf(kind), budget.CpOf(kind)));
        }

        findings.Add(CompareRate("rates.total", "l'ensemble des CP", execution.TotalRate, execution.Actual.Cp, budget.Cp));
        findings.Add(CompareRate("rates.revenue", "les recettes", execution.RevenueRate, execution.Actual.Revenue, budget.Revenue));
        return [.. findings.OfType<BudgetFinding>()];
    }

    /// <summary>Per cent, to two decimals, half away from zero; null when a figure is missing or there is nothing to divide by.</summary>
    public static decimal? Rate(decimal? part, decimal? whole) =>
        part is { } p && whole is { } w && w != 0 ? decimal.Round(p / w * 100m, 2, MidpointRounding.AwayFromZero) : null;

    private static void CheckEnvelope(EnvelopeKind kind, Envelope? envelope, List<BudgetFinding?> findings)
    {
        if (envelope?.Ae < 0)
        {
            findings.Add(new(FindingKind.Error, $"envelopes.{Key(kind)}.ae", $"Les AE de l'enveloppe {Key(kind)} ne peuvent pas être négatives : une réduction ne dépasse pas ce qui est ouvert."));
        }

        if (envelope?.Cp < 0)
        {
            findings.Add(new(FindingKind.Error, $"envelopes.{Key(kind)}.cp", $"Les CP de l'enveloppe {Key(kind)} ne peuvent pas être négatifs : une réduction ne dépasse pas ce qui est ouvert."));
        }

        if (kind == EnvelopeKind.Personnel && envelope is { Ae: { } ae, Cp: { } cp } && ae != cp)
        {
            findings.Add(new(
                FindingKind.Error, "envelopes.personnel.ae",
                $"Les AE et les CP de l'enveloppe personnel sont égaux par construction ; ici {FrenchAmount.Of(ae)} et {FrenchAmount.Of(cp)}."));
        }
    }

    private static BudgetFinding? CompareTotal(Budget budget, string path, string label, decimal? total, Func<EnvelopeKind, decimal?> of, string unit)
    {
        var lines = Enum.GetValues<EnvelopeKind>().Where(kind => of(kind) is not null).Select(kind => new Figure($"l'enveloppe {Key(kind)} ({unit})", of(kind)!.Value)).ToList();
        return total is { } printed && lines.Count == Enum.GetValues<EnvelopeKind>().Length && budget.Envelopes.Count > 0
            ? SumCheck.Compare(path, new(label, printed), lines)
            : null;
    }

    private static BudgetFinding? CompareChange(string path, Figure printed, decimal? after, decimal? before) =>
        after is { } now && before is { } then
            ? SumCheck.Compare(path, printed, [new("le nouveau budget", now), new("le budget précédent", -then)])
            : null;

    private static BudgetFinding? CompareRate(string path, string label, decimal? printed, decimal? part, decimal? whole)
    {
        if (printed is not { } rate || Rate(part, whole) is not { } computed || computed == rate)
        {
            return null;
        }

        return new(
            FindingKind.Error, path,
            $"Le taux imprimé pour {label} est {FrenchAmount.Rate(rate)} ; les chiffres donnent {FrenchAmount.Rate(computed)} ({FrenchAmount.Of(part!.Value)} sur {FrenchAmount.Of(whole!.Value)}).");
    }

    private static string Key(EnvelopeKind kind) => kind.ToString().ToLowerInvariant();
}
