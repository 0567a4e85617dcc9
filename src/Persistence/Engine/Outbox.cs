using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Storage;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>The outbox table: claim, settle, put back, park. All statements fence by the owning host's number.</summary>
public sealed class Outbox(NpgsqlDataSource database)
{
    /// <summary>Takes up to <paramref name="limit"/> ready effects for this host, counting the attempt before any work is done.</summary>
    public async Task<IReadOnlyList<Effect>> ClaimAsync(int owner, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            update outbox set owner = $1, attempt = attempt + 1
            where id in (
                select id from outbox where owner is null and parked_at is null
                  -- What was never tried is ready whatever the clock says: it may have been set back, or another host's be ahead.
                  and (next_at <= $2 or attempt = 0)
                order by next_at limit $3 for update skip locked)
            returning id, kind, idempotency_key, payload, workflow_instance_id, correlation_id, bookmark_id, attempt, created_at
            """);
        command.AddParameters(Sql.Int(owner), Sql.Time(now), Sql.Int(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var effects = new List<Effect>();
        while (await reader.ReadAsync(cancellationToken))
        {
            effects.Add(new Effect(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), JsonNode.Parse(reader.GetString(3))!.AsObject(),
                reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetInt32(7), reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return effects;
    }

    /// <summary>
    /// Frees what hosts that no longer live had taken, and what was taken in this host's name although it never heard so: the answer to a claim
    /// can be lost after its commit.
    /// </summary>
    /// <param name="running">Effects this host is working on.</param>
    public async Task<int> ReleaseOrphansAsync(int self, IReadOnlyCollection<string> running, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            update outbox set owner = null
            where owner = $1 and id <> all($3) or owner is not null and owner <> $1 and not exists (
                select 1 from pg_locks
                where locktype = 'advisory' and granted and classid = $2 and objid = owner::oid and objsubid = 2
                  and database = (select oid from pg_database where datname = current_database()))
            """);
        command.AddParameters(Sql.Int(self), Sql.Int(HostPresence.LockClass), Sql.Texts(running));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes a parked effect ready again, at once.</summary>
    /// <returns>False when no parked effect has this idempotency key or id.</returns>
    public async Task<bool> RetryAsync(string idOrKey, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            update outbox set parked_at = null, owner = null, attempt = 0, next_at = $2
            where (id = $1 or idempotency_key = $1) and parked_at is not null
            """);
        command.AddParameters(Sql.Text(idOrKey), Sql.Time(now));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}

/// <summary>Companions of effects, written with the burst that takes their result.</summary>
internal sealed record SettleEffect(string EffectId, int Owner);

internal sealed record PutBackEffect(string EffectId, int Owner, DateTimeOffset NextAt, string Reason);

internal sealed record ParkEffect(string EffectId, int Owner, string Reason);

internal sealed class OutboxParticipant : IBurstParticipant
{
    public bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch)
    {
        switch (companion)
        {
            case SettleEffect settle:
                batch.Add("select settle_outbox($1, $2)", Sql.Text(settle.EffectId), Sql.Int(settle.Owner));
                return true;
            case PutBackEffect back:
                batch.Add(
                    "update outbox set owner = null, next_at = $3, last_error = $4 where id = $1 and owner = $2",
                    Sql.Text(back.EffectId), Sql.Int(back.Owner), Sql.Time(back.NextAt), Sql.Text(back.Reason));
                return true;
            case ParkEffect park:
                batch.Add(
                    "update outbox set owner = null, parked_at = $3, last_error = $4 where id = $1 and owner = $2",
                    Sql.Text(park.EffectId), Sql.Int(park.Owner), Sql.Time(scope.Now), Sql.Text(park.Reason));
                return true;
            case EnqueueEffects more:
                Write(batch, more.Effects, scope.Now);
                return true;
            case NoteActivation activation:
                batch.Add(
                    "insert into workflow_activations (workflow_instance_id, definition_id) values ($1, $2)",
                    Sql.Text(scope.WorkflowInstanceId), Sql.Text(activation.DefinitionId));
                return true;
            default:
                return false;
        }
    }

    private static void Write(NpgsqlBatch batch, IReadOnlyList<TargetedEffect> effects, DateTimeOffset now)
    {
        List<TargetedEffect> rows = [.. effects];
        batch.Add(
            """
            insert into outbox (id, kind, idempotency_key, payload, workflow_instance_id, correlation_id, bookmark_id, next_at, created_at)
            select *, $8, $8 from unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::text[], $6::text[], $7::text[])
            """,
            Sql.Texts(rows, effect => effect.Request.Id), Sql.Texts(rows, effect => effect.Request.Kind),
            Sql.Texts(rows, effect => effect.Request.IdempotencyKey), Sql.Jsons(rows, effect => effect.Request.Payload),
            Sql.Texts(rows, effect => effect.WorkflowInstanceId), Sql.Texts(rows, effect => effect.CorrelationId),
            Sql.Texts(rows, effect => effect.Request.BookmarkId), Sql.Time(now));
    }
}
