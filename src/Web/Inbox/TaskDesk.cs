using System.Text.Json.Nodes;
using Cleiss.Activities.UserTasks;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.People;
using Cleiss.Web.Account;
using Cleiss.Web.Cases;

namespace Cleiss.Web.Inbox;

/// <summary>Everything the page of a task shows.</summary>
/// <param name="Newer">What moving to the version of the form in use would do; null when the task has it.</param>
/// <param name="Shown">Answers of an earlier step to read before deciding.</param>
/// <param name="Case">Null for a task outside any case.</param>
internal sealed record TaskView(
    UserTaskDetail Detail,
    FormDefinition? Form,
    FormDraft? Draft,
    FormMovePlan? Newer,
    (FormAnswer Answer, FormDefinition Form)? Shown,
    CaseView? Case,
    string? Holder,
    string Candidates);

/// <summary>What a command did: where to go, or what to say on the same page.</summary>
internal sealed record TaskOutcome(string? Done, string? Refusal, IReadOnlyList<FormError> Errors);

/// <summary>What became of a draft: kept, refused, or changed by somebody else meanwhile.</summary>
/// <param name="Theirs">The draft as the other person (or another window) left it.</param>
internal sealed record DraftOutcome(string? Refusal, FormDraft? Theirs);

/// <summary>Reads one task for its page and hands over what the person decided.</summary>
internal sealed class TaskDesk(UserTaskService tasks, FormStore forms, AnswerStore answers, PeopleStore people, CaseDesk cases)
{
    public async Task<TaskView?> FindAsync(string id, Actor actor, CancellationToken cancellationToken)
    {
        if (await tasks.GetAsync(id, actor, cancellationToken) is not { } detail)
        {
            return null;
        }

        var task = detail.Task;
        var form = task.FormKey is null ? null : await forms.FindAsync(task.FormKey, task.FormVersion, cancellationToken);
        var draft = form is null || !detail.Rights.CanComplete ? null : await tasks.FindDraftAsync(id, actor, cancellationToken);
        return new TaskView(
            detail,
            form,
            draft,
            detail.Rights.CanComplete ? await tasks.PlanFormMoveAsync(task, detail.Data, cancellationToken) : null,
            await ShownAsync(detail.ShownAnswerId, cancellationToken),
            task.CaseId is null ? null : await cases.FindAsync(task.CaseId, actor, cancellationToken),
            task.Assignee is null ? null : (await people.FindAsync(task.Assignee, cancellationToken))?.Name ?? task.Assignee,
            await CandidatesAsync(task, cancellationToken));
    }

    public async Task<TaskOutcome> CompleteAsync(
        TaskView view, string actionKey, JsonObject? data, string? reason, int? revision, string? operationId, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            await tasks.CompleteAsync(
                new CompleteUserTask(view.Detail.Task.Id, actionKey, data, string.IsNullOrWhiteSpace(reason) ? null : reason, revision, operationId),
                actor,
                cancellationToken);
            var action = view.Detail.Actions.FirstOrDefault(known => known.Key == actionKey);
            return new TaskOutcome(Said(view, action is { ReasonRequired: true }), null, []);
        }
        catch (UserTaskRefusedException refusal)
        {
            return new TaskOutcome(null, refusal.Faults.Count > 0 ? null : refusal.Message, [.. refusal.Faults.Select(fault => new FormError(fault.Path, fault.Code, fault.Message))]);
        }
    }

    /// <summary>Only what a partner will read is sent on, validated and sent back; any other task is done.</summary>
    private static string Said(TaskView view, bool withReason) => view switch
    {
        { Shown.Form.PartnerLanguage: not null } => withReason ? "renvoye" : "valide",
        { Form.PartnerLanguage: not null } when !withReason => "envoye",
        _ => withReason ? "motivee" : "terminee",
    };

    /// <returns>Why not, or null when the task is the person's now.</returns>
    public Task<string?> TakeAsync(string id, Actor actor, CancellationToken cancellationToken) =>
        TryAsync(() => tasks.ClaimAsync(id, null, null, actor, cancellationToken));

    /// <returns>Why not, or null when the task is free again.</returns>
    public Task<string?> ReleaseAsync(string id, Actor actor, CancellationToken cancellationToken) =>
        TryAsync(() => tasks.ReleaseAsync(id, null, null, actor, cancellationToken));

    /// <summary>Keeps what is typed, whatever its faults. Nothing to say when it is kept.</summary>
    public async Task<DraftOutcome> KeepDraftAsync(string id, JsonObject data, long revision, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            return new DraftOutcome(null, (await tasks.SaveDraftAsync(id, data, revision, actor, cancellationToken) as DraftSaving.Conflict)?.Current);
        }
        catch (UserTaskRefusedException refusal)
        {
            return new DraftOutcome(refusal.Message, null);
        }
    }

    /// <summary>Puts the task and what is typed on the version of the form in use.</summary>
    public async Task<(FormMovePlan? Moved, string? Refusal)> MoveFormAsync(string id, JsonObject data, long revision, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            return (await tasks.MoveFormAsync(id, data, revision, actor, cancellationToken), null);
        }
        catch (UserTaskRefusedException refusal)
        {
            return (null, refusal.Message);
        }
    }

    private static async Task<string?> TryAsync(Func<Task> command)
    {
        try
        {
            await command();
            return null;
        }
        catch (UserTaskRefusedException refusal)
        {
            return refusal.Message;
        }
    }

    private async Task<(FormAnswer Answer, FormDefinition Form)?> ShownAsync(string? answerId, CancellationToken cancellationToken) =>
        answerId is not null
        && await answers.FindAsync(answerId, cancellationToken) is { } answer
        && await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is { } form
            ? (answer, form)
            : null;

    private async Task<string> CandidatesAsync(UserTaskRow task, CancellationToken cancellationToken)
    {
        var known = await people.ListAsync(cancellationToken);
        return string.Join(
            ", ", task.CandidateGroups.Select(RoleWords.Of).Concat(task.CandidateUsers.Select(id => known.FirstOrDefault(person => person.Id == id)?.Name ?? id)));
    }
}
