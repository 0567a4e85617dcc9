using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Cleiss.Workflows.BudgetRectificatif.Register;

namespace Cleiss.Workflows.BudgetRectificatif.Preparation;

/// <summary>
/// Computes a prepared budget to the cent and checks it against itself, its printed totals and the register. What it found is an answer of the
/// case, so that each variant is kept and people read it before they submit, approve or sign.
/// </summary>
[Activity("Cleiss", "Cleiss", "Calcule le budget préparé, le contrôle au centime et explique les écarts d'arrondi.", DisplayName = "Établir le budget")]
[FlowNode(Sound, Faulty)]
public sealed class EstablishBudget : Activity
{
    public const string Sound = "Chiffres cohérents";
    public const string Faulty = "Chiffres à corriger";

    [Input(DisplayName = "Préparation", Description = "Résultat de la tâche de préparation.", IsRequired = true, Order = 1)]
    public Input<JsonObject>? Preparation { get; set; }

    [Input(DisplayName = "Exercice", IsRequired = true, Order = 2)]
    public Input<int>? Exercise { get; set; }

    [Input(DisplayName = "Rang", Description = "0 pour le budget initial, 1 pour le premier budget rectificatif…", IsRequired = true, Order = 3)]
    public Input<int>? Rank { get; set; }

    [Input(DisplayName = "Budget de départ", Description = "Identifiant dans le registre du budget voté dont les chiffres doivent être repris ; vide : aucun.", Order = 4)]
    public Input<string>? From { get; set; }

    [Output(DisplayName = "Réponse", Description = "Identifiant du budget établi.")]
    public Output<string>? AnswerId { get; set; }

    /// <summary><c>totalAe</c>, <c>totalCp</c>, <c>recettes</c>, <c>solde</c>, the CP by envelope, <c>erreurs</c> and <c>remarques</c>.</summary>
    [Output(DisplayName = "Chiffres")]
    public Output<JsonObject>? Result { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var data = context.Get(Preparation)?["data"] as JsonObject ?? throw new FaultException("La préparation du budget n'a pas de chiffres.");
        var (exercise, rank) = (context.Get(Exercise), context.Get(Rank));
        var from = context.Get(From) is { Length: > 0 } id ? await context.GetRequiredService<BudgetRegister>().FindAsync(id, CancellationToken.None) : null;
        var budget = BudgetPreparation.Read(data, RegisteredBudget.CodeOf(rank));
        var findings = budget.Check(from);
        var answerId = await CaseAnswer.RecordAsync(
            context, EstablishedBudget.FormKey, EstablishedBudget.Write(RegisteredBudget.TitleOf(exercise, rank), data, budget, findings));
        var after = budget.After with { TotalAe = null, TotalCp = null };
        context.Set(AnswerId, answerId);
        context.Set(Result, new JsonObject
        {
            ["totalAe"] = after.Ae,
            ["totalCp"] = after.Cp,
            ["recettes"] = after.Revenue,
            ["solde"] = after.ComputedBalance,
            ["personnelCp"] = after.CpOf(EnvelopeKind.Personnel),
            ["fonctionnementCp"] = after.CpOf(EnvelopeKind.Fonctionnement),
            ["investissementCp"] = after.CpOf(EnvelopeKind.Investissement),
            ["erreurs"] = findings.Count(finding => finding.Kind == FindingKind.Error),
            ["remarques"] = findings.Count(finding => finding.Kind == FindingKind.Remark),
        });
        await context.CompleteActivityWithOutcomesAsync(findings.Any(finding => finding.Kind == FindingKind.Error) ? Faulty : Sound);
    }
}
