using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Migrations;

/// <summary>An assembly that carries scripts named <c>Migrations/NNNN_name.sql</c>.</summary>
public sealed record MigrationSource(Assembly Assembly);

/// <summary>
/// Brings the schema up to date: every script of every source once, in the order of the numbers, each in its own transaction. Any number
/// of hosts may call it at once; an advisory lock lets one work while the others wait and find nothing left to do.
/// </summary>
public sealed partial class Migrator(
    NpgsqlDataSource database,
    IEnumerable<MigrationSource> sources,
    TimeProvider time,
    ILogger<Migrator> logger)
{
    // Any constant will do as long as it never changes: hosts of two releases must meet on the same lock.
    private const long AdvisoryLock = 0x436c656973734d67;

    private readonly Assembly[] _assemblies = sources.Select(source => source.Assembly).Distinct().ToArray();

    /// <exception cref="MigrationException">A script was changed after it ran, two scripts share a number, or a script failed.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var scripts = ReadScripts();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            await ExecuteAsync(
                connection,
                "create table if not exists schema_migrations (name text primary key, hash text not null, applied_at timestamptz not null)",
                cancellationToken);
            var applied = await ReadAppliedAsync(connection, cancellationToken);
            foreach (var script in scripts)
            {
                if (!applied.TryGetValue(script.Name, out var hash))
                {
                    await ApplyAsync(connection, script, cancellationToken);
                }
                else if (hash != script.Hash)
                {
                    throw new MigrationException(
                        $"The script {script.Name} of {script.Origin} was changed after it ran on this database. "
                        + "Put the old text back and write the change as a new script with the next free number.");
                }
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>Names of scripts that have not run yet; empty when the database is ready for this release.</summary>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        return ReadScripts().Select(script => script.Name).Where(name => !applied.ContainsKey(name)).ToArray();
    }

    private static async Task<Dictionary<string, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>();
        await using var exists = new NpgsqlCommand("select to_regclass('schema_migrations') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return applied;
        }

        await using var command = new NpgsqlCommand("select name, hash from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0), reader.GetString(1));
        }

        return applied;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Script script, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, script.Text, cancellationToken);
        }
        catch (PostgresException failure)
        {
            throw new MigrationException($"The script {script.Name} of {script.Origin} failed: {failure.MessageText} (at character {failure.Position}).", failure);
        }

        await using var record = new NpgsqlCommand("insert into schema_migrations (name, hash, applied_at) values ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = script.Name }, new() { Value = script.Hash }, new() { Value = time.GetUtcNow().ToUniversalTime() } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogApplied(script.Name);
    }

    private Script[] ReadScripts()
    {
        var scripts = _assemblies.SelectMany(Script.ReadAll).OrderBy(script => script.Number).ToArray();
        var twice = scripts.GroupBy(script => script.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? scripts
            : throw new MigrationException(
                $"Two scripts have the number {twice.Key:0000}: {string.Join(", ", twice.Select(script => $"{script.Name} of {script.Origin}"))}. "
                + "Give the newer one the next free number of its project's range.");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(2001, LogLevel.Information, "Migration {Name} applied")]
    private partial void LogApplied(string name);

    private sealed record Script(int Number, string Name, string Origin, string Text, string Hash)
    {
        private const string Prefix = "Migrations/";

        public static IEnumerable<Script> ReadAll(Assembly assembly)
        {
            foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            {
                var name = resource[Prefix.Length..].Replace(".sql", "", StringComparison.Ordinal);
                if (name.Length < 6 || name[4] != '_' || !int.TryParse(name[..4], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    throw new MigrationException($"The script {name} of {assembly.GetName().Name} must be named NNNN_name.sql.");
                }

                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
                var text = reader.ReadToEnd().ReplaceLineEndings("\n");
                var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
                yield return new Script(number, name, assembly.GetName().Name ?? "?", text, hash);
            }
        }
    }
}

public sealed class MigrationException : Exception
{
    public MigrationException()
    {
    }

    public MigrationException(string message)
        : base(message)
    {
    }

    public MigrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
