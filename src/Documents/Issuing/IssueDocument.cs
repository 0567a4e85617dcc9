using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Files;
using Npgsql;

namespace Cleiss.Documents.Issuing;

/// <summary>Companion: gives the next number of a series and creates the pending document, in the burst that decides to issue it.</summary>
/// <param name="SeriesPrefix">Of the agreement, e.g. <c>MD</c>; specimens count in <c>SPEC-MD</c>.</param>
/// <param name="Template">Path below the templates folder, e.g. <c>formulaire-de-liaison/formulaire-bilingue</c>.</param>
/// <param name="Language">The partner's language, e.g. <c>ro</c>.</param>
/// <param name="VerificationCode">From <see cref="VerificationCodes.New"/>.</param>
/// <param name="Specimen">True makes it a specimen; false leaves it to the agreement and the form, which must both be in force at that moment.</param>
/// <param name="PreviousDocumentId">The document this one corrects or withdraws; it becomes « replaced », or « cancelled », when this one is printed.</param>
/// <param name="CancelsPrevious">True when it withdraws the previous document instead of correcting it.</param>
public sealed record IssueDocument(
    string DocumentId,
    string SeriesPrefix,
    bool Specimen,
    string? CaseId,
    string Title,
    string Template,
    string? FormKey,
    string? FormCode,
    bool ProvisionalCode,
    string? AnswerId,
    string Language,
    string VerificationCode,
    string RequestedBy,
    string? PreviousDocumentId = null,
    bool CancelsPrevious = false);

/// <summary>Companion: the PDF exists. Storing it twice under the same id changes nothing.</summary>
public sealed record DocumentRendered(string DocumentId, string FileName, byte[] Pdf);

/// <summary>Companion: the document cannot be printed or is withdrawn; its number stays taken.</summary>
public sealed record DocumentCancelled(string DocumentId, string Reason);

internal sealed class DocumentParticipant : IBurstParticipant
{
    private static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case IssueDocument issue:
                Issue(batch, issue, scope.Now);
                return true;
            case DocumentRendered rendered:
                Store(batch, rendered, scope.Now);
                return true;
            case DocumentCancelled cancelled:
                batch.Add(
                    "update documents set state = 'cancelled', cancelled_reason = $2 where id = $1",
                    Sql.Text(cancelled.DocumentId), Sql.Text(cancelled.Reason));
                return true;
            default:
                return false;
        }
    }

    private static void Issue(NpgsqlBatch batch, IssueDocument issue, DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Paris).DateTime);
        batch.Add(
            """
            with kind as (select $4 or not document_may_be_real($2, $8, $18) as specimen),
            named as (select specimen, case when specimen then 'SPEC-' || $2 else $2 end as series from kind),
            next as (
                insert into document_series as s (series, year, last_number) select series, $3, 1 from named
                on conflict (series, year) do update set last_number = s.last_number + 1
                returning last_number)
            insert into documents (id, number, series, year, counter, state, specimen, case_id, title, template, template_version, form_key,
                form_code, provisional_code, answer_id, language, verification_code, previous_document_id, requested_by, created_at, cancels_previous)
            select $1, series || '-' || $3 || '-' || lpad(last_number::text, greatest(4, length(last_number::text)), '0'), series, $3, last_number,
                'pending', specimen, $5, $6, $7,
                (select max(t.version) from template_versions t where t.code = $7 and t.state = 'published'),
                $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
            from next, named
            """,
            Sql.Text(issue.DocumentId), Sql.Text(issue.SeriesPrefix), Sql.Int(day.Year), Sql.Bool(issue.Specimen),
            Sql.Text(issue.CaseId), Sql.Text(issue.Title), Sql.Text(issue.Template), Sql.Text(issue.FormKey), Sql.Text(issue.FormCode),
            Sql.Bool(issue.ProvisionalCode), Sql.Text(issue.AnswerId), Sql.Text(issue.Language), Sql.Text(issue.VerificationCode),
            Sql.Text(issue.PreviousDocumentId), Sql.Text(issue.RequestedBy), Sql.Time(now), Sql.Bool(issue.CancelsPrevious), Sql.Date(day));
    }

    private static void Store(NpgsqlBatch batch, DocumentRendered rendered, DateTimeOffset now)
    {
        var file = FileStore.Write(batch, "doc-" + rendered.DocumentId, rendered.FileName, "application/pdf", rendered.Pdf, "système", now);
        batch.Add(
            """
            update documents set state = case when specimen then 'specimen' else 'valid' end, file_id = $2, sha256 = $3, rendered_at = $4
            where id = $1 and state = 'pending'
            """,
            Sql.Text(rendered.DocumentId), Sql.Text(file.Id), Sql.Text(file.Sha256), Sql.Time(now));
        // Either of the two may be the one printed last.
        batch.Add(
            """
            update documents p set
                state = case when n.cancels_previous then 'cancelled' else 'replaced' end,
                replaced_by = n.id,
                cancelled_reason = case when n.cancels_previous then 'Annulé par le document ' || n.number || '.' end
            from documents n
            where n.previous_document_id = p.id and (n.id = $1 or p.id = $1) and n.state in ('valid', 'specimen') and p.state in ('valid', 'specimen')
            """,
            Sql.Text(rendered.DocumentId));
    }
}
