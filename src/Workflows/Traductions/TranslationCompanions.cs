using Cleiss.Persistence;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Workflows.Traductions;

/// <summary>Companion: the request as examined; repeated, it changes nothing.</summary>
internal sealed record RegisterTranslation(
    string CaseId, string Kind, string Direction, string Language, string Requester, string FileId, string Fingerprint, int? Words, string? DuplicateOf);

/// <summary>Companion: moves an order; one that will not be delivered gives its words back to the lot, a delivered one is charged.</summary>
internal sealed record MoveOrder(string OrderId, string State);

/// <summary>Companion: what was handed over, and that the request has ended.</summary>
/// <param name="AnswerId">Answer whose file <c>traduction</c> is handed over; null when nothing was translated.</param>
internal sealed record EndTranslation(string CaseId, string? AnswerId, bool Delivered);

internal static class OrderState
{
    public const string Proposed = "proposed";
    public const string Accepted = "accepted";
    public const string Delivered = "delivered";
    public const string Declined = "declined";
    public const string Lapsed = "lapsed";
    public const string Cancelled = "cancelled";

    public static bool GivesWordsBack(string state) => state is Declined or Lapsed or Cancelled;
}

internal sealed class TranslationParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case RegisterTranslation request:
                batch.Add(
                    """
                    insert into translation_requests (case_id, test, requested_at, kind, direction, language, requester, document_file, fingerprint, words, duplicate_of)
                    select c.id, c.test, c.opened_at, $2, $3, $4, $5, $6, $7, $8, $9 from cases c where c.id = $1
                    on conflict (case_id) do nothing
                    """,
                    Sql.Text(request.CaseId), Sql.Text(request.Kind), Sql.Text(request.Direction), Sql.Text(request.Language), Sql.Text(request.Requester),
                    Sql.Text(request.FileId), Sql.Text(request.Fingerprint), Sql.Int(request.Words), Sql.Text(request.DuplicateOf));
                return true;
            case MoveOrder move:
                Move(move, scope, batch);
                return true;
            case EndTranslation end:
                batch.Add(
                    """
                    update translation_requests set ended_at = $2, delivered_at = case when $4 then $2 end,
                        translation_file = (select data -> 'traduction' ->> 'id' from form_answers where id = $3)
                    where case_id = $1 and ended_at is null
                    """,
                    Sql.Text(end.CaseId), Sql.Time(scope.Now), Sql.Text(end.AnswerId), Sql.Bool(end.Delivered));
                return true;
            default:
                return false;
        }
    }

    private static void Move(MoveOrder move, BurstScope scope, NpgsqlBatch batch)
    {
        if (OrderState.GivesWordsBack(move.State))
        {
            // The lot first: whoever routes locks it before it looks at orders.
            batch.Add(
                """
                with lot as (select l.number from translation_lots l join translation_orders o on o.lot = l.number where o.id = $1 for update of l),
                moved as (
                  update translation_orders set state = $2, changed_at = $3 where id = $1 and lot in (select number from lot) and state in ('proposed', 'accepted')
                  returning lot, words, test)
                update translation_lots l set ordered_words = l.ordered_words - m.words from moved m where l.number = m.lot and not m.test
                """,
                Sql.Text(move.OrderId), Sql.Text(move.State), Sql.Time(scope.Now));
            return;
        }

        batch.Add(
            "update translation_orders set state = $2, changed_at = $3 where id = $1 and state in ('proposed', 'accepted')",
            Sql.Text(move.OrderId), Sql.Text(move.State), Sql.Time(scope.Now));
        if (move.State == OrderState.Delivered)
        {
            batch.Add(
                """
                insert into translation_costs (id, case_id, order_id, language, direction, month, cents, recorded_at, recorded_by)
                select $2, o.case_id, o.id, r.language, r.direction, translation_open_month(to_char($3 at time zone 'Europe/Paris', 'YYYY-MM')), o.amount_cents, $3, 'system'
                from translation_orders o join translation_requests r on r.case_id = o.case_id where o.id = $1 and o.state = 'delivered' and not o.test
                on conflict (order_id) where reason is null do nothing
                """,
                Sql.Text(move.OrderId), Sql.Text(Engine.Ids.New()), Sql.Time(scope.Now));
        }
    }
}
