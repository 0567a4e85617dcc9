using System.Data.Common;
using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Persistence.Bursts;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Bursts on PostgreSQL. Two round trips: one pipelined batch begins, locks (trail of the case, then instance) and loads; one writes everything
/// and commits. A new instance needs one only: a batch without BEGIN is a transaction of its own.
/// </summary>
public sealed class PostgresWorkflowStore(NpgsqlDataSource database, IEnumerable<IBurstParticipant> participants) : IWorkflowStore
{
    private const string BookmarkColumns =
        "id, workflow_instance_id, correlation_id, name, hash, activity_id, activity_number, callback, payload, created_at, due_at, auto_burn";

    private const string Oldest = "created_at, workflow_instance_id, activity_number";
    private const string First = "cleiss.first_waiting";

    private readonly NpgsqlDataSource _database = database;
    private readonly IBurstParticipant[] _participants = [.. participants];

    public Task<IBurstTransaction> BeginAsync(string workflowInstanceId, CancellationToken cancellationToken) => OpenAsync(
        async connection =>
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
            AddLoading(batch, "$1", workflowInstanceId);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            return await ReadLoadedAsync(connection, reader, [], cancellationToken);
        },
        cancellationToken);

    public Task<IBurstTransaction> BeginWaitingAsync(
        string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken) => OpenAsync(
        async connection =>
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
            var find = new NpgsqlBatchCommand();
            var filter = Waits(find.Parameters, hash, workflowInstanceId, correlationId);
            // The statements that follow must all mean the same instance, whoever else resumes it meanwhile: its id is kept in the transaction.
            find.CommandText =
                $"""
                select id, workflow_instance_id, case when row_number() over (order by {Oldest}) = 1 then set_config('{First}', workflow_instance_id, true) end
                from bookmarks where {filter} order by {Oldest}
                """;
            batch.BatchCommands.Add(find);
            AddLoading(batch, $"current_setting('{First}', true)");
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            var waiting = new List<BookmarkKey>();
            while (await reader.ReadAsync(cancellationToken))
            {
                waiting.Add(new BookmarkKey(reader.GetString(0), reader.GetString(1)));
            }

            await reader.NextResultAsync(cancellationToken);
            return await ReadLoadedAsync(connection, reader, waiting, cancellationToken);
        },
        cancellationToken);

    private async Task<IBurstTransaction> OpenAsync(Func<NpgsqlConnection, Task<IBurstTransaction>> begin, CancellationToken cancellationToken)
    {
        var connection = await _database.OpenConnectionAsync(cancellationToken);
        try
        {
            return await begin(connection);
        }
        catch (PostgresException e) when (IsConflict(e))
        {
            await connection.DisposeAsync();
            throw new BurstConflictException("Another burst stood in the way; nothing was read.", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Locks in the order of the whole product: the case's trail, then the instance.</summary>
    /// <param name="instanceId">SQL for the instance's id: a parameter's place, or what an earlier statement kept.</param>
    private static void AddLoading(NpgsqlBatch batch, string instanceId, params string[] parameters)
    {
        foreach (var sql in (string[])[
            $"select 1 from trails where id = (select 'case:' || correlation_id from workflow_instances where id = {instanceId}) for update",
            $"""
            select id, definition_id, definition_version_id, version, correlation_id, name, status, sub_status, parent_instance_id,
                   incident_count, created_at, updated_at, finished_at, state
            from workflow_instances where id = {instanceId} for update
            """,
            $"select {BookmarkColumns} from bookmarks where workflow_instance_id = {instanceId} order by {Oldest}"])
        {
            batch.Add(sql, [.. parameters.Select(Sql.Text)]);
        }
    }

    private async Task<IBurstTransaction> ReadLoadedAsync(
        NpgsqlConnection connection, NpgsqlDataReader reader, IReadOnlyList<BookmarkKey> waiting, CancellationToken cancellationToken)
    {
        // BEGIN has no result set of its own; the first one is the trail's lock.
        await reader.NextResultAsync(cancellationToken);
        InstanceRecord? instance = null;
        if (await reader.ReadAsync(cancellationToken))
        {
            instance = ReadInstance(reader);
        }

        await reader.NextResultAsync(cancellationToken);
        return new Transaction(this, connection, instance, await ReadAllAsync(reader, ReadBookmark, cancellationToken), waiting);
    }

    public async Task<IBurstTransaction> BeginNewAsync(bool guarded, CancellationToken cancellationToken)
    {
        if (!guarded)
        {
            // A connection is taken when there is something to write: scripts may run for a while before that.
            return new Transaction(this, null, null, [], []);
        }

        var connection = await _database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var begin = new NpgsqlCommand("begin", connection);
            await begin.ExecuteNonQueryAsync(cancellationToken);
            return new Transaction(this, connection, null, [], []);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<Bookmark>> FindBookmarksAsync(
        string hash, string? workflowInstanceId, string? correlationId, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand();
        var filter = Waits(command.Parameters, hash, workflowInstanceId, correlationId);
        command.CommandText = $"select {BookmarkColumns} from bookmarks where {filter} order by {Oldest}";
        return await QueryAsync(command, ReadBookmark, cancellationToken);
    }

    /// <summary>A text for each combination: a prepared plan for « any or this one » could not use the index for this one.</summary>
    private static string Waits(NpgsqlParameterCollection parameters, string hash, string? workflowInstanceId, string? correlationId)
    {
        parameters.Add(Sql.Text(hash));
        return "hash = $1" + Narrow("workflow_instance_id", workflowInstanceId) + Narrow("correlation_id", correlationId);

        string Narrow(string column, string? value)
        {
            if (value is null)
            {
                return "";
            }

            parameters.Add(Sql.Text(value));
            return $" and {column} = ${parameters.Count}";
        }
    }

    public async Task<Bookmark?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand($"select {BookmarkColumns} from bookmarks where id = $1");
        command.Parameters.Add(Sql.Text(bookmarkId));
        return await QueryAsync(command, ReadBookmark, cancellationToken) is [var bookmark, ..] ? bookmark : null;
    }

    public async Task<IReadOnlyList<DueBookmark>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id, workflow_instance_id, due_at from bookmarks where due_at <= $1 order by due_at limit $2");
        command.AddParameters(Sql.Time(now), Sql.Int(limit));
        return await QueryAsync(
            command, reader => new DueBookmark(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)), cancellationToken);
    }

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select min(due_at) from bookmarks where due_at is not null");
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime next ? new DateTimeOffset(next, TimeSpan.Zero) : null;
    }

    public async Task<IReadOnlyList<string>> FindRunningChildrenAsync(string parentInstanceId, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id from workflow_instances where parent_instance_id = $1 and status = 'Running' order by id limit $2");
        command.AddParameters(Sql.Text(parentInstanceId), Sql.Int(limit));
        return await QueryAsync(command, reader => reader.GetString(0), cancellationToken);
    }

    private static async Task<IReadOnlyList<T>> QueryAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAllAsync(reader, row, cancellationToken);
    }

    private static async Task<IReadOnlyList<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private static bool IsConflict(PostgresException e) => e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    private static InstanceRecord ReadInstance(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), Text(reader, 4), Text(reader, 5),
        Enum.Parse<WorkflowStatus>(reader.GetString(6)), Enum.Parse<WorkflowSubStatus>(reader.GetString(7)), Text(reader, 8),
        reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11),
        reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12), reader.GetFieldValue<byte[]>(13));

    internal static Bookmark ReadBookmark(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), Text(reader, 2), reader.GetString(3), Text(reader, 4), reader.GetString(5),
        reader.GetInt32(6), Text(reader, 7), Text(reader, 8) is { } payload ? JsonNode.Parse(payload)!.AsObject() : null,
        reader.GetFieldValue<DateTimeOffset>(9), reader.IsDBNull(10) ? null : reader.GetFieldValue<DateTimeOffset>(10), reader.GetBoolean(11));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private void Write(NpgsqlBatch batch, Burst burst)
    {
        if (burst.Instance is { } instance)
        {
            WriteInstance(batch, instance, burst.IsNew);
            if (burst.BurnedBookmarkIds.Count > 0)
            {
                batch.Add("delete from bookmarks where id = any($1)", [Sql.Texts(burst.BurnedBookmarkIds)]);
            }

            foreach (var bookmark in burst.NewBookmarks)
            {
                WriteBookmark(batch, bookmark);
            }

            foreach (var moved in burst.MovedBookmarks)
            {
                batch.Add("update bookmarks set activity_id = $2 where id = $1", [Sql.Text(moved.Id), Sql.Text(moved.ActivityId)]);
            }

            foreach (var effect in burst.Effects)
            {
                batch.Add(
                    """
                    insert into outbox (id, kind, idempotency_key, payload, workflow_instance_id, correlation_id, bookmark_id, next_at, created_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
                    """,
                    [Sql.Text(effect.Id), Sql.Text(effect.Kind), Sql.Text(effect.IdempotencyKey), Sql.Json(effect.Payload), Sql.Text(instance.Id),
                        Sql.Text(instance.CorrelationId), Sql.Text(effect.BookmarkId), Sql.Time(burst.Now)]);
            }

            foreach (var page in burst.Journal.TakePages(burst.Now))
            {
                WriteJournal(batch, instance.Id, page);
            }
        }

        var scope = new BurstScope(burst.Instance?.Id, burst.Instance?.CorrelationId, burst.Now);
        foreach (var companion in burst.Companions)
        {
            if (!Array.Exists(_participants, participant => participant.TryWrite(companion, scope, batch)))
            {
                throw new InvalidOperationException($"No burst participant writes {companion.GetType().FullName}; register one.");
            }
        }

        if (burst.Migration is { } migration)
        {
            batch.Add(
                "update workflow_instances set definition_version_id = $2, version = $3 where id = $1",
                [Sql.Text(migration.WorkflowInstanceId), Sql.Text(migration.DefinitionVersionId), Sql.Int(migration.Version)]);
            foreach (var participant in _participants)
            {
                participant.TryWrite(migration, scope, batch);
            }
        }
    }

    internal static void WriteInstance(NpgsqlBatch batch, InstanceRecord instance, bool isNew)
    {
        if (isNew)
        {
            batch.Add(
                """
                insert into workflow_instances (id, definition_id, definition_version_id, version, correlation_id, name, status, sub_status,
                    parent_instance_id, incident_count, created_at, updated_at, finished_at, state)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                """,
                [Sql.Text(instance.Id), Sql.Text(instance.DefinitionId), Sql.Text(instance.DefinitionVersionId), Sql.Int(instance.Version),
                    Sql.Text(instance.CorrelationId), Sql.Text(instance.Name), Sql.Text(instance.Status.ToString()),
                    Sql.Text(instance.SubStatus.ToString()), Sql.Text(instance.ParentInstanceId), Sql.Int(instance.IncidentCount),
                    Sql.Time(instance.CreatedAt), Sql.Time(instance.UpdatedAt), Sql.Time(instance.FinishedAt), Sql.Json(instance.State)]);
            return;
        }

        batch.Add(
            """
            update workflow_instances set correlation_id = $2, name = $3, status = $4, sub_status = $5, incident_count = $6, updated_at = $7,
                finished_at = $8, state = $9
            where id = $1
            """,
            [Sql.Text(instance.Id), Sql.Text(instance.CorrelationId), Sql.Text(instance.Name), Sql.Text(instance.Status.ToString()),
                Sql.Text(instance.SubStatus.ToString()), Sql.Int(instance.IncidentCount), Sql.Time(instance.UpdatedAt),
                Sql.Time(instance.FinishedAt), Sql.Json(instance.State)]);
    }

    internal static void WriteBookmark(NpgsqlBatch batch, Bookmark bookmark) => batch.Add(
        $"insert into bookmarks ({BookmarkColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [Sql.Text(bookmark.Id), Sql.Text(bookmark.WorkflowInstanceId), Sql.Text(bookmark.CorrelationId), Sql.Text(bookmark.Name),
            Sql.Text(bookmark.Hash), Sql.Text(bookmark.ActivityId), Sql.Int(bookmark.ActivityNumber), Sql.Text(bookmark.Callback),
            Sql.Json(bookmark.Payload), Sql.Time(bookmark.CreatedAt), Sql.Time(bookmark.DueAt), new NpgsqlParameter<bool> { TypedValue = bookmark.AutoBurn }]);

    internal static void WriteJournal(NpgsqlBatch batch, string instanceId, JournalPage page) => batch.Add(
        "insert into workflow_journal_pages (workflow_instance_id, first_sequence, lines, at, content) values ($1, $2, $3, $4, $5)",
        [Sql.Text(instanceId), Sql.Int(page.FirstSequence), Sql.Int(page.Lines), Sql.Time(page.At), Sql.Json(page.Content)]);

    private sealed class Transaction(
        PostgresWorkflowStore store,
        NpgsqlConnection? begun,
        InstanceRecord? instance,
        IReadOnlyList<Bookmark> bookmarks,
        IReadOnlyList<BookmarkKey> waiting) : IBurstTransaction
    {
        public InstanceRecord? Instance => instance;

        public IReadOnlyList<BookmarkKey> Waiting => waiting;

        public IReadOnlyList<Bookmark> Bookmarks => bookmarks;

        public DbConnection? Connection => begun;

        public Task<WorkflowSubStatus?> HoldStateAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
            Activations.HoldStateAsync(begun!, workflowInstanceId, cancellationToken);

        public Task<bool> TryActivateAsync(ActivationScope scope, CancellationToken cancellationToken) =>
            Activations.TryAsync(begun!, scope, cancellationToken);

        public async Task CommitAsync(Burst burst, CancellationToken cancellationToken)
        {
            await using var batch = begun is null ? store._database.CreateBatch() : new NpgsqlBatch(begun);
            store.Write(batch, burst);
            if (begun is not null)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
            }

            if (batch.BatchCommands.Count == 0)
            {
                return;
            }

            try
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException e) when (IsConflict(e))
            {
                throw new BurstConflictException("Another burst stood in the way; nothing was written.", e);
            }
        }

        // A connection given back inside a transaction is rolled back by the pool.
        public ValueTask DisposeAsync() => begun?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
