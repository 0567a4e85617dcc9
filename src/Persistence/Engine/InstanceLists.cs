using System.Globalization;
using System.Text;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <param name="Column"><c>CreatedAt</c>, <c>UpdatedAt</c> or <c>FinishedAt</c>.</param>
/// <param name="Operator"><c>Is</c>, <c>IsNot</c>, <c>LessThan</c>, <c>GreaterThan</c>, <c>LessThanOrEqual</c> or <c>GreaterThanOrEqual</c>.</param>
public sealed record InstanceTimeFilter(string Column, string Operator, DateTimeOffset Timestamp);

/// <summary>What is null or empty does not restrict.</summary>
public sealed record InstanceQuery
{
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Found in name, correlation id or identifier.</summary>
    public string? SearchTerm { get; init; }

    public IReadOnlyList<string>? DefinitionIds { get; init; }

    public IReadOnlyList<string>? DefinitionVersionIds { get; init; }

    public string? CorrelationId { get; init; }

    public IReadOnlyList<string>? CorrelationIds { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public int? Version { get; init; }

    public bool? HasIncidents { get; init; }

    public IReadOnlyList<WorkflowStatus>? Statuses { get; init; }

    public IReadOnlyList<WorkflowSubStatus>? SubStatuses { get; init; }

    public IReadOnlyList<InstanceTimeFilter>? Times { get; init; }

    /// <summary><c>Created</c>, <c>LastExecuted</c>, <c>Finished</c> or <c>Name</c>.</summary>
    public string OrderBy { get; init; } = "Created";

    public bool Descending { get; init; } = true;

    public int Skip { get; init; }

    public int Take { get; init; } = 25;
}

/// <summary>Instances for people who look at them: lists by filter, single ones with their bookmarks. Nothing is locked.</summary>
public sealed class InstanceLists(NpgsqlDataSource database)
{
    private const string Columns =
        "id, definition_id, definition_version_id, version, correlation_id, name, status, sub_status, parent_instance_id, incident_count, created_at, updated_at, finished_at";

    /// <summary>The page, without the states, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<InstanceRecord> Rows, int Total)> ListAsync(InstanceQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (where, parameters) = Where(query);
        var direction = query.Descending ? "desc" : "asc";
        var order = query.OrderBy switch { "Name" => "lower(name)", "LastExecuted" or "Updated" => "updated_at", "Finished" => "finished_at", _ => "created_at" };
        var nulls = order == "created_at" ? "" : "nulls last";
        await using var command = database.CreateCommand(
            $"select {Columns} from workflow_instances where {where} order by {order} {direction} {nulls}, id {direction} offset {Number(query.Skip)} limit {Number(query.Take)}");
        command.AddParameters(parameters);
        var rows = await ReadAsync(command, cancellationToken);
        if (query.Skip == 0 && rows.Count < query.Take)
        {
            return (rows, rows.Count);
        }

        var (sameWhere, sameParameters) = Where(query);
        await using var count = database.CreateCommand($"select count(*) from workflow_instances where {sameWhere}");
        count.AddParameters(sameParameters);
        return (rows, (int)(long)(await count.ExecuteScalarAsync(cancellationToken))!);
    }

    public async Task<InstanceRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns}, state from workflow_instances where id = $1");
        command.AddParameters(Sql.Text(id));
        return await ReadAsync(command, cancellationToken) is [var found, ..] ? found : null;
    }

    public async Task<IReadOnlyList<Bookmark>> BookmarksAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select id, workflow_instance_id, correlation_id, name, hash, activity_id, activity_number, callback, payload, created_at, due_at, auto_burn
            from bookmarks where workflow_instance_id = $1 order by created_at, id
            """);
        command.AddParameters(Sql.Text(instanceId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var bookmarks = new List<Bookmark>();
        while (await reader.ReadAsync(cancellationToken))
        {
            bookmarks.Add(PostgresWorkflowStore.ReadBookmark(reader));
        }

        return bookmarks;
    }

    private static async Task<List<InstanceRecord>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<InstanceRecord>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new InstanceRecord(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), Text(reader, 4), Text(reader, 5),
                Enum.Parse<WorkflowStatus>(reader.GetString(6)), Enum.Parse<WorkflowSubStatus>(reader.GetString(7)), Text(reader, 8), reader.GetInt32(9),
                reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11),
                reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12), reader.FieldCount > 13 ? reader.GetFieldValue<byte[]>(13) : default));
        }

        return rows;
    }

    private static (string Sql, NpgsqlParameter[] Parameters) Where(InstanceQuery query)
    {
        var sql = new StringBuilder("true");
        var parameters = new List<NpgsqlParameter>();
        void And(string condition, NpgsqlParameter parameter)
        {
            parameters.Add(parameter);
            sql.Append(" and ").Append(condition.Replace("$$", "$" + Number(parameters.Count), StringComparison.Ordinal));
        }

        if (query.Ids is not null)
        {
            And("id = any($$)", Sql.Texts(query.Ids));
        }

        if (query.SearchTerm?.Trim() is { Length: > 0 } term)
        {
            And("(name ilike $$ or correlation_id ilike $$ or id ilike $$ or definition_id ilike $$)", Sql.Text($"%{DefinitionLists.Escaped(term)}%"));
        }

        if (query.DefinitionIds is { Count: > 0 } definitions)
        {
            And("definition_id = any($$)", Sql.Texts(definitions));
        }

        if (query.DefinitionVersionIds is { Count: > 0 } versions)
        {
            And("definition_version_id = any($$)", Sql.Texts(versions));
        }

        if (query.CorrelationIds is { Count: > 0 } correlations)
        {
            And("correlation_id = any($$)", Sql.Texts(correlations));
        }

        if (query.Names is { Count: > 0 } names)
        {
            And("name = any($$)", Sql.Texts(names));
        }

        if (query.CorrelationId is { Length: > 0 } correlation)
        {
            And("correlation_id = $$", Sql.Text(correlation));
        }

        if (query.Version is { } version)
        {
            And("version = $$", Sql.Int(version));
        }

        if (query.HasIncidents is { } incidents)
        {
            And("(incident_count > 0) = $$", Sql.Bool(incidents));
        }

        if (query.Statuses is { Count: > 0 } statuses)
        {
            And("status = any($$)", Sql.Texts([.. statuses.Select(status => status.ToString())]));
        }

        if (query.SubStatuses is { Count: > 0 } subStatuses)
        {
            And("sub_status = any($$)", Sql.Texts([.. subStatuses.Select(status => status.ToString())]));
        }

        foreach (var time in query.Times ?? [])
        {
            And($"{Column(time.Column)} {Comparison(time.Operator)} $$", Sql.Time(time.Timestamp));
        }

        return (sql.ToString(), [.. parameters]);
    }

    // Only these words reach the statement, whatever was asked for.
    private static string Column(string name) => name switch { "UpdatedAt" => "updated_at", "FinishedAt" => "finished_at", _ => "created_at" };

    private static string Comparison(string name) => name switch
    {
        "IsNot" => "<>",
        "LessThan" => "<",
        "GreaterThan" => ">",
        "LessThanOrEqual" => "<=",
        "GreaterThanOrEqual" => ">=",
        _ => "=",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
