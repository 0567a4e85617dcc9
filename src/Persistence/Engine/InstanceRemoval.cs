using Npgsql;

namespace Cleiss.Persistence.Engine;

public enum InstanceRemovalResult
{
    Deleted,
    NotFound,

    /// <summary>It runs; cancel it first.</summary>
    Running,

    /// <summary>It belongs to a case, whose history is kept.</summary>
    Kept,
}

/// <summary>Deletes finished instances with their journal. What a case went through is never deleted.</summary>
public sealed class InstanceRemoval(NpgsqlDataSource database)
{
    public async Task<InstanceRemovalResult> DeleteAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (found, running, kept) = await LockAsync(connection, instanceId, cancellationToken);
        if (!found || running || kept)
        {
            return !found ? InstanceRemovalResult.NotFound : kept ? InstanceRemovalResult.Kept : InstanceRemovalResult.Running;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from bookmarks where workflow_instance_id = $1", instanceId);
        batch.Add("delete from workflow_journal_pages where workflow_instance_id = $1", instanceId);
        batch.Add("delete from workflow_instances where id = $1", instanceId);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return InstanceRemovalResult.Deleted;
    }

    private static async Task<(bool Found, bool Running, bool Kept)> LockAsync(NpgsqlConnection connection, string instanceId, CancellationToken cancellationToken)
    {
        // Every case has a trail; so has nothing else that an instance is correlated with. An effect that is still to be done needs its instance.
        await using var command = new NpgsqlCommand(
            """
            select status = 'Running' or exists (select 1 from outbox where workflow_instance_id = $1),
                   exists (select 1 from trails where id = 'case:' || i.correlation_id)
            from workflow_instances i where id = $1 for update
            """,
            connection);
        command.AddParameters(Sql.Text(instanceId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (true, reader.GetBoolean(0), reader.GetBoolean(1)) : (false, false, false);
    }
}
