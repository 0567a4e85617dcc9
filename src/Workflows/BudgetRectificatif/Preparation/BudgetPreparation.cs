using System.Text.Json.Nodes;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Cleiss.Workflows.BudgetRectificatif.Register;

namespace Cleiss.Workflows.BudgetRectificatif.Preparation;

/// <param name="Ae">Added to the envelope's AE; negative to take off.</param>
/// <param name="Cp">Added to the envelope's CP; negative to take off.</param>
internal sealed record BudgetChange(EnvelopeKind Envelope, string Line, decimal Ae, decimal Cp, string Reason);

/// <summary>A budget as an officer prepares it: the last one voted, the changes by line, and the totals that the written document prints.</summary>
/// <param name="After">With the totals its document prints, where they are given.</param>
internal sealed record BudgetPreparation(
    Budget Before, Budget After, IReadOnlyList<BudgetChange> Changes, BudgetChanges Printed, decimal? JobsCeiling, IReadOnlyList<BudgetFinding> Unreadable)
{
    private static readonly EnvelopeKind[] Kinds = Enum.GetValues<EnvelopeKind>();

    /// <param name="data">Of the form « preparation-budget », validated.</param>
    public static BudgetPreparation Read(JsonObject data, string code)
    {
        var rows = Rows(data, "enveloppes").Select(row => (Kind: KindOf(row), Envelope: new Envelope(Money(row, "aeAvant"), Money(row, "cpAvant")))).ToList();
        var unreadable = Kinds.Where(kind => rows.Count(row => row.Kind == kind) != 1)
            .Select(kind => new BudgetFinding(FindingKind.Error, "enveloppes", $"L'enveloppe {BudgetJson.KeyOf(kind)} doit figurer une fois, et une seule, dans le dernier budget voté.")).ToList();
        var changes = Rows(data, "modifications")
            .Select(row => new BudgetChange(KindOf(row) ?? EnvelopeKind.Fonctionnement, Text(row, "ligne"), Money(row, "ae") ?? 0m, Money(row, "cp") ?? 0m, Text(row, "motif"))).ToList();
        var before = rows.Where(row => row.Kind is not null).DistinctBy(row => row.Kind).ToDictionary(row => row.Kind!.Value, row => row.Envelope);
        var revenue = Money(data, "recettesAvant");
        return new BudgetPreparation(
            new Budget("avant", before, Revenue: revenue),
            new Budget(
                code,
                before.ToDictionary(pair => pair.Key, pair => new Envelope(
                    pair.Value.Ae + changes.Where(change => change.Envelope == pair.Key).Sum(change => change.Ae),
                    pair.Value.Cp + changes.Where(change => change.Envelope == pair.Key).Sum(change => change.Cp))),
                Money(data, "totalAeImprime"), Money(data, "totalCpImprime"), revenue + (Money(data, "recettesVariation") ?? 0m), Money(data, "soldeImprime"), Money(data, "emplois")),
            changes,
            new BudgetChanges(
                Kinds.Select(kind => (kind, Amount: Money(data, "variation" + kind))).Where(one => one.Amount is not null).ToDictionary(one => one.kind, one => one.Amount!.Value),
                Money(data, "variationTotale"), Money(data, "variationRecettes")),
            Money(data, "plafondEmplois"),
            unreadable);
    }

    /// <summary>Everything that contradicts itself or the register, and what rounding explains.</summary>
    /// <param name="from">The register's own figures of the budget before; null when they are not to be compared.</param>
    public IReadOnlyList<BudgetFinding> Check(RegisteredBudget? from) =>
        Unreadable.Count > 0
            ? Unreadable
            : [.. from is null ? [] : CompareWith(from), .. BudgetCheck.Check(After, JobsCeiling), .. BudgetCheck.CheckChanges(Before, After, Printed)];

    public decimal ChangeOf(EnvelopeKind kind, Func<BudgetChange, decimal> of) => Changes.Where(change => change.Envelope == kind).Sum(of);

    private IEnumerable<BudgetFinding> CompareWith(RegisteredBudget from)
    {
        if (from.Stage == BudgetStage.Preparation)
        {
            return [new BudgetFinding(FindingKind.Error, "budgetPrecedent", $"Le {Lower(from.Title)} dont vous partez n'est plus voté : il est revenu en préparation. Attendez son vote, ou annulez ce dossier.")];
        }

        // What the report's document prints wrong by a cent stays wrong by a cent: it is said, and changes nothing.
        var slips = BudgetCheck.Check(from.Figures).Where(finding => finding.Kind == FindingKind.Remark)
            .Select(finding => finding with { Path = "budgetPrecedent", Message = $"{from.Title}, tel que voté – {finding.Message}" });
        var differences = Kinds
            .SelectMany(kind => new[] { (What: $"les AE de l'enveloppe {BudgetJson.KeyOf(kind)}", Here: Before.AeOf(kind), There: from.Figures.AeOf(kind)), (What: $"les CP de l'enveloppe {BudgetJson.KeyOf(kind)}", Here: Before.CpOf(kind), There: from.Figures.CpOf(kind)) })
            .Append((What: "les recettes", Here: Before.Revenue, There: from.Figures.RevenueFromBalance))
            .Where(figure => figure.There is not null && figure.Here != figure.There)
            .Select(figure => new BudgetFinding(
                FindingKind.Error, "enveloppes",
                $"{from.Title} : {figure.What} sont de {FrenchAmount.Of(figure.There!.Value)}, et non de {(figure.Here is { } here ? FrenchAmount.Of(here) : "zéro")}. Partez des chiffres votés et portez l'écart dans les modifications."));
        return [.. slips, .. differences];
    }

    private static string Lower(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private static EnvelopeKind? KindOf(JsonObject row) => Enum.TryParse<EnvelopeKind>(Text(row, "enveloppe"), ignoreCase: true, out var kind) ? kind : null;

    private static IEnumerable<JsonObject> Rows(JsonObject data, string name) => (data[name] as JsonArray ?? []).OfType<JsonObject>();

    private static decimal? Money(JsonObject data, string name) => BudgetJson.Amount(data[name]);

    private static string Text(JsonObject data, string name) => data[name] is JsonValue value ? value.ToString() : "";
}
