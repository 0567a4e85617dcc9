using System.Text.Json.Nodes;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>A version that other definitions may use, or already use, as an activity.</summary>
/// <param name="IsOffered">Published and not deleted; others are only there for definitions that use them already.</param>
public sealed record UsableDefinition(string Id, string DefinitionId, int Version, string Name, string? Description, bool IsOffered, JsonObject Document);

/// <summary>Definitions used as activities: every version that was ever published as usable.</summary>
public sealed class UsableDefinitions(NpgsqlDataSource database)
{
    private const string Filter = "usable_as_activity and published_at is not null";

    /// <summary>Another text whenever the list is another one.</summary>
    public async Task<string> StampAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select coalesce(md5(string_agg(id || is_published || (archived_at is null), ',' order by id)), '') from workflow_definitions where {Filter}");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<UsableDefinition>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select id, definition_id, version, name, description, is_published and archived_at is null, document from workflow_definitions where {Filter} order by definition_id, version");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var usable = new List<UsableDefinition>();
        while (await reader.ReadAsync(cancellationToken))
        {
            usable.Add(new UsableDefinition(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetBoolean(5), JsonNode.Parse(reader.GetString(6))!.AsObject()));
        }

        return usable;
    }
}
