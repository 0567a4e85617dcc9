using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Engine;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Activities.UserTasks;

/// <summary>
/// Work for a person. The task's row is written in the commit of the burst that reaches this activity, and closed in the commit of the burst
/// that leaves it. Names are those of Elsa's own design, so that flows travel; the inputs at the end are ours.
/// </summary>
[Activity("Elsa", "Cleiss", "Confie un travail à une personne et attend qu'il soit fait.", DisplayName = "Tâche humaine", Kind = ActivityKind.Task)]
public sealed partial class UserTask : Activity
{
    public const string BookmarkName = "UserTask";
    public const string Timeout = "Timeout";
    public const string Cancelled = "Cancelled";

    private const string TaskIdProperty = "taskId";

    /// <summary>Set when the four-eyes inputs turned out to be empty; a task that never opened keeps its rule.</summary>
    private const string PassableProperty = "passable";

    [Input(DisplayName = "Titre", IsRequired = true, Order = 1, Description = "Ce qu'il faut faire, p. ex. « Remplir le formulaire ».")]
    public Input<string>? Title { get; set; }

    [Input(DisplayName = "Résumé", Order = 2, UIHint = "multiline")]
    public Input<string>? Summary { get; set; }

    [Input(DisplayName = "Référence", Order = 3)]
    public Input<string>? Reference { get; set; }

    [Input(DisplayName = "Attribuée à", Order = 4, UIHint = "dropdown", Options = [], Refresh = true, Description = "Nom d'utilisateur ; vide : à prendre par un candidat.")]
    public Input<string>? Assignee { get; set; }

    [Input(DisplayName = "Personnes candidates", Order = 5, UIHint = "checklist", Options = [], Refresh = true)]
    public Input<string[]>? CandidateUsers { get; set; }

    [Input(DisplayName = "Rôles candidats", Order = 6, UIHint = "checklist", Options = [], Refresh = true)]
    public Input<string[]>? CandidateGroups { get; set; }

    [Input(DisplayName = "Personnes exclues", Order = 7, UIHint = "checklist", Options = [], Refresh = true)]
    public Input<string[]>? ExcludedUsers { get; set; }

    [Input(DisplayName = "Priorité", Order = 8, DefaultValue = 50, Description = "De 0 à 100.")]
    public Input<int>? Priority { get; set; }

    [Input(DisplayName = "Échéance", Order = 9)]
    public Input<DateTimeOffset?>? DueAt { get; set; }

    [Input(DisplayName = "Consigne", Order = 10, UIHint = "multiline")]
    public Input<string>? Instructions { get; set; }

    [Input(DisplayName = "Données", Order = 11, UIHint = "json-editor", Description = "Données techniques ; jamais de données personnelles.")]
    public Input<JsonObject>? TaskData { get; set; }

    [Input(DisplayName = "Formulaire", Order = 12, UIHint = "dropdown", Options = [], Refresh = true, Description = "Clé du formulaire à remplir.")]
    public Input<string>? Form { get; set; }

    /// <summary>The outcomes, one button each.</summary>
    [Input(DisplayName = "Issues", Order = 13, UIHint = "dynamic-outcomes", FixedOutcomes = [Timeout, Cancelled])]
    public Input<string[]>? Outcomes { get; set; }

    /// <summary>Refines outcomes: label, reason, form; see <see cref="UserTaskAction"/>.</summary>
    [Input(DisplayName = "Réglage des issues", Order = 14, UIHint = "json-editor")]
    public Input<JsonArray>? ActionDefinitions { get; set; }

    [Input(DisplayName = "Issue à l'échéance", Order = 15, UIHint = "checkbox", Description = "À l'échéance, la tâche se termine par « Timeout ».")]
    public Input<bool>? EnableTimeoutOutcome { get; set; }

    [Input(DisplayName = "Annulation possible", Order = 16, UIHint = "checkbox", Description = "Un gestionnaire peut terminer la tâche par « Cancelled ».")]
    public Input<bool>? EnableCancellationOutcome { get; set; }

    /// <summary>Elsa's switch; it lifts <see cref="ExcludedUsers"/> for managers, never a four-eyes rule.</summary>
    [Input(
        DisplayName = "Dérogation d'un gestionnaire", Order = 17, UIHint = "checkbox",
        Description = "Un gestionnaire de tâches, même exclu, peut faire celle-ci. La règle des quatre yeux vaut toujours.")]
    public Input<bool>? AllowManagerExclusionOverride { get; set; }

    [Input(DisplayName = "Autre personne que", Order = 18, UIHint = "multitext", Description = "Activités dont l'auteur ne peut pas faire celle-ci.")]
    public Input<string[]>? DistinctFrom { get; set; }

    [Input(DisplayName = "Même personne que", Order = 19, UIHint = "multitext")]
    public Input<string[]>? SameAs { get; set; }

    [Input(DisplayName = "Délai", Order = 20, Description = "« 5j » ou « 5j ouvrés » (du lundi au vendredi, sans les jours fériés), si l'échéance est vide.")]
    public Input<string>? DueRule { get; set; }

    [Input(DisplayName = "Base juridique", Order = 21)]
    public Input<string>? LegalBasis { get; set; }

    [Input(DisplayName = "Montrer la réponse de", Order = 22, Description = "Activité dont la dernière réponse est montrée.")]
    public Input<string>? ShowAnswersOf { get; set; }

    /// <summary>Behind a draft and what the task was answered before.</summary>
    [Input(DisplayName = "Valeurs de départ", Order = 23, UIHint = "json-editor", Description = "Ce que le formulaire contient au début, champ par champ ; jamais de données personnelles.")]
    public Input<JsonObject>? InitialData { get; set; }

    [Input(DisplayName = "Réponse montrée", Order = 24, Description = "Identifiant d'une réponse à lire avant de décider ; elle passe avant « Montrer la réponse de ».")]
    public Input<string>? ShownAnswer { get; set; }

    /// <summary>Completing the task by an outcome that asks for no reason signs this document, in the state that <see cref="SignedSha256"/> tells.</summary>
    [Input(DisplayName = "Document à signer", Order = 25, Description = "Identifiant du document que la tâche signe. S'il a changé entre-temps, la signature est refusée.")]
    public Input<string>? SignedDocument { get; set; }

    [Input(DisplayName = "Empreinte du document à signer", Order = 26, Description = "SHA-256 donnée par « Produire le document ».")]
    public Input<string>? SignedSha256 { get; set; }

    [Output(DisplayName = "Tâche")]
    public Output<string>? TaskId { get; set; }

    /// <summary><c>actionKey</c>, <c>answerId</c>, <c>completedBy</c>, <c>completedAt</c> and <c>data</c>: the fields the form shows to the flow.</summary>
    [Output(DisplayName = "Résultat")]
    public Output<JsonObject>? Result { get; set; }

    /// <summary>Known when they are listed; without a list the actions' settings may name some.</summary>
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() =>
        ListedOutcomes(nameof(Outcomes)) switch
        {
            { Count: > 0 } listed => [.. listed, Timeout, Cancelled],
            { } when ActionDefinitions is null => ["Done", Timeout, Cancelled],
            _ => null,
        };

    protected override void Execute(ActivityExecutionContext context)
    {
        var dueAt = context.Get(DueAt) ?? AddDelay(context.Now, context.Get(DueRule));
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnCompletedAsync));
        if (dueAt is not null && context.Get(EnableTimeoutOutcome))
        {
            context.CreateBookmark(new CreateBookmarkArgs(BookmarkName + "." + Timeout, Callback: OnTimeoutAsync, DueAt: dueAt));
        }

        var row = NewRow(context, bookmark.Id, dueAt);
        context.Properties[TaskIdProperty] = row.Id;
        context.Set(TaskId, row.Id);
        if (row is { DistinctFrom: [], SameAs: [] } && (DistinctFrom ?? SameAs) is not null)
        {
            context.Properties[PassableProperty] = true;
        }

        context.AddCompanion(new CreateUserTask(row));
    }

    protected override ValueTask CancelAsync(ActivityExecutionContext context)
    {
        // Instances stored before a failed beginning was told apart may have no task to close.
        if (context.Properties.ContainsKey(TaskIdProperty))
        {
            context.AddCompanion(new CloseUserTask(TaskIdOf(context), UserTaskStatus.Cancelled));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A four-eyes rule holds for those who run the engine, too: the decision is a second person's.</summary>
    protected override string? WhyNotPassedOver(ActivityExecutionContext context) =>
        (DistinctFrom is null && SameAs is null) || context.Properties.ContainsKey(PassableProperty)
        ? null
        : $"« {DisplayText} » demande le regard d'une autre personne : la tâche ne se passe ni ne s'annule à la main. Réattribuez-la à une personne qui peut la faire, ou annulez l'instance.";

    private ValueTask OnCompletedAsync(ActivityExecutionContext context)
    {
        var result = context.ResumeInput.DeepClone().AsObject();
        context.Set(Result, result);
        return context.CompleteActivityWithOutcomesAsync(result["actionKey"]?.GetValue<string>() ?? "Done");
    }

    private ValueTask OnTimeoutAsync(ActivityExecutionContext context)
    {
        context.AddCompanion(new CloseUserTask(TaskIdOf(context), UserTaskStatus.TimedOut));
        context.Set(Result, new JsonObject { ["actionKey"] = Timeout, ["completedAt"] = context.Now });
        return context.CompleteActivityWithOutcomesAsync(Timeout);
    }

    private static string TaskIdOf(ActivityExecutionContext context) => context.Properties[TaskIdProperty]!.GetValue<string>();

    private UserTaskRow NewRow(ActivityExecutionContext context, string bookmarkId, DateTimeOffset? dueAt)
    {
        var assignee = Blank(context.Get(Assignee));
        var users = context.Get(CandidateUsers) ?? [];
        var groups = context.Get(CandidateGroups) ?? [];
        if (assignee is not null && users.Length + groups.Length > 0)
        {
            // Who the flow names may do it, e.g. the jurist who opened a case whose forms are the agents' work.
            users = [.. users.Union([assignee])];
        }

        var workflow = context.WorkflowExecutionContext;
        return new UserTaskRow
        {
            Id = Ids.New(),
            CaseId = workflow.CorrelationId,
            WorkflowDefinitionId = workflow.Workflow.DefinitionId,
            WorkflowInstanceId = workflow.Id,
            ActivityId = Id,
            ActivityInstanceId = context.Id,
            BookmarkId = bookmarkId,
            Title = Blank(context.Get(Title)) ?? DisplayText,
            Summary = Blank(context.Get(Summary)),
            Reference = Blank(context.Get(Reference)),
            Instructions = Blank(context.Get(Instructions)),
            LegalBasis = Blank(context.Get(LegalBasis)),
            TaskData = Bind(context).Into(context.Get(TaskData))?.ToJsonString(),
            Status = assignee is not null ? UserTaskStatus.Assigned : users.Length + groups.Length > 0 ? UserTaskStatus.Available : UserTaskStatus.Unassigned,
            Assignee = assignee,
            CandidateUsers = users,
            CandidateGroups = groups,
            ExcludedUsers = context.Get(ExcludedUsers) ?? [],
            ExclusionOverride = context.Get(AllowManagerExclusionOverride),
            DistinctFrom = [.. (context.Get(DistinctFrom) ?? []).Select(context.IdOf)],
            SameAs = [.. (context.Get(SameAs) ?? []).Select(context.IdOf)],
            ShowAnswersOf = Blank(context.Get(ShowAnswersOf)) is { } shown ? context.IdOf(shown) : null,
            Priority = Math.Clamp(context.Get(Priority, 50), 0, 100),
            DueAt = dueAt,
            FormKey = Blank(context.Get(Form)),
            Actions = JsonSerializer.Serialize(ReadActions(context), Values.Json),
            Cancellable = context.Get(EnableCancellationOutcome),
            Revision = 1,
            CreatedAt = context.Now,
            UpdatedAt = context.Now,
        };
    }

    private UserTaskBinding Bind(ActivityExecutionContext context)
    {
        var document = Blank(context.Get(SignedDocument));
        return new UserTaskBinding(
            context.Get(InitialData),
            Blank(context.Get(ShownAnswer)),
            document is null ? null : new DocumentToSign(
                document, Blank(context.Get(SignedSha256)) ?? throw new FaultException($"« {DisplayText} » fait signer un document sans dire son empreinte.")));
    }

    private IReadOnlyList<UserTaskAction> ReadActions(ActivityExecutionContext context) =>
        UserTaskAction.Read([.. (context.Get(Outcomes) ?? []).Where(key => key is not (Timeout or Cancelled))], context.Get(ActionDefinitions));

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>« 5j » counts all days, « 5j ouvrés » Monday to Friday without French public holidays.</summary>
    /// <exception cref="FormatException">The rule is neither.</exception>
    internal static DateTimeOffset? AddDelay(DateTimeOffset from, string? rule)
    {
        if (string.IsNullOrWhiteSpace(rule))
        {
            return null;
        }

        var match = DelayRule().Match(rule.Trim());
        if (!match.Success)
        {
            throw new FormatException($"Le délai « {rule} » ne se lit pas. Écrivez par exemple « 5j » ou « 5j ouvrés ».");
        }

        var days = int.Parse(match.Groups["days"].ValueSpan, CultureInfo.InvariantCulture);
        if (!match.Groups["working"].Success)
        {
            return from.AddDays(days);
        }

        var due = from;
        while (days > 0)
        {
            due = due.AddDays(1);
            if (FrenchHolidays.IsWorkingDay(ParisDate.Of(due)))
            {
                days--;
            }
        }

        return due;
    }

    [GeneratedRegex(@"^(?<days>\d{1,4})\s*j(ours?)?(?<working>\s*ouvrés?)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DelayRule();
}
