using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Cleiss.Persistence.Embedded;
using Cleiss.Persistence.Migrations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Cleiss.TestKit;

/// <summary>
/// One PostgreSQL server per test run, and a fresh migrated database per test class in about a tenth of a second. The server is the one the
/// product embeds, without fsync; <c>CLEISS_TEST_POSTGRES</c> names another (its account must be allowed to create databases).
/// </summary>
public sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly string _connectionString;
    private readonly string _prefix = $"t{Environment.ProcessId}_{Guid.NewGuid().ToString("N")[..6]}";
    private readonly Lazy<Task<string>> _template;
    private int _databases;

    private PostgresServer(string connectionString)
    {
        _connectionString = connectionString;
        _template = new Lazy<Task<string>>(CreateTemplateAsync);
    }

    /// <summary>A database of its own with all scripts of the product's assemblies beside the test already run.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = await Shared.Value;
        return await server.CopyAsync(await server._template.Value);
    }

    /// <summary>A database of its own without any table.</summary>
    public static async Task<TestDatabase> CreateEmptyDatabaseAsync() => await (await Shared.Value).CopyAsync("template0");

    private static async Task<PostgresServer> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("CLEISS_TEST_POSTGRES");
        if (!string.IsNullOrWhiteSpace(given))
        {
            return new PostgresServer(given);
        }

        await SweepAsync();
        var folder = Path.Combine(Path.GetTempPath(), $"cleiss-test-{Environment.ProcessId}");
        var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder, Durable: false), CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        };
        return new PostgresServer(server.ConnectionString);
    }

    /// <summary>Servers of runs that were killed: taken over, stopped, and their folders removed.</summary>
    private static async Task SweepAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), "cleiss-test-*"))
        {
            var owner = int.TryParse(Path.GetFileName(folder)["cleiss-test-".Length..], CultureInfo.InvariantCulture, out var pid) ? pid : -1;
            if (owner < 0 || owner == Environment.ProcessId || Process.GetProcesses().Any(process => process.Id == owner))
            {
                continue;
            }

            try
            {
                if (File.Exists(Path.Combine(folder, "postgres", "postmaster.pid")))
                {
                    var left = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder, Durable: false), CancellationToken.None);
                    await left.DisposeAsync();
                }

                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failure) when (failure is EmbeddedPostgresException or IOException or UnauthorizedAccessException)
            {
                // Another run sweeps it at this moment, or it belongs to somebody else.
            }
        }
    }

    private async Task<string> CreateTemplateAsync()
    {
        var name = $"{_prefix}_template";
        await ExecuteAsync($"create database {name} template template0");
        var sources = Directory.EnumerateFiles(AppContext.BaseDirectory, "Cleiss.*.dll")
            .Select(Assembly.LoadFrom)
            .Where(assembly => assembly.GetManifestResourceNames().Any(resource => resource.StartsWith("Migrations/", StringComparison.Ordinal)))
            .Select(assembly => new MigrationSource(assembly));

        // Without pooling: a template cannot be copied while a connection to it is open.
        await using var database = NpgsqlDataSource.Create(ConnectionStringFor(name, pooling: false));
        await new Migrator(database, sources, TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        return name;
    }

    private async Task<TestDatabase> CopyAsync(string template)
    {
        var name = $"{_prefix}_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"create database {name} template {template}");
        return new TestDatabase(ConnectionStringFor(name, pooling: true), () => ExecuteAsync($"drop database if exists {name} with (force)"));
    }

    private string ConnectionStringFor(string database, bool pooling) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Database = database, Pooling = pooling, MaxPoolSize = 30, IncludeErrorDetail = true }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
