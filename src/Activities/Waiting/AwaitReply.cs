using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Activities;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Waiting;

/// <summary>
/// Waits for the reply of whoever was asked: a partner abroad, a fund, a scheme, a person. Reminders fall due after the given days, each exactly
/// once even after a long stop; then an officer decides. A reply can be recorded at any time until the activity completes. What else a person
/// may ask for while the case waits, such as correcting the document, is listed by the flow, and each is an outcome.
/// </summary>
[Activity("Cleiss", "Cleiss", "Attend une réponse, relance, puis demande à un agent.", DisplayName = "Attendre la réponse", Kind = ActivityKind.Task)]
[FlowNode(Replied, Unanswered)]
public sealed class AwaitReply : Activity
{
    public const string BookmarkName = "CaseReply";
    public const string Replied = "Réponse reçue";
    public const string Unanswered = "Sans réponse";

    /// <summary>Outcome of the escalation that gives up waiting.</summary>
    public const string GiveUp = "Clore sans réponse";

    /// <summary>One bookmark per request that a person may make.</summary>
    public const string RequestBookmarkName = "CaseRequest";

    private const string StepProperty = "step";

    [Input(DisplayName = "Relances (jours)", Description = "Nombre de jours après le début de l'attente, p. ex. [30, 60, 90].", DefaultValue = "[30,60,90]", Order = 1)]
    public Input<int[]>? Reminders { get; set; }

    [Input(DisplayName = "Escalade (jours)", Description = "Jours après lesquels un agent décide. 0 : jamais.", DefaultValue = 90, Order = 2)]
    public Input<int>? EscalateAfterDays { get; set; }

    [Input(DisplayName = "Escalade suivante (jours)", Description = "Si l'agent choisit d'attendre encore, jours jusqu'à la prochaine question. 0 : plus de question.", DefaultValue = 30, Order = 3)]
    public Input<int>? EscalateAgainAfterDays { get; set; }

    /// <summary>The outcomes beside the two fixed ones, each offered to people on the case's page.</summary>
    [Input(DisplayName = "Demandes possibles", UIHint = "dynamic-outcomes", FixedOutcomes = [Replied, Unanswered], Description = "Ce qu'un agent peut demander pendant l'attente, p. ex. « Corriger le document » : chaque demande est une issue.", Order = 4)]
    public Input<string[]>? Requests { get; set; }

    /// <summary>Run at each reminder.</summary>
    [Port(DisplayName = "Relance")]
    public Activity? Reminder { get; set; }

    /// <summary>Run when all reminders stayed without reply; its outcome « Clore sans réponse » ends the wait.</summary>
    [Port(DisplayName = "Escalade")]
    public Activity? Escalation { get; set; }

    /// <summary>Number of the last reminder; bind it to a variable to use it in the reminder.</summary>
    [Output(DisplayName = "Numéro de relance")]
    public Output<int>? ReminderNumber { get; set; }

    [Output(DisplayName = "Réponse")]
    public Output<JsonObject>? Result { get; set; }

    /// <summary><c>request</c> and <c>by</c>; the reason stays in the case's trail.</summary>
    [Output(DisplayName = "Demande")]
    public Output<JsonObject>? Request { get; set; }

    /// <summary>Who made the request, as a list for « Personnes exclues ».</summary>
    [Output(DisplayName = "Demandeur")]
    public Output<string[]>? RequestedBy { get; set; }

    /// <summary>The requests are an expression: they are known for sure only at run time.</summary>
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() => Requests is null ? base.GetPossibleOutcomes() : null;

    protected override void Execute(ActivityExecutionContext context)
    {
        context.CreateBookmark(new CreateBookmarkArgs(
            BookmarkName, new JsonObject { ["caseId"] = context.WorkflowExecutionContext.CorrelationId }, OnReplyAsync));
        foreach (var (place, request) in (context.Get(Requests) ?? []).Distinct(StringComparer.Ordinal).Index())
        {
            context.CreateBookmark(new CreateBookmarkArgs(
                RequestBookmarkName,
                new JsonObject { ["caseId"] = context.WorkflowExecutionContext.CorrelationId, ["request"] = request },
                OnRequestedAsync,
                Metadata: new JsonObject { ["request"] = request, ["place"] = place }));
        }

        context.AddCompanion(new ChangeCase(CaseState.Waiting, "En attente d'une réponse"));
        ScheduleNext(context, 0);
    }

    private ValueTask OnRequestedAsync(ActivityExecutionContext context)
    {
        var input = context.ResumeInput.DeepClone().AsObject();
        var request = input["request"]!.GetValue<string>();
        context.Set(Request, input);
        context.Set(RequestedBy, input["by"]?.GetValue<string>() is { } by ? [by] : []);
        context.AddCompanion(new ChangeCase(CaseState.Open, request));
        return FinishAsync(context, request);
    }

    private ValueTask OnReplyAsync(ActivityExecutionContext context)
    {
        context.Set(Result, context.ResumeInput.DeepClone().AsObject());
        context.AddCompanion(new ChangeCase(CaseState.Open, Replied));
        return FinishAsync(context, Replied);
    }

    private ValueTask OnReminderDueAsync(ActivityExecutionContext context)
    {
        var step = context.Properties[StepProperty]!.GetValue<int>();
        context.Set(ReminderNumber, step + 1);
        Record(context, "case.reminder", string.Create(CultureInfo.InvariantCulture, $"a déclenché la relance n° {step + 1}"));
        if (Reminder is not null)
        {
            context.ScheduleActivity(Reminder, OnReminderCompletedAsync, (step + 1).ToString(CultureInfo.InvariantCulture));
        }

        ScheduleNext(context, step + 1);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnReminderCompletedAsync(ActivityCompletedContext completed) => ValueTask.CompletedTask;

    private ValueTask OnEscalationDueAsync(ActivityExecutionContext context)
    {
        if (Escalation is null)
        {
            return FinishUnansweredAsync(context);
        }

        Record(context, "case.escalated", "a signalé à un agent que la réponse n'est pas venue");
        context.AddCompanion(new ChangeCase(null, "Sans réponse : un agent doit décider"));
        context.ScheduleActivity(Escalation, OnEscalationCompletedAsync);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnEscalationCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        if (completed.Outcomes.Contains(GiveUp))
        {
            return FinishUnansweredAsync(context);
        }

        context.AddCompanion(new ChangeCase(CaseState.Waiting, "En attente d'une réponse"));
        if (context.Get(EscalateAgainAfterDays) is > 0 and var days)
        {
            context.CreateBookmark(new CreateBookmarkArgs("AwaitReply.Escalation", Callback: OnEscalationDueAsync, DueAt: context.Now.AddDays(days)));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>One timer at a time, in the order of the days: after a long stop the next one is due at once and fires in its turn.</summary>
    private void ScheduleNext(ActivityExecutionContext context, int step)
    {
        context.Properties[StepProperty] = step;
        var reminders = (context.Get(Reminders) ?? []).Order().ToArray();
        if (step < reminders.Length)
        {
            context.CreateBookmark(new CreateBookmarkArgs(
                "AwaitReply.Reminder", Callback: OnReminderDueAsync, DueAt: context.StartedAt.AddDays(reminders[step])));
        }
        else if (context.Get(EscalateAfterDays) is > 0 and var days)
        {
            context.CreateBookmark(new CreateBookmarkArgs(
                "AwaitReply.Escalation", Callback: OnEscalationDueAsync, DueAt: context.StartedAt.AddDays(days)));
        }
    }

    private static ValueTask FinishUnansweredAsync(ActivityExecutionContext context)
    {
        context.AddCompanion(new ChangeCase(CaseState.Open, Unanswered));
        return FinishAsync(context, Unanswered);
    }

    private static async ValueTask FinishAsync(ActivityExecutionContext context, string outcome)
    {
        await context.CancelChildrenAsync();
        await context.CompleteActivityWithOutcomesAsync(outcome);
    }

    private static void Record(ActivityExecutionContext context, string kind, string sentence)
    {
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(TrailIds.Case(caseId), Actor.System, kind, sentence));
        }
    }
}
