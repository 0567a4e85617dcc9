using System.Text.Json.Nodes;
using Cleiss.Engine.Triggers;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>A version that other definitions may use, or already use, as an activity.</summary>
/// <param name="IsOffered">In force and not deleted; others are only there for definitions that use them already.</param>
public sealed record UsableDefinition(string Id, string DefinitionId, int Version, string Name, string? Description, bool IsOffered, JsonObject Document);

/// <summary>Definitions used as activities: every version that was ever published as usable.</summary>
public sealed class UsableDefinitions(NpgsqlDataSource database, TriggerIndexer triggers)
{
    private const string Filter = "usable_as_activity and published_at is not null";

    private static readonly string Offered = $"{VersionInForce.Sql("$1")} and archived_at is null";

    /// <summary>Another text whenever the list is another one.</summary>
    public async Task<string> StampAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select coalesce(md5(string_agg(id || ({Offered}), ',' order by id)), '') from workflow_definitions where {Filter}");
        command.AddParameters(Sql.Date(triggers.Today));
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<UsableDefinition>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select id, definition_id, version, name, description, {Offered}, document from workflow_definitions where {Filter} order by definition_id, version");
        command.AddParameters(Sql.Date(triggers.Today));
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
