using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>Companion: a link, whose token leaves in the mail <paramref name="MailId"/>. The form's version in force is pinned by the statement.</summary>
internal sealed record CreatePartnerLink(
    string Id, string Token, string MailId, string CaseId, string? BookmarkId, string ActivityId, string? Partner, string Title, string? Instructions,
    string? FormKey, JsonArray Actions, IReadOnlyList<string> Files, DateTimeOffset ExpiresAt);

/// <summary>Companion: the step is over, all its links with it.</summary>
/// <param name="Action">What the partner chose; null when the step ended without the partner.</param>
/// <param name="AnswerId">What the partner filled in, when the step has a form.</param>
internal sealed record ClosePartnerLinks(string BookmarkId, string? Action, string? AnswerId);

internal static class PartnerToken
{
    /// <summary>256 bits: nobody guesses one, however many tries.</summary>
    public static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

internal sealed class PartnerLinkParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case CreatePartnerLink link:
                batch.Add(
                    """
                    insert into partner_links (id, token_hash, pending_token, mail_id, case_id, workflow_instance_id, bookmark_id, activity_id, partner, title,
                        instructions, form_key, form_version, actions, files, created_at, expires_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                        (select max(version) from form_definitions where key = $12 and state = 'published'), $13, $14, $15, $16)
                    """,
                    Sql.Text(link.Id), Sql.Text(PartnerToken.HashOf(link.Token)), Sql.Text(link.Token), Sql.Text(link.MailId), Sql.Text(link.CaseId),
                    Sql.Text(scope.WorkflowInstanceId), Sql.Text(link.BookmarkId), Sql.Text(link.ActivityId), Sql.Text(link.Partner), Sql.Text(link.Title),
                    Sql.Text(link.Instructions), Sql.Text(link.FormKey), Sql.Json(link.Actions), Sql.Texts(link.Files), Sql.Time(scope.Now), Sql.Time(link.ExpiresAt));
                return true;
            case ClosePartnerLinks close:
                batch.Add(
                    "update partner_links set closed_at = $2, closed_by_action = $3, answer_id = $4, pending_token = null where bookmark_id = $1 and closed_at is null",
                    Sql.Text(close.BookmarkId), Sql.Time(scope.Now), Sql.Text(close.Action), Sql.Text(close.AnswerId));
                return true;
            default:
                return false;
        }
    }
}
