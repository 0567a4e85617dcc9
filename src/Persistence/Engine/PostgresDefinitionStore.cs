using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Triggers;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>Definitions on PostgreSQL: at most one latest and one published version per definition, held by unique indexes.</summary>
public sealed class PostgresDefinitionStore(NpgsqlDataSource database, TriggerIndexer triggers, TimeProvider time) : IDefinitionStore
{
    /// <summary>What is read of a version. Parameter $2 is today.</summary>
    private static readonly string Columns =
        $"id, definition_id, version, name, description, is_latest, {VersionInForce.Sql("$2")}, effective_from, published_at, created_at, document";

    public async Task<WorkflowDefinition?> FindByIdAsync(string versionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from workflow_definitions where id = $1");
        command.AddParameters(Sql.Text(versionId), Sql.Date(triggers.Today));
        return await ReadAsync(command, cancellationToken) is [var definition, ..] ? definition : null;
    }

    public async Task<IReadOnlyList<WorkflowDefinition>> ListAsync(string? definitionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from workflow_definitions where ($1::text is null or definition_id = $1) and archived_at is null order by definition_id, version desc");
        command.AddParameters(Sql.Text(definitionId), Sql.Date(triggers.Today));
        return await ReadAsync(command, cancellationToken);
    }

    public async Task<WorkflowDefinition> SaveDraftAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var latest = await LockLatestAsync(connection, definitionId, cancellationToken);
        // What instances ran on stays as it was, a draft too: they go on with it, and the viewer shows it.
        var isNew = latest is null || latest.PublishedAt is not null || await HasInstancesAsync(connection, latest, cancellationToken);
        var version = isNew ? await NextVersionAsync(connection, definitionId, cancellationToken) : latest!.Version;
        var saved = new WorkflowDefinition(
            isNew ? Ids.New() : latest!.Id, definitionId, version, document["name"]?.GetValue<string>() ?? definitionId,
            document["description"]?.GetValue<string>(), IsLatest: true, IsPublished: false, EffectiveFrom(document), PublishedAt: null,
            isNew ? Now() : latest!.CreatedAt, document);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (isNew)
        {
            batch.Add("update workflow_definitions set is_latest = false where definition_id = $1 and is_latest", Sql.Text(definitionId));
        }

        batch.Add(
            """
            insert into workflow_definitions
                (id, definition_id, version, name, description, is_latest, is_published, effective_from, published_at, created_at, document)
            values ($1, $2, $3, $4, $5, true, false, $6, null, $7, $8)
            on conflict (id) do update set name = excluded.name, description = excluded.description,
                effective_from = excluded.effective_from, document = excluded.document
            """,
            Sql.Text(saved.Id), Sql.Text(definitionId), Sql.Int(version), Sql.Text(saved.Name), Sql.Text(saved.Description),
            Sql.Date(saved.EffectiveFrom), Sql.Time(saved.CreatedAt), Sql.Json(document));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return saved;
    }

    public async Task<string?> FindInForceIdAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select version_in_force($1, $2)");
        command.AddParameters(Sql.Text(definitionId), Sql.Date(triggers.Today));
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    public async Task<WorkflowDefinition> PublishAsync(string versionId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var version = await LockVersionAsync(connection, versionId, cancellationToken)
            ?? throw new KeyNotFoundException($"There is no workflow definition version {versionId}.");
        var next = await triggers.IndexAsync(version, cancellationToken);
        var old = await TriggersOfAsync(connection, version.DefinitionId, cancellationToken);
        var publishedAt = version.PublishedAt ?? time.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("update workflow_definitions set is_published = false where is_published and definition_id = $1", Sql.Text(version.DefinitionId));
        batch.Add("update workflow_definitions set is_published = true, published_at = $2 where id = $1", Sql.Text(versionId), Sql.Time(publishedAt));
        batch.Add("delete from workflow_triggers where definition_id = $1", Sql.Text(version.DefinitionId));
        foreach (var trigger in TriggerSuccession.Apply(old, next, triggers.InForceFrom(version), time.GetUtcNow()))
        {
            PostgresTriggerStore.Insert(batch, trigger);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return version with { IsPublished = triggers.InForceFrom(version) is null, PublishedAt = publishedAt };
    }

    public async Task<WorkflowDefinition?> RetractAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            $"update workflow_definitions set is_published = false where is_published and definition_id = $1 returning {Columns}",
            Sql.Text(definitionId), Sql.Date(triggers.Today));
        batch.Add("delete from workflow_triggers where definition_id = $1", Sql.Text(definitionId));
        WorkflowDefinition? retracted;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            retracted = await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
        }

        await transaction.CommitAsync(cancellationToken);
        return retracted;
    }

    /// <summary>As precise as the database keeps it, so that what a save answers is what a read finds.</summary>
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Locks all versions of the definition, so that publications of one definition follow one another, triggers included.</summary>
    private async Task<WorkflowDefinition?> LockVersionAsync(NpgsqlConnection connection, string versionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from workflow_definitions
            where definition_id = (select definition_id from workflow_definitions where id = $1) order by version for update
            """,
            connection);
        command.AddParameters(Sql.Text(versionId), Sql.Date(triggers.Today));
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault(version => version.Id == versionId);
    }

    private static async Task<List<WorkflowTrigger>> TriggersOfAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {PostgresTriggerStore.Columns} from workflow_triggers where definition_id = $1 for update", connection);
        command.AddParameters(Sql.Text(definitionId));
        return await PostgresTriggerStore.ReadAsync(command, cancellationToken);
    }

    private async Task<WorkflowDefinition?> LockLatestAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from workflow_definitions where definition_id = $1 and is_latest for update", connection);
        command.AddParameters(Sql.Text(definitionId), Sql.Date(triggers.Today));
        return await ReadAsync(command, cancellationToken) is [var latest, ..] ? latest : null;
    }

    private static async Task<bool> HasInstancesAsync(NpgsqlConnection connection, WorkflowDefinition version, CancellationToken cancellationToken)
    {
        // By time as well: only instances younger than the draft can be its own, and the index knows the time.
        await using var command = new NpgsqlCommand(
            "select exists (select 1 from workflow_instances where definition_id = $1 and created_at >= $3 and definition_version_id = $2)", connection);
        command.AddParameters(Sql.Text(version.DefinitionId), Sql.Text(version.Id), Sql.Time(version.CreatedAt));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> NextVersionAsync(NpgsqlConnection connection, string definitionId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select coalesce(max(version), 0) + 1 from workflow_definitions where definition_id = $1", connection);
        command.AddParameters(Sql.Text(definitionId));
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static DateOnly? EffectiveFrom(JsonObject document) =>
        document["customProperties"]?["effectiveFrom"]?.GetValue<string>() is { Length: > 0 } date
            ? DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null;

    private static async Task<IReadOnlyList<WorkflowDefinition>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var definitions = new List<WorkflowDefinition>();
        while (await reader.ReadAsync(cancellationToken))
        {
            definitions.Add(Read(reader));
        }

        return definitions;
    }

    private static WorkflowDefinition Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
        reader.GetBoolean(5), reader.GetBoolean(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateOnly>(7),
        reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8), reader.GetFieldValue<DateTimeOffset>(9),
        JsonNode.Parse(reader.GetString(10))!.AsObject());
}
