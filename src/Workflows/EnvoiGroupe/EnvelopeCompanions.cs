using Cleiss.Engine;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>Companion: a document waits in the open envelope of the agreement, which is opened when there is none.</summary>
internal sealed record PutIntoEnvelope(string AgreementIso, bool Test, string CaseId, string DocumentId, string BookmarkId);

/// <summary>Companion: the document waits no longer; one whose envelope has been closed leaves with it.</summary>
internal sealed record TakeOutOfEnvelope(string DocumentId);

/// <summary>Companion: this case sends the envelope. A second one fails, and its whole burst with it.</summary>
internal sealed record ClaimEnvelope(string EnvelopeId, string CaseId);

internal sealed class EnvelopeParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case PutIntoEnvelope put:
                // The update that changes nothing holds the open envelope until the commit: it cannot be closed in between.
                batch.Add(
                    """
                    with open as (
                      insert into envelopes (id, agreement_iso, test, opened_at) values ($1, $2, $3, $4)
                      on conflict (agreement_iso, test) where closed_at is null do update set agreement_iso = excluded.agreement_iso
                      returning id)
                    insert into envelope_items (document_id, envelope_id, case_id, workflow_instance_id, bookmark_id, added_at)
                    select $5, open.id, $6, $7, $8, $4 from open
                    """,
                    Sql.Text(Ids.New()), Sql.Text(put.AgreementIso), Sql.Bool(put.Test), Sql.Time(scope.Now), Sql.Text(put.DocumentId), Sql.Text(put.CaseId),
                    Sql.Text(scope.WorkflowInstanceId), Sql.Text(put.BookmarkId));
                return true;
            case TakeOutOfEnvelope takeOut:
                batch.Add(
                    "delete from envelope_items i using envelopes e where i.document_id = $1 and e.id = i.envelope_id and e.closed_at is null",
                    Sql.Text(takeOut.DocumentId));
                return true;
            case ClaimEnvelope claim:
                batch.Add("insert into envelope_sendings (envelope_id, case_id, at) values ($1, $2, $3)", Sql.Text(claim.EnvelopeId), Sql.Text(claim.CaseId), Sql.Time(scope.Now));
                return true;
            default:
                return false;
        }
    }
}
