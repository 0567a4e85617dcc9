using Cleiss.Engine.Triggers;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <param name="Versions">Which versions; empty: all.</param>
/// <param name="SearchTerm">Found in name, description or identifier, whatever the case of letters.</param>
/// <param name="OrderBy"><c>Created</c>, <c>Name</c> or <c>Version</c>.</param>
/// <param name="Take">Null: all that remain.</param>
public sealed record DefinitionQuery(
    string? Versions = null,
    string? SearchTerm = null,
    IReadOnlyList<string>? DefinitionIds = null,
    IReadOnlyList<string>? Ids = null,
    string OrderBy = "Created",
    bool Descending = true,
    int Skip = 0,
    int? Take = null);

/// <summary>A definition's version in a list.</summary>
/// <param name="IsPublished">In force today.</param>
public sealed record DefinitionRow(
    string Id, string DefinitionId, int Version, string Name, string? Description, bool IsLatest, bool IsPublished, DateTimeOffset CreatedAt, string? ToolVersion);

/// <summary>Lists of definitions, without their documents.</summary>
public sealed class DefinitionLists(NpgsqlDataSource database, TriggerIndexer triggers)
{
    private static readonly string InForce = VersionInForce.Sql("$5");

    private const string Filter =
        """
        archived_at is null
        and ($1::text is null or name ilike $1 or description ilike $1 or definition_id ilike $1 or id = $2)
        and ($3::text[] is null or definition_id = any($3))
        and ($4::text[] is null or id = any($4))
        """;

    public async Task<(IReadOnlyList<DefinitionRow> Rows, int Total)> ListAsync(DefinitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var direction = query.Descending ? "desc" : "asc";
        var order = query.OrderBy switch { "Name" => "lower(name)", "Version" => "version", _ => "created_at" };
        await using var command = database.CreateCommand(
            $"""
            select id, definition_id, version, name, description, is_latest, {InForce}, created_at, document ->> 'toolVersion', count(*) over ()
            from workflow_definitions where {Filter} and {Versions(query.Versions)}
            order by {order} {direction}, id {direction} offset $6 limit $7
            """);
        command.AddParameters([.. Parameters(query), Sql.Int(query.Skip), Sql.Int(query.Take)]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<DefinitionRow>();
        var total = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            total = (int)reader.GetInt64(9);
            rows.Add(new DefinitionRow(
                reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetBoolean(5), reader.GetBoolean(6), reader.GetFieldValue<DateTimeOffset>(7), reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        // A page behind the last one has no row to tell the total.
        return (rows, rows.Count == 0 && query.Skip > 0 ? await CountAsync(query, cancellationToken) : total);
    }

    public async Task<int> CountAsync(DefinitionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var command = database.CreateCommand($"select count(*) from workflow_definitions where {Filter} and {Versions(query.Versions)}");
        command.AddParameters(Parameters(query));
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>No other definition's latest version bears the name, whatever the case of letters.</summary>
    public async Task<bool> IsNameFreeAsync(string name, string? definitionId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select not exists (
                select 1 from workflow_definitions
                where is_latest and archived_at is null and lower(name) = lower($1) and ($2::text is null or definition_id <> $2))
            """);
        command.AddParameters(Sql.Text(name), Sql.Text(definitionId));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private NpgsqlParameter[] Parameters(DefinitionQuery query) =>
    [
        Sql.Text(string.IsNullOrWhiteSpace(query.SearchTerm) ? null : $"%{Escaped(query.SearchTerm.Trim())}%"), Sql.Text(query.SearchTerm?.Trim()),
        OptionalTexts(query.DefinitionIds), OptionalTexts(query.Ids), Sql.Date(triggers.Today),
    ];

    private static string Versions(string? options) => options switch
    {
        null or "" or "AllVersions" => "true",
        "Latest" => "is_latest",
        "Published" => InForce,
        "LatestAndPublished" => $"(is_latest and {InForce})",
        "LatestOrPublished" => $"(is_latest or {InForce})",
        "Draft" => $"(is_latest and not {InForce})",
        _ => int.TryParse(options, System.Globalization.CultureInfo.InvariantCulture, out var number) ? $"version = {number}" : "false",
    };

    internal static NpgsqlParameter OptionalTexts(IReadOnlyList<string>? values) =>
        values is { Count: > 0 } ? Sql.Texts(values) : new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text, Value = DBNull.Value };

    internal static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
