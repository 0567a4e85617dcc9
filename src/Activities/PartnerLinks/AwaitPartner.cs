using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Engine.Activities;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>
/// Asks a partner without an account: a mail brings a link that can be used once, the partner answers on a page by one of the outcomes, with a
/// form and files when the step has them. Past the delay the flow goes on by « Sans réponse » and the link opens no more.
/// </summary>
[Activity("Cleiss", "Cleiss", "Demande une réponse au partenaire par un lien à usage unique.", DisplayName = "Demander au partenaire", Kind = ActivityKind.Task)]
public sealed class AwaitPartner : PartnerStep
{
    public const string BookmarkName = "PartnerLink";
    public const string Unanswered = "Sans réponse";

    /// <summary>How long a link without delay opens.</summary>
    private const int LongestDays = 365;

    private const string BookmarkProperty = "bookmarkId";

    [Input(DisplayName = "Formulaire", UIHint = "dropdown", Options = [], Refresh = true, Description = "Clé du formulaire que le partenaire remplit.", Order = 8)]
    public Input<string>? Form { get; set; }

    /// <summary>The outcomes, one button each.</summary>
    [Input(DisplayName = "Issues", UIHint = "dynamic-outcomes", FixedOutcomes = [Unanswered], Order = 9)]
    public Input<string[]>? Outcomes { get; set; }

    /// <summary>Refines outcomes: label, reason, form; see <see cref="UserTaskAction"/>.</summary>
    [Input(DisplayName = "Réglage des issues", UIHint = "json-editor", Order = 10)]
    public Input<JsonArray>? ActionDefinitions { get; set; }

    [Input(DisplayName = "Délai", Description = "« 5j » ou « 5j ouvrés » (du lundi au vendredi, sans les jours fériés) ; vide : sans délai.", Order = 11)]
    public Input<string>? DueRule { get; set; }

    [Input(DisplayName = "Échéance", Description = "Remplace le délai.", Order = 12)]
    public Input<DateTimeOffset?>? DueAt { get; set; }

    [Input(DisplayName = "Avancement", Description = "Ce que le dossier affiche pendant l'attente.", Order = 13)]
    public Input<string>? WaitingStatus { get; set; }

    /// <summary><c>actionKey</c>, <c>answerId</c>, <c>completedAt</c> and <c>data</c>: the fields the form shows to the flow.</summary>
    [Output(DisplayName = "Résultat")]
    public Output<JsonObject>? Result { get; set; }

    /// <summary>Known when they are listed; without a list the actions' settings may name some.</summary>
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() =>
        ListedOutcomes(nameof(Outcomes)) is { Count: > 0 } listed ? [.. listed.Union([Unanswered])] : null;

    protected override void Execute(ActivityExecutionContext context)
    {
        var dueAt = context.Get(DueAt) ?? UserTask.AddDelay(context.Now, context.Get(DueRule));
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, new JsonObject { ["execution"] = context.Id }, OnAnsweredAsync));
        if (dueAt is not null)
        {
            context.CreateBookmark(new CreateBookmarkArgs(BookmarkName + ".Due", Callback: OnLapsedAsync, DueAt: dueAt));
        }

        context.Properties[BookmarkProperty] = bookmark.Id;
        var actions = Values.ToJson(UserTaskAction.Read([.. (context.Get(Outcomes) ?? []).Where(key => key != Unanswered)], context.Get(ActionDefinitions)))!.AsArray();
        Send(context, bookmark.Id, Blank(context.Get(Form)), actions, dueAt ?? context.Now.AddDays(LongestDays));
        if (Blank(context.Get(WaitingStatus)) is { } status)
        {
            context.AddCompanion(new ChangeCase(CaseState.Waiting, status));
        }
    }

    protected override ValueTask CancelAsync(ActivityExecutionContext context)
    {
        Close(context, null);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnAnsweredAsync(ActivityExecutionContext context)
    {
        var result = context.ResumeInput.DeepClone().AsObject();
        var action = result["actionKey"]?.GetValue<string>() ?? "Done";
        context.Set(Result, result);
        Close(context, action, result["answerId"]?.GetValue<string>());
        return FinishAsync(context, action);
    }

    private ValueTask OnLapsedAsync(ActivityExecutionContext context)
    {
        context.Set(Result, new JsonObject { ["actionKey"] = Unanswered, ["completedAt"] = context.Now });
        Close(context, null);
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(TrailIds.Case(caseId), Actor.System, "partner.lapsed", $"a constaté que le partenaire n'a pas répondu à « {context.Get(Title)} » dans le délai"));
        }

        return FinishAsync(context, Unanswered);
    }

    private ValueTask FinishAsync(ActivityExecutionContext context, string outcome)
    {
        if (Blank(context.Get(WaitingStatus)) is not null)
        {
            context.AddCompanion(new ChangeCase(CaseState.Open, null));
        }

        return context.CompleteActivityWithOutcomesAsync(outcome);
    }

    private static void Close(ActivityExecutionContext context, string? action, string? answerId = null)
    {
        if (context.Properties[BookmarkProperty]?.GetValue<string>() is { } bookmark)
        {
            context.AddCompanion(new ClosePartnerLinks(bookmark, action, answerId));
        }
    }
}
