using NpgsqlTypes;
using Npgsql;

namespace Cleiss.Persistence.Trails;

/// <summary>Adds trail statements to a batch; the batch's transaction decides whether they happened.</summary>
public static class TrailSql
{
    /// <summary>Creates an empty trail; without effect when it exists. Opening a case does this first, so that its row can be locked.</summary>
    public static void Open(NpgsqlBatch batch, string trailId, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into trails (id, length, head, opened_at) values ($1, 0, trail_genesis($1), $2) on conflict (id) do nothing")
        {
            Parameters = { Text(trailId), Time(at) },
        });
    }

    /// <summary>
    /// Appends one entry and moves the head of its chain. The row of the trail is locked by the statement, so two writers of one trail
    /// follow each other; a trail that does not exist yet is opened.
    /// </summary>
    public static void Append(NpgsqlBatch batch, TrailEntry entry, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(entry);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            with link as (
              insert into trails as t (id, length, head, opened_at)
              values ($1, 1, trail_link(trail_genesis($1), $1, 1, $2, $3, $4, $5, $6, $7), $2)
              on conflict (id) do update
                set length = t.length + 1, head = trail_link(t.head, t.id, t.length + 1, $2, $3, $4, $5, $6, $7)
              returning length, head)
            insert into trail_entries (trail_id, position, at, actor_id, actor_name, kind, sentence, facts, hash)
            select $1, link.length, $2, $3, $4, $5, $6, $7, link.head from link
            """)
        {
            Parameters =
            {
                Text(entry.TrailId),
                Time(at),
                Text(entry.Actor.Id),
                Text(entry.Actor.Name),
                Text(entry.Kind),
                Text(entry.Sentence),
                new() { Value = (object?)entry.Facts?.ToJsonString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Json },
            },
        });
    }

    private static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
