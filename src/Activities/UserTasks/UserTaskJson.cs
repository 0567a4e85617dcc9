using System.Text.Json.Nodes;

namespace Cleiss.Activities.UserTasks;

/// <summary>Tasks as Elsa's contract shows them.</summary>
internal static class UserTaskJson
{
    public static object Of(UserTaskRow task) => Of(task, null);

    public static object Of(UserTaskRow task, string? assigneeName) => new
    {
        task.Id,
        task.Title,
        task.Summary,
        task.Reference,
        task.Instructions,
        task.LegalBasis,
        task.Status,
        assignee = task.Assignee is null ? null : Participant("user", task.Assignee, assigneeName),
        candidateUsers = task.CandidateUsers.Select(id => Participant("user", id, null)),
        candidateGroups = task.CandidateGroups.Select(id => Participant("group", id, null)),
        task.Priority,
        task.DueAt,
        form = task.FormKey is null ? null : new { providerName = "cleiss-forms", key = task.FormKey, pinnedVersion = task.FormVersion },
        actions = UserTaskService.ActionsOf(task),
        taskData = task.TaskData is null ? null : JsonNode.Parse(task.TaskData),
        task.Revision,
        task.CaseId,
        task.WorkflowDefinitionId,
        task.WorkflowInstanceId,
        task.ActivityId,
        task.ActivityInstanceId,
        task.CreatedAt,
        task.UpdatedAt,
        task.CompletedAt,
        completedBy = task.CompletedBy is null ? null : Participant("user", task.CompletedBy, task.CompletedByName),
        task.ActionKey,
        task.AnswerId,
        task.Reason,
    };

    private static object Participant(string kind, string id, string? name) => new { kind, provider = "cleiss", id, displayName = name ?? id };
}
