using System.Text.Json.Nodes;

namespace Cleiss.Activities.UserTasks;

/// <summary>A user task as stored; written in the burst that opens or closes it.</summary>
public sealed class UserTaskRow
{
    public required string Id { get; set; }

    public string? CaseId { get; set; }

    public required string WorkflowDefinitionId { get; set; }

    public required string WorkflowInstanceId { get; set; }

    public required string ActivityId { get; set; }

    public required string ActivityInstanceId { get; set; }

    public required string BookmarkId { get; set; }

    public required string Title { get; set; }

    public string? Summary { get; set; }

    public string? Reference { get; set; }

    public string? Instructions { get; set; }

    public string? LegalBasis { get; set; }

    /// <summary>JSON text.</summary>
    public string? TaskData { get; set; }

    /// <summary>One of <see cref="UserTaskStatus"/>.</summary>
    public required string Status { get; set; }

    public string? Assignee { get; set; }

    public required string[] CandidateUsers { get; set; }

    /// <summary>Roles whose people may take the task.</summary>
    public required string[] CandidateGroups { get; set; }

    public required string[] ExcludedUsers { get; set; }

    /// <summary><see cref="ExcludedUsers"/> does not keep away who may manage tasks.</summary>
    public bool ExclusionOverride { get; set; }

    /// <summary>Activity ids: whoever completed one of them in this instance may not complete this task.</summary>
    public required string[] DistinctFrom { get; set; }

    /// <summary>Activity ids: only whoever completed one of them in this instance may complete this task.</summary>
    public required string[] SameAs { get; set; }

    /// <summary>Activity whose latest answer is shown with the task.</summary>
    public string? ShowAnswersOf { get; set; }

    /// <summary>0–100, 50 by default.</summary>
    public int Priority { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public string? FormKey { get; set; }

    /// <summary>The version in force when the task was created; it stays the task's.</summary>
    public int? FormVersion { get; set; }

    /// <summary>JSON text of a list of <see cref="UserTaskAction"/>.</summary>
    public required string Actions { get; set; }

    public bool Cancellable { get; set; }

    public int Revision { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? ClaimedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public string? CompletedBy { get; set; }

    public string? CompletedByName { get; set; }

    public string? ActionKey { get; set; }

    public string? AnswerId { get; set; }

    /// <summary>Why the task was sent back or cancelled.</summary>
    public string? Reason { get; set; }

    public bool IsClosed => UserTaskStatus.IsClosed(Status);
}

/// <summary>Statuses as stored; Elsa's transitional ones are never stored because a task closes in one commit.</summary>
public static class UserTaskStatus
{
    public const string Unassigned = "Unassigned";
    public const string Available = "Available";
    public const string Assigned = "Assigned";
    public const string Completed = "Completed";
    public const string TimedOut = "TimedOut";
    public const string Cancelled = "Cancelled";

    public static bool IsClosed(string status) => status is Completed or TimedOut or Cancelled;
}

/// <summary>A way to end a task: one outcome, one button.</summary>
/// <param name="Key">The outcome.</param>
/// <param name="Label">The button's text.</param>
/// <param name="ReasonRequired">The person must say why.</param>
/// <param name="ValidatesForm">False: the task's form is not asked for with this action.</param>
public sealed record UserTaskAction(string Key, string Label, bool ReasonRequired = false, bool ValidatesForm = true)
{
    /// <param name="outcomes">Their order is that of the buttons; empty: those of <paramref name="definitions"/>, or one, « Done ».</param>
    /// <param name="definitions">Objects with <c>key</c>, and what refines it.</param>
    public static IReadOnlyList<UserTaskAction> Read(IReadOnlyList<string> outcomes, JsonArray? definitions)
    {
        var refined = (definitions ?? []).OfType<JsonObject>()
            .Where(json => json["key"] is not null)
            .ToDictionary(json => json["key"]!.GetValue<string>(), StringComparer.Ordinal);
        var keys = outcomes.Count > 0 ? outcomes : refined.Count > 0 ? [.. refined.Keys] : ["Done"];
        return [.. keys.Select(key =>
        {
            var json = refined.GetValueOrDefault(key);
            var sendsBack = key.StartsWith("Renvoyer", StringComparison.Ordinal);
            return new UserTaskAction(
                key,
                json?["label"]?.GetValue<string>() ?? (key == "Done" ? "Terminer" : key),
                json?["reasonRequired"]?.GetValue<bool>() ?? sendsBack,
                json?["validatesForm"]?.GetValue<bool>() ?? !sendsBack);
        })];
    }
}

/// <summary>What a task shows beside its own columns.</summary>
/// <param name="Data">Answers to begin with: the draft, else the latest answer of the same activity in this instance; null without form.</param>
/// <param name="ShownAnswerId">The answer that <see cref="UserTaskRow.ShowAnswersOf"/> names.</param>
/// <param name="SentBack">Why the previous step was sent back; null when it was not.</param>
/// <param name="Exclusion">Why this person may not complete the task, in French; null when nothing forbids it.</param>
public sealed record UserTaskDetail(
    UserTaskRow Task,
    string? CaseReference,
    IReadOnlyList<UserTaskAction> Actions,
    JsonObject? Data,
    bool DataIsDraft,
    string? ShownAnswerId,
    SentBackReason? SentBack,
    string? Exclusion,
    UserTaskRights Rights);

public sealed record SentBackReason(string Reason, string By, DateTimeOffset At);

public sealed record UserTaskRights(bool CanClaim, bool CanRelease, bool CanAssign, bool CanUpdate, bool CanComplete, bool CanCancel);

/// <param name="Kind">Elsa's names: Created, Claimed, Released, Assigned, Completed, TimedOut, Cancelled…</param>
public sealed record UserTaskEvent(DateTimeOffset At, string Kind, string ActorId, string ActorName, int Revision, JsonObject? Facts);

/// <param name="Scope"><c>assigned</c>, <c>available</c>, <c>history</c>, <c>all</c> or <c>needsAttention</c>.</param>
/// <param name="Sort"><c>dueAt</c>, <c>createdAt</c>, <c>priority</c>, <c>title</c> or <c>completedAt</c>.</param>
/// <param name="Due"><c>overdue</c>, <c>today</c>, <c>thisWeek</c> or <c>noDueDate</c>.</param>
public sealed record UserTaskQuery(
    string Scope = "assigned",
    string? Search = null,
    string? CaseId = null,
    string? Status = null,
    string? Reference = null,
    string? WorkflowInstanceId = null,
    string? WorkflowDefinitionId = null,
    string? Due = null,
    int? PriorityFrom = null,
    int? PriorityTo = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string Sort = "dueAt",
    bool Descending = false,
    int Offset = 0,
    int Limit = 50);

/// <param name="Case">Null for a task outside any case.</param>
public sealed record UserTaskListItem(UserTaskRow Task, Cases.Case? Case, string? AssigneeName);

public sealed record UserTaskPage(IReadOnlyList<UserTaskListItem> Items, int Total);

/// <summary>The answer to a command.</summary>
public sealed record UserTaskCommandResult(string? OperationId, string Status, int Revision, UserTaskRow Task);

/// <param name="Reason">Why; needed when the action demands it.</param>
/// <param name="ExpectedRevision">Null: whatever the revision is.</param>
/// <param name="OperationId">Chosen by the caller; the same id with the same request gets the same answer.</param>
public sealed record CompleteUserTask(
    string TaskId,
    string ActionKey,
    JsonObject? Data = null,
    string? Reason = null,
    int? ExpectedRevision = null,
    string? OperationId = null);

/// <summary>A command that was refused; nothing was written.</summary>
public sealed class UserTaskRefusedException : Exception
{
    public UserTaskRefusedException()
        : this(0, "", "")
    {
    }

    public UserTaskRefusedException(string message)
        : this(0, "", message)
    {
    }

    public UserTaskRefusedException(string message, Exception innerException)
        : base(message, innerException) => Code = "";

    /// <param name="code">Elsa's codes: <c>terminal</c>, <c>revision-conflict</c>, <c>excluded</c>, <c>form-invalid</c>…</param>
    /// <param name="message">French, for the person.</param>
    public UserTaskRefusedException(int status, string code, string message, IReadOnlyList<FormFault>? faults = null)
        : base(message)
    {
        Status = status;
        Code = code;
        Faults = faults ?? [];
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    public string Code { get; } = "";

    /// <summary>Mistakes in the form, for code <c>form-invalid</c>.</summary>
    public IReadOnlyList<FormFault> Faults { get; } = [];
}

/// <param name="Path">Field path, e.g. <c>periodes[1].du</c>.</param>
public sealed record FormFault(string Path, string Code, string Message);
