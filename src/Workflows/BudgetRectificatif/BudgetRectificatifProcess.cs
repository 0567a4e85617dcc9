using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Cleiss.Workflows.BudgetRectificatif.Register;

namespace Cleiss.Workflows.BudgetRectificatif;

/// <summary>
/// A budget of the agency from its preparation to the day it is executory (décret GBCP of 7 November 2012, art. 175 to 178): figures, visa,
/// signature, vote of the board, approval of the supervising authorities. The initial budget takes the same road.
/// </summary>
public sealed class BudgetRectificatifProcess(BudgetRegister register) : IProcess
{
    public const string ProcessKey = "budget-rectificatif";

    public string Key => ProcessKey;

    public string Title => "Budget rectificatif";

    public string ReferencePrefix => "BUD";

    public string StartForm => "ouverture-budget-rectificatif";

    public IReadOnlyList<string> Roles { get; } = [Role.Budget, Role.Comptable, Role.Directrice];

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var exercise = (int)(BudgetJson.Amount(data["exercice"]) ?? receivedOn.Year);
        var voted = (await register.ListAsync(exercise, cancellationToken)).Where(budget => budget.Stage != BudgetStage.Preparation).ToList();
        var isInitial = data["nature"]?.ToString() == "initial";
        var rank = isInitial ? 0 : voted.Select(budget => budget.Rank).DefaultIfEmpty(0).Max() + 1;
        if (!test)
        {
            await DemandPlaceAsync(exercise, rank, voted, cancellationToken);
        }

        var last = await register.FindLastVotedAsync(exercise, cancellationToken);
        return new CaseOpening(
            RegisteredBudget.TitleOf(exercise, rank),
            new JsonObject
            {
                ["exercice"] = exercise,
                ["rang"] = rank,
                ["intitule"] = RegisteredBudget.TitleOf(exercise, rank),
                // Figures of another year are a proposal; those of the same year are what was voted.
                ["budgetDeDepart"] = last is not null && last.Exercise == exercise ? last.Id : null,
                ["depart"] = Beginning(last, exercise),
            },
            Facts: new Dictionary<string, string> { ["exercice"] = $"{exercise}", ["budget"] = RegisteredBudget.CodeOf(rank) });
    }

    private async Task DemandPlaceAsync(int exercise, int rank, IReadOnlyList<RegisteredBudget> voted, CancellationToken cancellationToken)
    {
        var title = RegisteredBudget.TitleOf(exercise, rank);
        if (voted.Any(budget => budget.Rank == rank))
        {
            throw Refused(422, "already-voted", $"Le {char.ToLowerInvariant(title[0])}{title[1..]} est déjà voté. Ouvrez un budget rectificatif.", "nature");
        }

        if (await register.FindCaseInPreparationAsync(exercise, rank, cancellationToken) is { } reference)
        {
            throw Refused(409, "already-open", $"Le dossier {reference} prépare déjà ce budget. Continuez-le, ou annulez-le d'abord.", "exercice");
        }
    }

    private static CaseRefusedException Refused(int status, string code, string message, string field) => new(status, code, message, [new FormFault(field, code, message)]);

    /// <summary>What the preparation begins with: the last budget's figures, as its document prints them.</summary>
    private static JsonObject Beginning(RegisteredBudget? last, int exercise)
    {
        var figures = last?.Figures;
        var beginning = new JsonObject
        {
            ["budgetPrecedent"] = last is null ? null
                : last.Exercise == exercise ? last.Title
                : $"{last.Title} (le registre n'a pas de budget voté pour {exercise} : reprenez les chiffres du vôtre)",
            ["enveloppes"] = new JsonArray([.. Enum.GetValues<EnvelopeKind>().Select(kind => new JsonObject
            {
                ["enveloppe"] = BudgetJson.KeyOf(kind), ["aeAvant"] = figures?.AeOf(kind), ["cpAvant"] = figures?.CpOf(kind),
            })]),
            ["recettesAvant"] = figures?.RevenueFromBalance,
            ["plafondEmplois"] = last?.JobsCeiling,
            ["emplois"] = figures?.JobsEtpt ?? last?.JobsCeiling,
        };
        return beginning;
    }
}
