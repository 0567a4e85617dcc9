using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Npgsql;

namespace Cleiss.Persistence.Verification;

/// <summary>
/// Reads the stored state of every running instance with the engine's own reader, as a resume would, and compares it with its bookmarks. Page
/// by page, so that a million instances take time and no memory.
/// </summary>
public sealed class StoredInstanceCheck(InstanceInspector inspector)
{
    private const int Page = 200;

    internal async Task<InvariantFinding> CheckAsync(NpgsqlConnection connection, int kept, CancellationToken cancellationToken)
    {
        var where = new List<string>();
        long count = 0;
        var last = "";
        while (await ReadPageAsync(connection, last, cancellationToken) is { Count: > 0 } instances)
        {
            var bookmarks = await ReadBookmarksAsync(connection, [.. instances.Select(instance => instance.Id)], cancellationToken);
            foreach (var instance in instances)
            {
                foreach (var problem in await inspector.InspectAsync(instance, [.. bookmarks[instance.Id]], cancellationToken))
                {
                    if (++count <= kept)
                    {
                        where.Add($"instance {instance.Id} ({instance.DefinitionId}, version {instance.Version}) : {problem}");
                    }
                }
            }

            last = instances[^1].Id;
        }

        return new InvariantFinding(
            "instance-state",
            "L'état de chaque instance en cours se lit et nomme exactement ses signets",
            "Ne modifiez rien à la main. Restaurez l'instance depuis la dernière sauvegarde, ou annulez-la et rouvrez le dossier.",
            count,
            where);
    }

    private static async Task<List<InstanceRecord>> ReadPageAsync(NpgsqlConnection connection, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select id, definition_id, definition_version_id, version, correlation_id, name, status, sub_status, parent_instance_id,
                   incident_count, created_at, updated_at, finished_at, state::text
            from workflow_instances where status = 'Running' and id > $1 order by id limit $2
            """,
            connection)
        { CommandTimeout = 0 };
        command.AddParameters(Sql.Text(after), Sql.Int(Page));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var instances = new List<InstanceRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            instances.Add(new InstanceRecord(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), Text(reader, 4), Text(reader, 5),
                Enum.Parse<WorkflowStatus>(reader.GetString(6)), Enum.Parse<WorkflowSubStatus>(reader.GetString(7)), Text(reader, 8),
                reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11), null,
                Encoding.UTF8.GetBytes(reader.GetString(13))));
        }

        return instances;
    }

    private static async Task<ILookup<string, Bookmark>> ReadBookmarksAsync(NpgsqlConnection connection, string[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select id, workflow_instance_id, correlation_id, name, hash, activity_id, activity_number, callback, payload::text, created_at, due_at, auto_burn
            from bookmarks where workflow_instance_id = any($1)
            """,
            connection)
        { CommandTimeout = 0 };
        command.AddParameters(Sql.Texts(ids));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var bookmarks = new List<Bookmark>();
        while (await reader.ReadAsync(cancellationToken))
        {
            bookmarks.Add(new Bookmark(
                reader.GetString(0), reader.GetString(1), Text(reader, 2), reader.GetString(3), Text(reader, 4), reader.GetString(5),
                reader.GetInt32(6), Text(reader, 7), Text(reader, 8) is { } payload ? JsonNode.Parse(payload) as JsonObject : null,
                reader.GetFieldValue<DateTimeOffset>(9), reader.IsDBNull(10) ? null : reader.GetFieldValue<DateTimeOffset>(10), reader.GetBoolean(11)));
        }

        return bookmarks.ToLookup(bookmark => bookmark.WorkflowInstanceId, StringComparer.Ordinal);
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
