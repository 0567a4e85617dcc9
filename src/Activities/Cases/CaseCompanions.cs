using System.Text.Json.Nodes;
using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Trails;
using Npgsql;

namespace Cleiss.Activities.Cases;

/// <summary>Companion: the row of a new case, its reference taken from the counter in the same commit.</summary>
internal sealed record CreateCase(Case Row, string Prefix, int Year);

/// <summary>Companion: moves the state of the burst's case; null leaves a column as it is.</summary>
internal sealed record ChangeCase(string? State, string? Status);

/// <summary>Companion: facts by which statistics count a case; an earlier value of the same name is replaced.</summary>
internal sealed record NoteCaseFacts(string CaseId, IReadOnlyDictionary<string, string> Facts);

/// <summary>Companion: remembers the answer to an operation that a caller may repeat.</summary>
internal sealed record RememberCaseOperation(string CaseId, string OperationId, string RequestHash, JsonObject Answer);

internal sealed class CaseParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case CreateCase create:
                Create(create, scope, batch);
                return true;
            case ChangeCase change:
                // A closed case stays closed, whatever a late branch of the flow says.
                batch.Add(
                    """
                    update cases set state = coalesce($2, state), status = coalesce($3, status),
                        closed_at = case when $2 in ('closed', 'cancelled') then $4 else closed_at end
                    where id = $1 and state not in ('closed', 'cancelled')
                    """,
                    Sql.Text(scope.CorrelationId), Sql.Text(change.State), Sql.Text(change.Status), Sql.Time(scope.Now));
                return true;
            case NoteCaseFacts note:
                batch.Add(
                    """
                    insert into case_facts (case_id, name, value, recorded_at) select $1, f.name, f.value, $4 from unnest($2, $3) as f (name, value)
                    on conflict (case_id, name) do update set value = excluded.value, recorded_at = excluded.recorded_at
                    """,
                    Sql.Text(note.CaseId), Sql.Texts([.. note.Facts.Keys]), Sql.Texts([.. note.Facts.Values]), Sql.Time(scope.Now));
                return true;
            case RememberCaseOperation operation:
                batch.Add(
                    "insert into case_operations (case_id, operation_id, request_hash, answer, at) values ($1, $2, $3, $4, $5)",
                    Sql.Text(operation.CaseId), Sql.Text(operation.OperationId), Sql.Text(operation.RequestHash), Sql.Json(operation.Answer),
                    Sql.Time(scope.Now));
                return true;
            default:
                return false;
        }
    }

    private static void Create(CreateCase create, BurstScope scope, NpgsqlBatch batch)
    {
        var row = create.Row;
        TrailSql.Open(batch, TrailIds.Case(row.Id), scope.Now);
        batch.Add(
            """
            with number as (
              insert into case_counters as c (prefix, year, last) values ($18, $19, 1)
              on conflict (prefix, year) do update set last = c.last + 1
              returning last)
            insert into cases (id, reference, process_key, definition_version_id, workflow_instance_id, title, state, status, test, agreement_iso,
                form_key, last_name, first_names, birth_date, opened_by, opened_by_name, opened_at, received_on)
            select $1, $18 || '-' || $19 || '-' || lpad(number.last::text, greatest(4, length(number.last::text)), '0'),
                $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
            from number
            """,
            Sql.Text(row.Id), Sql.Text(row.ProcessKey), Sql.Text(row.DefinitionVersionId), Sql.Text(row.WorkflowInstanceId), Sql.Text(row.Title),
            Sql.Text(row.State), Sql.Text(row.Status), Sql.Bool(row.Test), Sql.Text(row.AgreementIso), Sql.Text(row.FormKey), Sql.Text(row.LastName),
            Sql.Text(row.FirstNames), Sql.Date(row.BirthDate), Sql.Text(row.OpenedBy), Sql.Text(row.OpenedByName), Sql.Time(row.OpenedAt),
            Sql.Date(row.ReceivedOn), Sql.Text(create.Prefix), Sql.Int(create.Year));
    }
}
