using System.Text.Json.Nodes;
using Npgsql;

namespace Cleiss.Persistence.Trails;

/// <param name="Position">1 for the first entry of the trail.</param>
/// <param name="Hash">Lower-case hexadecimal.</param>
public sealed record TrailLine(
    long Position,
    DateTimeOffset At,
    string ActorId,
    string ActorName,
    string Kind,
    string Sentence,
    JsonObject? Facts,
    string Hash);

/// <param name="BrokenAt">Position of the first entry that is missing, changed or unknown to the head; null when the chain holds.</param>
/// <param name="Reason">What does not fit, in French; null when the chain holds.</param>
public sealed record TrailVerdict(bool Intact, long Length, long? BrokenAt, string? Reason);

public sealed class TrailReader(NpgsqlDataSource database)
{
    /// <summary>All entries, oldest first; empty when there is no such trail.</summary>
    public async Task<IReadOnlyList<TrailLine>> ListAsync(string trailId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select position, at, actor_id, actor_name, kind, sentence, facts::text, hash from trail_entries where trail_id = $1 order by position");
        command.Parameters.Add(new() { Value = trailId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<TrailLine>();
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new TrailLine(
                reader.GetInt64(0),
                await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                await reader.IsDBNullAsync(6, cancellationToken) ? null : JsonNode.Parse(reader.GetString(6)) as JsonObject,
                Convert.ToHexStringLower((byte[])reader.GetValue(7))));
        }

        return lines;
    }

    /// <summary>Computes the chain again from its first entry and names the first link that does not fit.</summary>
    public async Task<TrailVerdict> VerifyAsync(string trailId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select t.length, t.head, e.broken_at, e.place, e.last, e.last_hash
            from trails t left join lateral (
              select
                min(place) filter (where hash <> expected or position <> place) as broken_at,
                (array_agg(position order by place) filter (where hash <> expected or position <> place))[1] as place,
                count(*) as last,
                (array_agg(hash order by place desc))[1] as last_hash
              from (
                select x.position, x.hash, x.place,
                  trail_link(coalesce(x.previous, trail_genesis(t.id)), t.id, x.place, x.at, x.actor_id, x.actor_name, x.kind, x.sentence, x.facts) as expected
                from (
                  select entry.*, row_number() over (order by position) as place, lag(entry.hash) over (order by position) as previous
                  from trail_entries entry where entry.trail_id = t.id) x) link) e on true
            where t.id = $1
            """);
        command.Parameters.Add(new() { Value = trailId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new TrailVerdict(false, 0, null, $"Le journal « {trailId} » n’existe pas.");
        }

        var length = reader.GetInt64(0);
        var head = (byte[])reader.GetValue(1);
        var count = reader.GetInt64(4);
        if (!await reader.IsDBNullAsync(2, cancellationToken))
        {
            var broken = reader.GetInt64(2);
            return reader.GetInt64(3) != broken
                ? new TrailVerdict(false, length, broken, $"L’entrée {broken} manque.")
                : new TrailVerdict(false, length, broken, $"L’entrée {broken} ne correspond plus à son empreinte : elle, ou celle qui la précède, a été modifiée.");
        }

        if (count < length)
        {
            return new TrailVerdict(false, length, count + 1, $"L’entrée {count + 1} manque : le journal en annonce {length}.");
        }

        var intact = count == length && (count == 0 || head.AsSpan().SequenceEqual((byte[])reader.GetValue(5)));
        return intact
            ? new TrailVerdict(true, length, null, null)
            : new TrailVerdict(false, length, count, $"La tête du journal ne correspond pas à l’entrée {count}.");
    }
}
