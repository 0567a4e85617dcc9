using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.People;
using Npgsql;

namespace Cleiss.Activities.UserTasks;

/// <summary>Companion: the row of a new task; the form's version in force is pinned by the statement itself.</summary>
internal sealed record CreateUserTask(UserTaskRow Row);

/// <summary>Companion: closes a task that is still open.</summary>
/// <param name="Actor">Null: the flow itself, by time or cancellation.</param>
internal sealed record CloseUserTask(
    string TaskId, string Status, Actor? Actor = null, string? ActionKey = null, string? AnswerId = null, string? Reason = null);

/// <summary>Companion: remembers a command that a caller may repeat.</summary>
internal sealed record RememberUserTaskOperation(string TaskId, string OperationId, string RequestHash, string Status, int Revision);

internal sealed class UserTaskParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case CreateUserTask create:
                Create(create.Row, batch);
                return true;
            case CloseUserTask close:
                Close(close, scope, batch);
                return true;
            case RememberUserTaskOperation operation:
                UserTaskSql.Remember(batch, operation, scope.Now);
                return true;
            case InstanceMigrated migrated:
                Move(migrated, scope, batch);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Tasks follow their activities into another version, finished ones too: four-eyes rules look back at who completed which activity.
    /// Assignee, due time and the form's version stay what they were.
    /// </summary>
    private static void Move(InstanceMigrated migrated, BurstScope scope, NpgsqlBatch batch)
    {
        if (migrated.ActivityIds.Count == 0)
        {
            return;
        }

        batch.Add(
            """
            update user_tasks set activity_id = coalesce($2 ->> activity_id, activity_id), show_answers_of = coalesce($2 ->> show_answers_of, show_answers_of),
                distinct_from = array(select coalesce($2 ->> id, id) from unnest(distinct_from) id),
                same_as = array(select coalesce($2 ->> id, id) from unnest(same_as) id), updated_at = $3
            where workflow_instance_id = $1
            """,
            Sql.Text(migrated.WorkflowInstanceId),
            Sql.Json(new JsonObject(migrated.ActivityIds.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)))), Sql.Time(scope.Now));
    }

    private static void Create(UserTaskRow row, NpgsqlBatch batch)
    {
        batch.Add(
            """
            insert into user_tasks (id, case_id, workflow_definition_id, workflow_instance_id, activity_id, activity_instance_id, bookmark_id, title,
                summary, reference, instructions, legal_basis, task_data, status, assignee, candidate_users, candidate_groups, excluded_users,
                distinct_from, same_as, show_answers_of, priority, due_at, form_key, form_version, actions, cancellable, revision, created_at, updated_at,
                exclusion_override)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                (select max(version) from form_definitions where key = $24 and state = 'published'), $25, $26, $27, $28, $28, $29)
            """,
            Sql.Text(row.Id), Sql.Text(row.CaseId), Sql.Text(row.WorkflowDefinitionId), Sql.Text(row.WorkflowInstanceId), Sql.Text(row.ActivityId),
            Sql.Text(row.ActivityInstanceId), Sql.Text(row.BookmarkId), Sql.Text(row.Title), Sql.Text(row.Summary), Sql.Text(row.Reference),
            Sql.Text(row.Instructions), Sql.Text(row.LegalBasis), Sql.Json(row.TaskData is null ? null : JsonNode.Parse(row.TaskData)),
            Sql.Text(row.Status), Sql.Text(row.Assignee), Sql.Texts(row.CandidateUsers), Sql.Texts(row.CandidateGroups), Sql.Texts(row.ExcludedUsers),
            Sql.Texts(row.DistinctFrom), Sql.Texts(row.SameAs), Sql.Text(row.ShowAnswersOf), Sql.Int(row.Priority), Sql.Time(row.DueAt),
            Sql.Text(row.FormKey), Sql.Json(JsonNode.Parse(row.Actions)), Sql.Bool(row.Cancellable), Sql.Int(row.Revision), Sql.Time(row.CreatedAt),
            Sql.Bool(row.ExclusionOverride));
        UserTaskSql.Event(batch, row.Id, "Created", Actor.System, row.CreatedAt, null);
    }

    private static void Close(CloseUserTask close, BurstScope scope, NpgsqlBatch batch)
    {
        batch.Add(
            """
            with closed as (
              update user_tasks set status = $2, completed_at = $3, completed_by = $4, completed_by_name = $5, action_key = $6, answer_id = $7,
                  reason = $8, updated_at = $3, revision = revision + 1, assignee = coalesce(assignee, $4)
              where id = $1 and completed_at is null
              returning id, revision),
            gone as (delete from form_drafts where task_id in (select id from closed))
            insert into user_task_events (task_id, at, kind, actor_id, actor_name, revision, facts)
            select id, $3, $2, $9, $10, revision, $11 from closed
            """,
            Sql.Text(close.TaskId), Sql.Text(close.Status), Sql.Time(scope.Now), Sql.Text(close.Actor?.Id), Sql.Text(close.Actor?.Name),
            Sql.Text(close.ActionKey), Sql.Text(close.AnswerId), Sql.Text(close.Reason), Sql.Text((close.Actor ?? Actor.System).Id),
            Sql.Text((close.Actor ?? Actor.System).Name), Sql.Json(close.ActionKey is null ? null : new JsonObject { ["actionKey"] = close.ActionKey }));
    }
}

internal static class UserTaskSql
{
    /// <summary>Adds an event with the revision the task has at that point of the batch.</summary>
    public static void Event(NpgsqlBatch batch, string taskId, string kind, Actor actor, DateTimeOffset at, JsonObject? facts) => batch.Add(
        """
        insert into user_task_events (task_id, at, kind, actor_id, actor_name, revision, facts)
        select id, $2, $3, $4, $5, revision, $6 from user_tasks where id = $1
        """,
        Sql.Text(taskId), Sql.Time(at), Sql.Text(kind), Sql.Text(actor.Id), Sql.Text(actor.Name), Sql.Json(facts));

    public static void Remember(NpgsqlBatch batch, RememberUserTaskOperation operation, DateTimeOffset at) => batch.Add(
        "insert into user_task_operations (task_id, operation_id, request_hash, status, revision, at) values ($1, $2, $3, $4, $5, $6)",
        Sql.Text(operation.TaskId), Sql.Text(operation.OperationId), Sql.Text(operation.RequestHash), Sql.Text(operation.Status),
        Sql.Int(operation.Revision), Sql.Time(at));
}
