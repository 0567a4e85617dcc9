using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Forms.Answers;

/// <summary>Companion of a burst: keeps an answer, and throws away the draft of its task, in the burst's commit.</summary>
/// <param name="AnswerId">Chosen by the caller; the same id again changes nothing, so a repeated command is harmless.</param>
/// <param name="TaskId">Null when the answer opened a case.</param>
/// <param name="Data">Validated and normalised: <c>FormValidation.Data</c>.</param>
/// <param name="CreatedBy">User name.</param>
public sealed record RecordAnswer(string AnswerId, string FormKey, int FormVersion, string? CaseId, string? TaskId, JsonObject Data, string CreatedBy);

/// <summary>Companion of a burst: throws away the draft of a task that ended without an answer.</summary>
public sealed record DiscardDraft(string TaskId);

/// <summary>Writes <see cref="RecordAnswer"/> and <see cref="DiscardDraft"/>.</summary>
public sealed class AnswerParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case RecordAnswer answer:
                batch.Add(
                    """
                    insert into form_answers (id, form_key, form_version, case_id, task_id, data, created_by, created_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing
                    """,
                    Sql.Text(answer.AnswerId),
                    Sql.Text(answer.FormKey),
                    Sql.Int(answer.FormVersion),
                    Sql.Text(answer.CaseId ?? scope.CorrelationId),
                    Sql.Text(answer.TaskId),
                    Sql.Json(answer.Data),
                    Sql.Text(answer.CreatedBy),
                    Sql.Time(scope.Now));
                if (answer.TaskId is not null)
                {
                    Discard(batch, answer.TaskId);
                }

                return true;
            case DiscardDraft draft:
                Discard(batch, draft.TaskId);
                return true;
            default:
                return false;
        }
    }

    private static void Discard(NpgsqlBatch batch, string taskId) =>
        batch.Add("delete from form_drafts where task_id = $1", Sql.Text(taskId));
}
