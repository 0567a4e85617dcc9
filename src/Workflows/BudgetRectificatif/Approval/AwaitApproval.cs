using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Workflows.BudgetRectificatif.Preparation;

namespace Cleiss.Workflows.BudgetRectificatif.Approval;

/// <summary>
/// Waits for the supervising authority. At the end of the delay its silence is approval; until then an officer may record what it wrote: an
/// approval, an opposition, a request for documents that suspends the delay, or that the date of receipt was wrong.
/// </summary>
[Activity("Cleiss", "Cleiss", "Attend la décision de la tutelle ; à la fin du délai, son silence vaut approbation.", DisplayName = "Attendre l'approbation", Kind = ActivityKind.Task)]
[FlowNode(Tacit, Express, Opposed, Suspended, Corrected)]
public sealed class AwaitApproval : Activity
{
    public const string Tacit = "Approbation tacite";
    public const string Express = "Approbation expresse";
    public const string Opposed = "Opposition";
    public const string Suspended = "Délai suspendu";
    public const string Corrected = "Réception à corriger";

    public const string FormKey = "echeance-tutelle";

    [Input(DisplayName = "Objet", Description = "Ce qui est soumis à la tutelle, pour le certificat.", Order = 1)]
    public Input<string>? Subject { get; set; }

    [Input(DisplayName = "Reçu par la tutelle le", IsRequired = true, Order = 2)]
    public Input<string>? ReceivedOn { get; set; }

    [Input(DisplayName = "Délai d'approbation", DefaultValue = "1 mois", Description = "« 1 mois », ou « 15 jours » quand le texte fondateur le prévoit (GBCP, article 176).", Order = 3)]
    public Input<string>? Deadline { get; set; }

    [Input(DisplayName = "Suspensions", UIHint = "json-editor", Description = "Liste de {\"du\", \"au\"} : le jour de la demande écrite de documents, celui où la tutelle les a eus.", Order = 4)]
    public Input<JsonArray>? Suspensions { get; set; }

    /// <summary>Done while the delay runs: a user task whose outcomes are those of this activity but the tacit one.</summary>
    [Port(DisplayName = "Suivi")]
    public Activity? Follow { get; set; }

    [Output(DisplayName = "Fin du délai")]
    public Output<DateTimeOffset>? DueAt { get; set; }

    [Output(DisplayName = "Explication")]
    public Output<string>? Explanation { get; set; }

    [Output(DisplayName = "Exécutoire le", Description = "Si la tutelle se tait.")]
    public Output<string>? ExecutoryOn { get; set; }

    [Output(DisplayName = "Réponse", Description = "Identifiant de ce que le certificat imprime, après une approbation tacite.")]
    public Output<string>? AnswerId { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var deadline = Compute(context);
        var due = ParisDate.Start(deadline.ExecutoryOn);
        context.Set(DueAt, due);
        context.Set(Explanation, deadline.Explanation);
        context.Set(ExecutoryOn, Iso(deadline.ExecutoryOn));
        Record(context, "budget.deadline", $"a calculé l'échéance de l'approbation. {deadline.Explanation}");
        context.CreateBookmark(new CreateBookmarkArgs("AwaitApproval.Deadline", Callback: OnDeadlineAsync, DueAt: due));
        if (Follow is not null)
        {
            context.ScheduleActivity(Follow, OnFollowedAsync);
        }
    }

    private async ValueTask OnDeadlineAsync(ActivityExecutionContext context)
    {
        var deadline = Compute(context);
        context.Set(AnswerId, await CaseAnswer.RecordAsync(context, FormKey, new JsonObject
        {
            ["objet"] = context.Get(Subject),
            ["recuLe"] = context.Get(ReceivedOn),
            ["delai"] = context.Get(Deadline, "1 mois"),
            ["suspensions"] = new JsonArray([.. deadline.Suspensions.Select(one => new JsonObject { ["du"] = Iso(one.From), ["au"] = Iso(one.To), ["jours"] = one.Days })]),
            ["dernierJour"] = Iso(deadline.LastDay),
            ["executoireLe"] = Iso(deadline.ExecutoryOn),
            ["explication"] = deadline.Explanation,
        }));
        Record(context, "budget.tacit", "a constaté le silence de la tutelle à la fin du délai : le budget est réputé approuvé");
        await context.CancelChildrenAsync();
        await context.CompleteActivityWithOutcomesAsync(Tacit);
    }

    private ValueTask OnFollowedAsync(ActivityCompletedContext completed) =>
        completed.TargetContext.CompleteActivityWithOutcomesAsync(completed.Outcomes.FirstOrDefault(outcome => outcome is Express or Opposed or Suspended or Corrected) ?? Express);

    private ApprovalDeadline Compute(ActivityExecutionContext context)
    {
        try
        {
            return ApprovalDeadline.Compute(
                Date(context.Get(ReceivedOn)) ?? throw new FaultException("La date de réception par la tutelle n'est pas renseignée."),
                context.Get(Deadline, "1 mois"),
                (context.Get(Suspensions) ?? []).OfType<JsonObject>()
                    .Select(one => (From: Date(one["du"]?.ToString()), To: Date(one["au"]?.ToString())))
                    .Where(one => one is { From: not null, To: not null })
                    .Select(one => new Suspension(one.From!.Value, one.To!.Value)));
        }
        catch (FormatException e)
        {
            throw new FaultException(e.Message, e);
        }
    }

    private static void Record(ActivityExecutionContext context, string kind, string sentence)
    {
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(TrailIds.Case(caseId), Actor.System, kind, sentence));
        }
    }

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
