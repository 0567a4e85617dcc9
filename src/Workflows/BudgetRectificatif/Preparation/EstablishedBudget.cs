using System.Text.Json.Nodes;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;

namespace Cleiss.Workflows.BudgetRectificatif.Preparation;

/// <summary>A prepared budget with everything computed to the cent, as people read it, sign it and find it in the board's pack.</summary>
internal static class EstablishedBudget
{
    public const string FormKey = "budget-etabli";

    private static readonly EnvelopeKind[] Kinds = Enum.GetValues<EnvelopeKind>();

    /// <param name="preparation">What the officer wrote, for the texts.</param>
    public static JsonObject Write(string title, JsonObject preparation, BudgetPreparation budget, IReadOnlyList<BudgetFinding> findings)
    {
        // The sums of the lines: what a document prints beside them is compared, not taken over.
        var (before, after) = (budget.Before, budget.After with { TotalAe = null, TotalCp = null });
        return new JsonObject
        {
            ["intitule"] = title,
            ["budgetPrecedent"] = preparation["budgetPrecedent"]?.DeepClone(),
            ["enveloppes"] = new JsonArray(
            [
                .. Kinds.Select(kind => Row(
                    kind.ToString(), before.AeOf(kind), budget.ChangeOf(kind, change => change.Ae), after.AeOf(kind), before.CpOf(kind), budget.ChangeOf(kind, change => change.Cp), after.CpOf(kind))),
                Row("Total", before.Ae, after.Ae - before.Ae, after.Ae, before.Cp, after.Cp - before.Cp, after.Cp),
            ]),
            ["equilibre"] = new JsonArray(
                Balance("Recettes", before.Revenue, after.Revenue),
                Balance("Crédits de paiement", before.Cp, after.Cp),
                Balance("Solde budgétaire", before.ComputedBalance, after.ComputedBalance)),
            ["emplois"] = budget.After.JobsEtpt,
            ["plafondEmplois"] = budget.JobsCeiling,
            ["modifications"] = new JsonArray([.. budget.Changes.Select(change => new JsonObject
            {
                ["enveloppe"] = change.Envelope.ToString(), ["ligne"] = change.Line, ["ae"] = change.Ae, ["cp"] = change.Cp, ["motif"] = change.Reason,
            })]),
            ["motifRecettes"] = preparation["motifRecettes"]?.DeepClone(),
            ["note"] = preparation["note"]?.DeepClone(),
            ["erreurs"] = Sentences(findings, FindingKind.Error),
            ["remarques"] = Sentences(findings, FindingKind.Remark),
        };
    }

    /// <summary>The figures again, for the register: the next budget is prepared from them.</summary>
    public static Budget Read(JsonObject established)
    {
        var rows = established["enveloppes"]!.AsArray().OfType<JsonObject>().ToDictionary(row => row["enveloppe"]!.GetValue<string>(), StringComparer.Ordinal);
        return new Budget(
            "",
            Kinds.ToDictionary(kind => kind, kind => new Envelope(BudgetJson.Amount(rows[kind.ToString()]["aeApres"]), BudgetJson.Amount(rows[kind.ToString()]["cpApres"]))),
            Revenue: BudgetJson.Amount(established["equilibre"]![0]!["apres"]),
            JobsEtpt: BudgetJson.Amount(established["emplois"]));
    }

    private static JsonObject Row(string name, decimal? aeBefore, decimal? aeChange, decimal? aeAfter, decimal? cpBefore, decimal? cpChange, decimal? cpAfter) => new()
    {
        ["enveloppe"] = name,
        ["aeAvant"] = aeBefore,
        ["aeVariation"] = aeAfter is null ? null : aeChange,
        ["aeApres"] = aeAfter,
        ["cpAvant"] = cpBefore,
        ["cpVariation"] = cpAfter is null ? null : cpChange,
        ["cpApres"] = cpAfter,
    };

    private static JsonObject Balance(string name, decimal? before, decimal? after) =>
        new() { ["poste"] = name, ["avant"] = before, ["variation"] = after - before, ["apres"] = after };

    private static JsonArray Sentences(IEnumerable<BudgetFinding> findings, FindingKind kind) =>
        [.. findings.Where(finding => finding.Kind == kind).Select(finding => new JsonObject { ["constat"] = finding.Message })];
}
