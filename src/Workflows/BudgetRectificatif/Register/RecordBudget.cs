using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;
using Cleiss.Workflows.BudgetRectificatif.Preparation;
using Npgsql;

namespace Cleiss.Workflows.BudgetRectificatif.Register;

/// <summary>Writes in the register how far the case's budget has come. Of two cases begun at once for one budget, one is not opened.</summary>
[Activity("Cleiss", "Cleiss", "Inscrit au registre des budgets où en est celui du dossier.", DisplayName = "Inscrire au registre des budgets")]
public sealed class RecordBudget : CodeActivity
{
    [Input(
        DisplayName = "Étape", UIHint = "dropdown", Options = [BudgetStage.Preparation + "=en préparation", BudgetStage.Adopted + "=voté", BudgetStage.Executory + "=exécutoire"],
        Description = "En préparation, il prend sa place ; voté, le suivant part de ses chiffres ; exécutoire, il s'applique.", IsRequired = true, Order = 1)]
    public Input<string>? Stage { get; set; }

    [Input(DisplayName = "Exercice", IsRequired = true, Order = 2)]
    public Input<int>? Exercise { get; set; }

    [Input(DisplayName = "Rang", Description = "0 pour le budget initial, 1 pour le premier budget rectificatif…", IsRequired = true, Order = 3)]
    public Input<int>? Rank { get; set; }

    [Input(DisplayName = "Cas d'essai", UIHint = "checkbox", Description = "Un essai ne prend aucune place et ne sert de départ à aucun budget.", Order = 4)]
    public Input<bool>? Test { get; set; }

    [Input(DisplayName = "Budget établi", Description = "Identifiant de la réponse qui porte les chiffres, pour un budget voté.", Order = 5)]
    public Input<string>? AnswerId { get; set; }

    [Input(DisplayName = "Date", Description = "Du vote, ou du jour où le budget devient exécutoire.", Order = 6)]
    public Input<string>? On { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var stage = context.Get(Stage);
        if (stage is not (BudgetStage.Preparation or BudgetStage.Adopted or BudgetStage.Executory))
        {
            throw new FaultException($"L'étape « {stage} » n'existe pas dans le registre des budgets.");
        }

        var day = DateOnly.TryParseExact(context.Get(On), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on) ? on : (DateOnly?)null;
        JsonObject? established = null;
        if (stage == BudgetStage.Adopted)
        {
            established = (await context.GetRequiredService<AnswerStore>().FindAsync(context.Get(AnswerId) ?? "", CancellationToken.None))?.Data
                ?? throw new FaultException("Les chiffres du budget voté n'existent pas.");
        }

        context.AddCompanion(new WriteBudget(
            context.WorkflowExecutionContext.CorrelationId ?? "", stage, context.Get(Exercise), context.Get(Rank), context.Get(Test),
            established is null ? null : BudgetJson.Write(EstablishedBudget.Read(established)), BudgetJson.Amount(established?["plafondEmplois"]), day));
    }
}

/// <summary>Companion: the case's budget reaches a stage. A place that another budget holds fails, and the whole burst with it.</summary>
/// <param name="Figures">Null leaves none, or those that are there when the budget becomes executory.</param>
internal sealed record WriteBudget(string CaseId, string Stage, int Exercise, int Rank, bool Test, JsonObject? Figures, decimal? JobsCeiling, DateOnly? On);

internal sealed class BudgetParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        if (companion is not WriteBudget write)
        {
            return false;
        }

        switch (write.Stage)
        {
            case BudgetStage.Preparation:
                Prepare(write, scope, batch);
                break;
            case BudgetStage.Adopted:
                batch.Add(
                    """
                    update budgets set stage = 'adopted', figures = $2, jobs_ceiling = $3::text::numeric, adopted_on = $4, changed_at = $5 where case_id = $1
                    """,
                    Sql.Text(write.CaseId), Sql.Json(write.Figures), Sql.Text(write.JobsCeiling?.ToString(CultureInfo.InvariantCulture)), Sql.Date(write.On), Sql.Time(scope.Now));
                break;
            default:
                batch.Add(
                    "update budgets set stage = 'executory', executory_on = $2, changed_at = $3 where case_id = $1 and stage = 'adopted'",
                    Sql.Text(write.CaseId), Sql.Date(write.On), Sql.Time(scope.Now));
                break;
        }

        return true;
    }

    private static void Prepare(WriteBudget write, BurstScope scope, NpgsqlBatch batch)
    {
        // A case that was given up holds its place no longer.
        batch.Add(
            """
            delete from budgets b using cases c
            where b.exercise = $2 and b.rank = $3 and not b.test and b.stage = 'preparation' and c.id = b.case_id and c.id <> $1 and c.state in ('closed', 'cancelled')
            """,
            Sql.Text(write.CaseId), Sql.Int(write.Exercise), Sql.Int(write.Rank));
        batch.Add(
            """
            insert into budgets (id, exercise, rank, stage, test, case_id, figures, changed_at) values ($1, $3, $4, 'preparation', $5, $2, '{}', $6)
            on conflict (case_id) do update set stage = 'preparation', figures = '{}', adopted_on = null, executory_on = null, changed_at = excluded.changed_at
            """,
            Sql.Text(Ids.New()), Sql.Text(write.CaseId), Sql.Int(write.Exercise), Sql.Int(write.Rank), Sql.Bool(write.Test), Sql.Time(scope.Now));
    }
}
