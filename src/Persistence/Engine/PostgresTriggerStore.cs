using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>The index of triggers on PostgreSQL; <see cref="PostgresDefinitionStore"/> writes it while it publishes.</summary>
public sealed class PostgresTriggerStore(NpgsqlDataSource database) : ITriggerStore
{
    internal const string Columns =
        "id, definition_id, definition_version_id, activity_id, name, hash, payload, active_from, active_until, next_due, recurrence";

    private const string NotPaused = "not exists (select 1 from paused_definitions p where p.definition_id = workflow_triggers.definition_id)";
    private const string Active = "(active_from is null or active_from <= $2) and (active_until is null or active_until > $2)";

    public Task<IReadOnlyList<WorkflowTrigger>> FindAsync(string hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        QueryAsync($"select {Columns} from workflow_triggers where hash = $1 and {Active} and {NotPaused} order by id", cancellationToken, Sql.Text(hash), Sql.Time(now));

    public Task<IReadOnlyList<WorkflowTrigger>> FindByNameAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        QueryAsync($"select {Columns} from workflow_triggers where name = $1 and {Active} and {NotPaused} order by id", cancellationToken, Sql.Text(name), Sql.Time(now));

    public Task<IReadOnlyList<WorkflowTrigger>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        QueryAsync(
            $"""
            select {Columns} from workflow_triggers
            where next_due <= $1 and (active_from is null or active_from <= $1) and (active_until is null or next_due < active_until) and {NotPaused}
            order by next_due limit $2
            """,
            cancellationToken,
            Sql.Time(now),
            Sql.Int(limit));

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select min(next_due) from workflow_triggers where next_due is not null and (active_until is null or next_due < active_until) and {NotPaused}");
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime next ? new DateTimeOffset(next, TimeSpan.Zero) : null;
    }

    public async Task<bool> ClaimAsync(IBurstTransaction transaction, WorkflowTrigger due, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        // Skipping a row that another host holds: it is being fired there.
        await using var command = new NpgsqlCommand(
            $"""
            update workflow_triggers set next_due = $3
            where id = (select id from workflow_triggers where id = $1 and next_due = $2 and {NotPaused} for update skip locked)
            """,
            (NpgsqlConnection)transaction.Connection!);
        command.AddParameters(Sql.Text(due.Id), Sql.Time(due.NextDue), Sql.Time(next));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public Task PauseAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        "insert into paused_definitions (definition_id, paused_at) values ($1, $2) on conflict do nothing", cancellationToken, Sql.Text(definitionId), Sql.Time(now));

    public Task ContinueAsync(string definitionId, CancellationToken cancellationToken) =>
        ExecuteAsync("delete from paused_definitions where definition_id = $1", cancellationToken, Sql.Text(definitionId));

    public async Task<bool> IsPausedAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select 1 from paused_definitions where definition_id = $1)");
        command.AddParameters(Sql.Text(definitionId));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    internal static async Task<List<WorkflowTrigger>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var triggers = new List<WorkflowTrigger>();
        while (await reader.ReadAsync(cancellationToken))
        {
            triggers.Add(new WorkflowTrigger(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.IsDBNull(6) ? null : JsonNode.Parse(reader.GetString(6)) as JsonObject, Time(reader, 7), Time(reader, 8), Time(reader, 9),
                reader.IsDBNull(10) ? null : reader.GetString(10)));
        }

        return triggers;
    }

    internal static void Insert(NpgsqlBatch batch, WorkflowTrigger trigger) => batch.Add(
        $"insert into workflow_triggers ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        Sql.Text(trigger.Id), Sql.Text(trigger.DefinitionId), Sql.Text(trigger.DefinitionVersionId), Sql.Text(trigger.ActivityId), Sql.Text(trigger.Name),
        Sql.Text(trigger.Hash), Sql.Json(trigger.Payload), Sql.Time(trigger.ActiveFrom), Sql.Time(trigger.ActiveUntil), Sql.Time(trigger.NextDue),
        Sql.Text(trigger.Recurrence));

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private async Task<IReadOnlyList<WorkflowTrigger>> QueryAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.AddParameters(parameters);
        return await ReadAsync(command, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.AddParameters(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
