using System.Text.Json.Nodes;
using Cleiss.Documents.Rendering;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cleiss.Activities.Mail;

/// <summary>A mail is to be sent; its Message-ID is fixed here, for all attempts.</summary>
public sealed record QueueMail(
    string MailId,
    string? CaseId,
    string Template,
    string? Partner,
    string? ToAddress,
    IReadOnlyList<string> Documents,
    int? ReminderNumber,
    string? ToField = null,
    string? AnswerId = null,
    string? AttachedField = null,
    JsonObject? Data = null);

internal sealed record MailAccepted(string MailId, int Attempt, string Transport);

/// <summary>The transport said no, or the mail cannot be written; a person must act.</summary>
internal sealed record MailBlocked(string MailId, int? Attempt, string Reason);

/// <summary>The transport answered « not now »: this attempt certainly did not deliver.</summary>
internal sealed record MailDeferred(string MailId, int Attempt, string Reason);

internal sealed class MailParticipant(IOptions<PublicAddressOptions> address) : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case QueueMail mail:
                batch.Add(
                    """
                    insert into mails (id, message_id, case_id, workflow_instance_id, template, partner, reminder_number, documents, state,
                        to_address, specimen, created_at, to_field, answer_id, attached_field, data)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, false, $10, $11, $12, $13, $14)
                    """,
                    Sql.Text(mail.MailId), Sql.Text($"<{mail.MailId}@{MailAddressing.HostOf(address.Value.PublicUrl)}>"), Sql.Text(mail.CaseId),
                    Sql.Text(scope.WorkflowInstanceId), Sql.Text(mail.Template), Sql.Text(mail.Partner), Sql.Int(mail.ReminderNumber),
                    Sql.Texts(mail.Documents), Sql.Text(mail.ToAddress), Sql.Time(scope.Now), Sql.Text(mail.ToField),
                    Sql.Text(mail.AnswerId), Sql.Text(mail.AttachedField), Sql.Json(mail.Data));
                return true;
            case MailAccepted accepted:
                EndAttempt(batch, accepted.MailId, accepted.Attempt, "accepted", scope);
                batch.Add(
                    "update mails set state = 'sent', reason = null, transport = $2, sent_at = $3 where id = $1",
                    Sql.Text(accepted.MailId), Sql.Text(accepted.Transport), Sql.Time(scope.Now));
                batch.Add("update partner_links set pending_token = null where mail_id = $1", Sql.Text(accepted.MailId));
                return true;
            case MailBlocked blocked:
                if (blocked.Attempt is { } attempt)
                {
                    EndAttempt(batch, blocked.MailId, attempt, blocked.Reason, scope);
                }

                batch.Add("update mails set state = 'blocked', reason = $2 where id = $1", Sql.Text(blocked.MailId), Sql.Text(blocked.Reason));
                return true;
            case MailDeferred deferred:
                EndAttempt(batch, deferred.MailId, deferred.Attempt, deferred.Reason, scope);
                batch.Add("update mails set state = 'queued', reason = $2 where id = $1", Sql.Text(deferred.MailId), Sql.Text(deferred.Reason));
                return true;
            default:
                return false;
        }
    }

    private static void EndAttempt(NpgsqlBatch batch, string mailId, int attempt, string outcome, BurstScope scope) => batch.Add(
        "update mail_attempts set ended_at = $3, outcome = $4 where mail_id = $1 and attempt = $2",
        Sql.Text(mailId), Sql.Int(attempt), Sql.Time(scope.Now), Sql.Text(outcome));
}
