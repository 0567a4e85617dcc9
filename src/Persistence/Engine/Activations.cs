using Cleiss.Engine.Composition;
using Cleiss.Engine.Execution;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>What the start of an instance asks of others, under locks that last until its transaction ends.</summary>
internal static class Activations
{
    private const int LockClass = 7101;

    /// <summary>A shared lock on the other instance's row: its own burst waits for us, or we for it.</summary>
    public static async Task<WorkflowSubStatus?> HoldStateAsync(NpgsqlConnection connection, string workflowInstanceId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select sub_status from workflow_instances where id = $1 for share", connection);
        command.AddParameters(Sql.Text(workflowInstanceId));
        return await command.ExecuteScalarAsync(cancellationToken) is string status ? Enum.Parse<WorkflowSubStatus>(status) : null;
    }

    /// <summary>The lock is taken by a statement of its own, so that the question sees what the one before us committed.</summary>
    public static async Task<bool> TryAsync(NpgsqlConnection connection, ActivationScope scope, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select pg_advisory_xact_lock($1, hashtext($2))", Sql.Int(LockClass), Sql.Text(scope.Key));
        if (scope.CorrelationId is { } correlationId)
        {
            batch.Add(
                """
                select exists (select 1 from workflow_instances
                    where correlation_id = $1 and status = 'Running' and sub_status <> 'Faulted' and ($2::text is null or definition_id = $2))
                """,
                Sql.Text(correlationId), Sql.Text(scope.DefinitionId));
        }
        else
        {
            batch.Add(
                """
                delete from workflow_activations a using workflow_instances i
                where a.definition_id = $1 and i.id = a.workflow_instance_id and i.status = 'Finished'
                """,
                Sql.Text(scope.DefinitionId));
            batch.Add(
                """
                select exists (select 1 from workflow_activations a join workflow_instances i on i.id = a.workflow_instance_id
                    where a.definition_id = $1 and i.status = 'Running' and i.sub_status <> 'Faulted')
                """,
                Sql.Text(scope.DefinitionId));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return !reader.GetBoolean(0);
    }
}
