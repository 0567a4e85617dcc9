using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Cleiss.Persistence;

/// <summary>Typed parameters for the batched statements of a burst.</summary>
public static class Sql
{
    public static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Int(int? value) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Long(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Bool(bool value) => new NpgsqlParameter<bool> { TypedValue = value };

    public static NpgsqlParameter Date(DateOnly? value) => new() { NpgsqlDbType = NpgsqlDbType.Date, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Time(DateTimeOffset? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)value?.UtcDateTime ?? DBNull.Value };

    public static NpgsqlParameter Json(JsonNode? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Json, Value = (object?)value?.ToJsonString() ?? DBNull.Value };

    public static NpgsqlParameter Json(ReadOnlyMemory<byte> utf8) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>> { NpgsqlDbType = NpgsqlDbType.Json, TypedValue = utf8 };

    public static NpgsqlParameter Texts(IReadOnlyCollection<string> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = values.ToArray() };

    public static void Add(this NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }

    public static void AddParameters(this NpgsqlCommand command, params NpgsqlParameter[] parameters) => command.Parameters.AddRange(parameters);

    internal static void Add(this NpgsqlBatch batch, string sql, string parameter) => batch.Add(sql, Text(parameter));

    internal static NpgsqlParameter Ints<T>(List<T> rows, Func<T, int?> column) => Array(rows, NpgsqlDbType.Integer, row => column(row));

    internal static NpgsqlParameter Times<T>(List<T> rows, Func<T, DateTimeOffset> column) =>
        Array(rows, NpgsqlDbType.TimestampTz, row => (DateTime?)column(row).UtcDateTime);

    internal static NpgsqlParameter Texts<T>(List<T> rows, Func<T, string?> column) => Array(rows, NpgsqlDbType.Text, column);

    internal static NpgsqlParameter Jsons<T>(List<T> rows, Func<T, JsonObject?> column) =>
        Array(rows, NpgsqlDbType.Json, row => column(row)?.ToJsonString());

    private static NpgsqlParameter Array<T, TValue>(List<T> rows, NpgsqlDbType type, Func<T, TValue> column) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = rows.Select(column).ToArray() };
}
