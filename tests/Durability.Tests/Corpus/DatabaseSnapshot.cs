using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Persistence.Migrations;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cleiss.Durability.Tests.Corpus;

/// <summary>
/// A database as JSON: which migrations it had, and its rows with every value as PostgreSQL writes it, so that no byte of a stored state is
/// changed. Restoring runs those migrations, puts the rows back, and then lets today's migrations upgrade them as they would a real database.
/// </summary>
internal static class DatabaseSnapshot
{
    /// <summary>Filled again at every start, or secret: not part of what instances need.</summary>
    private static readonly HashSet<string> LeftOut =
    [
        "schema_migrations", "users", "user_roles", "role_permissions", "data_protection_keys", "agreements", "liaison_bodies", "form_catalogue", "form_life_arrows", "clock",
    ];

    public static async Task<JsonObject> TakeAsync(NpgsqlDataSource database, IReadOnlyDictionary<string, string>? only = null)
    {
        var tables = new JsonObject();
        foreach (var table in await ListAsync(database, "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1"))
        {
            if (!LeftOut.Contains(table) && await RowsAsync(database, table, only?.GetValueOrDefault(table)) is { Count: > 0 } rows)
            {
                tables[table] = rows;
            }
        }

        return new JsonObject
        {
            ["migrations"] = new JsonArray([.. (await ListAsync(database, "select name from schema_migrations order by name")).Select(name => JsonValue.Create(name))]),
            ["tables"] = tables,
        };
    }

    /// <param name="database">Empty, without any table.</param>
    public static async Task RestoreAsync(TestDatabase database, JsonObject snapshot)
    {
        var sources = Sources();
        await MigrateAsTheOldBuildAsync(database.DataSource, sources, [.. snapshot["migrations"]!.AsArray().Select(name => name!.GetValue<string>())]);
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            // Foreign keys and append-only triggers are for the product, not for whoever puts a whole database back.
            await ExecuteAsync(connection, "set session_replication_role = replica");
            foreach (var (table, rows) in snapshot["tables"]!.AsObject())
            {
                await InsertAsync(connection, table, rows!.AsArray());
            }

            await ExecuteAsync(connection, "reset session_replication_role");
        }

        await new Migrator(database.DataSource, sources, TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
    }

    private static MigrationSource[] Sources() =>
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "Cleiss.*.dll").Append(ProductHost.Program).Select(Assembly.LoadFrom)
            .Where(assembly => assembly.GetManifestResourceNames().Any(resource => resource.StartsWith("Migrations/", StringComparison.Ordinal)))
            .Select(assembly => new MigrationSource(assembly)),
    ];

    private static async Task MigrateAsTheOldBuildAsync(NpgsqlDataSource database, MigrationSource[] sources, IReadOnlyList<string> names)
    {
        await using var connection = await database.OpenConnectionAsync();
        await ExecuteAsync(connection, "create table schema_migrations (name text primary key, hash text not null, applied_at timestamptz not null)");
        foreach (var name in names)
        {
            var resource = $"Migrations/{name}.sql";
            var assembly = sources.Select(source => source.Assembly).FirstOrDefault(candidate => candidate.GetManifestResourceNames().Contains(resource))
                ?? throw new InvalidOperationException($"The migration {name}, which databases out there have run, is gone. Bring it back: scripts are never removed.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var text = (await reader.ReadToEndAsync()).ReplaceLineEndings("\n");
            await ExecuteAsync(connection, text);
            await using var record = new NpgsqlCommand("insert into schema_migrations values ($1, $2, timestamptz '2026-11-21 08:00Z')", connection);
            record.Parameters.Add(new() { Value = name });
            record.Parameters.Add(new() { Value = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) });
            await record.ExecuteNonQueryAsync();
        }
    }

    private static async Task<JsonArray> RowsAsync(NpgsqlDataSource database, string table, string? condition)
    {
        var columns = await ListAsync(database, $"select column_name from information_schema.columns where table_name = '{table}' and table_schema = 'public' and is_generated = 'NEVER' order by ordinal_position");
        var key = await ListAsync(database, $"select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = '{table}'::regclass and i.indisprimary order by a.attnum");
        await using var command = database.CreateCommand(
            $"select {string.Join(", ", columns.Select(column => $"\"{column}\"::text"))} from {table} {condition} order by {string.Join(", ", key.DefaultIfEmpty("1"))}");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new JsonArray();
        while (await reader.ReadAsync())
        {
            var row = new JsonObject();
            for (var i = 0; i < columns.Count; i++)
            {
                if (!await reader.IsDBNullAsync(i))
                {
                    row[columns[i]] = reader.GetString(i);
                }
            }

            rows.Add(row);
        }

        return rows;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, string table, JsonArray rows)
    {
        // Migrations fill some tables, and the recording holds those rows, too.
        await ExecuteAsync(connection, $"delete from {table}");
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var identities = new List<string>();
        await using (var describe = new NpgsqlCommand(
            $"select attname, format_type(atttypid, atttypmod), attidentity <> '' from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped", connection))
        await using (var reader = await describe.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                types[reader.GetString(0)] = reader.GetString(1);
                if (reader.GetBoolean(2))
                {
                    identities.Add(reader.GetString(0));
                }
            }
        }

        foreach (var row in rows.Select(row => row!.AsObject()))
        {
            var columns = row.Select(pair => pair.Key).ToList();
            await using var insert = new NpgsqlCommand(
                $"insert into {table} ({string.Join(", ", columns.Select(column => $"\"{column}\""))}) overriding system value values ({string.Join(", ", columns.Select((column, i) => $"${i + 1}::text::{types[column]}"))})",
                connection);
            insert.Parameters.AddRange(columns.Select(column => new NpgsqlParameter { Value = row[column]!.GetValue<string>() }).ToArray());
            await insert.ExecuteNonQueryAsync();
        }

        foreach (var identity in identities)
        {
            await ExecuteAsync(connection, $"select setval(pg_get_serial_sequence('{table}', '{identity}'), (select max({identity}) from {table}))");
        }
    }

    private static async Task<IReadOnlyList<string>> ListAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var list = new List<string>();
        while (await reader.ReadAsync())
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
