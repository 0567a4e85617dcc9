using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Deletes versions of definitions as people understand it: no list shows them and nothing starts them. Their rows stay, because instances
/// that ran on them go on and can be looked at, and because a start on another host may be under way.
/// </summary>
public sealed class DefinitionRemoval(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>False when there is no such definition.</returns>
    public Task<bool> DeleteDefinitionAsync(string definitionId, CancellationToken cancellationToken) =>
        DeleteAsync("definition_id = $1", definitionId, cancellationToken);

    /// <summary>The newest version that remains becomes the latest.</summary>
    /// <returns>False when there is no such version.</returns>
    public Task<bool> DeleteVersionAsync(string versionId, CancellationToken cancellationToken) => DeleteAsync("id = $1", versionId, cancellationToken);

    private async Task<bool> DeleteAsync(string which, string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, which, id, cancellationToken) is not { } definitionId)
        {
            return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add($"delete from workflow_triggers where definition_version_id in (select id from workflow_definitions where {which})", id);
        batch.Add(
            $"update workflow_definitions set archived_at = $2, is_latest = false, is_published = false where {which} and archived_at is null",
            Sql.Text(id), Sql.Time(time.GetUtcNow()));
        batch.Add(
            """
            update workflow_definitions set is_latest = true
            where id = (select id from workflow_definitions where definition_id = $1 and archived_at is null order by version desc limit 1) and not is_latest
            """,
            definitionId);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Locks all versions, as publishing does, so that both follow one another.</summary>
    private static async Task<string?> LockAsync(NpgsqlConnection connection, string which, string id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select definition_id from workflow_definitions
            where definition_id = (select definition_id from workflow_definitions where {which} and archived_at is null limit 1) order by version for update
            """,
            connection);
        command.AddParameters(Sql.Text(id));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
