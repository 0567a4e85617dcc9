using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>Which lines of a journal; what is null or empty does not restrict.</summary>
public sealed record JournalFilter(
    IReadOnlyList<string>? ActivityIds = null,
    IReadOnlyList<string>? NodeIds = null,
    IReadOnlyList<string>? ExcludedTypes = null,
    IReadOnlyList<string>? EventNames = null);

/// <summary>How often the activity of one node began and ended.</summary>
public sealed record NodeCount(string NodeId, string ActivityId, string EventName, int Count);

/// <summary>One instance's journal: pages of it, single nodes, counts.</summary>
public sealed class JournalLists(NpgsqlDataSource database)
{
    private const string Columns =
        "sequence, at, event_name, activity_id, activity_number, parent_number, activity_type, activity_version, activity_name, node_id, message, activity_state, payload";

    private const string Filter =
        """
        workflow_instance_id = $1
        and ($2::text[] is null or activity_id = any($2)) and ($3::text[] is null or node_id = any($3))
        and ($4::text[] is null or not activity_type = any($4)) and ($5::text[] is null or event_name = any($5))
        """;

    /// <summary>In order of the sequence.</summary>
    public async Task<(IReadOnlyList<JournalRecord> Lines, int Total)> ListAsync(
        string instanceId, JournalFilter filter, int skip, int? take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = database.CreateCommand(
            $"select {Columns}, count(*) over () from workflow_journal where {Filter} order by sequence offset $6 limit $7");
        command.AddParameters([.. Parameters(instanceId, filter), Sql.Int(skip), Sql.Int(take)]);
        var (lines, total) = await ReadAsync(command, cancellationToken);
        if (lines.Count == 0 && skip > 0)
        {
            await using var count = database.CreateCommand($"select count(*) from workflow_journal where {Filter}");
            count.AddParameters(Parameters(instanceId, filter));
            total = (int)(long)(await count.ExecuteScalarAsync(cancellationToken))!;
        }

        return (lines, total);
    }

    /// <summary>All lines of one execution.</summary>
    public async Task<IReadOnlyList<JournalRecord>> OfExecutionAsync(string instanceId, int activityNumber, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns}, 0::bigint from workflow_journal where workflow_instance_id = $1 and activity_number = $2 order by sequence");
        command.AddParameters(Sql.Text(instanceId), Sql.Int(activityNumber));
        return (await ReadAsync(command, cancellationToken)).Lines;
    }

    public async Task<JournalRecord?> LastAsync(string instanceId, CancellationToken cancellationToken)
    {
        // The last page alone: a long journal is not read for its end.
        await using var command = database.CreateCommand(
            $"""
            select {Columns}, 0::bigint from workflow_journal
            where workflow_instance_id = $1
              and sequence >= (select max(first_sequence) from workflow_journal_pages where workflow_instance_id = $1)
            order by sequence desc limit 1
            """);
        command.AddParameters(Sql.Text(instanceId));
        return (await ReadAsync(command, cancellationToken)).Lines is [var last, ..] ? last : null;
    }

    public async Task<IReadOnlyList<NodeCount>> CountAsync(string instanceId, IReadOnlyList<string>? nodeIds, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select node_id, activity_id, event_name, count(*) from workflow_journal
            where workflow_instance_id = $1 and ($2::text[] is null or node_id = any($2)) group by node_id, activity_id, event_name
            """);
        command.AddParameters(Sql.Text(instanceId), DefinitionLists.OptionalTexts(nodeIds));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new List<NodeCount>();
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(new NodeCount(reader.GetString(0), reader.GetString(1), reader.GetString(2), (int)reader.GetInt64(3)));
        }

        return counts;
    }

    private static NpgsqlParameter[] Parameters(string instanceId, JournalFilter filter) =>
    [
        Sql.Text(instanceId), DefinitionLists.OptionalTexts(filter.ActivityIds), DefinitionLists.OptionalTexts(filter.NodeIds),
        DefinitionLists.OptionalTexts(filter.ExcludedTypes), DefinitionLists.OptionalTexts(filter.EventNames),
    ];

    private static async Task<(List<JournalRecord> Lines, int Total)> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (lines, total) = (new List<JournalRecord>(), 0);
        while (await reader.ReadAsync(cancellationToken))
        {
            total = (int)reader.GetInt64(13);
            lines.Add(new JournalRecord(
                reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetInt32(5), reader.GetString(6), reader.GetInt32(7), Text(reader, 8), reader.GetString(9), Text(reader, 10),
                Json(reader, 11), Json(reader, 12)));
        }

        return (lines, total);
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static JsonObject? Json(NpgsqlDataReader reader, int column) => Text(reader, column) is { } text ? JsonNode.Parse(text) as JsonObject : null;
}
