using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence;
using Cleiss.Persistence.Startup;
using Npgsql;

namespace Cleiss.Workflows.Definitions;

/// <summary>
/// Brings the definitions of the release, oldest version first. One is published by itself only when the latest in the database is exactly
/// the one shipped last; beside an owner's edit it arrives as a proposal under a name of its own.
/// </summary>
internal sealed class ProcessSeed(
    IEnumerable<IProcess> processes, IDefinitionStore definitions, DefinitionPublisher publisher, NpgsqlDataSource database, TimeProvider time) : IStartupTask
{
    // Any constant: hosts that start at once must meet on the same lock.
    private const long AdvisoryLock = 0x436c656973735064;

    public int Order => 500;

    public string Title => "Processus";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            foreach (var process in processes)
            {
                foreach (var document in Shipped(process))
                {
                    await SeedAsync(process.Key, document, cancellationToken);
                }
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>The documents <c>v1.json</c>, <c>v2.json</c>… in the folder of the process.</summary>
    internal static IReadOnlyList<JsonObject> Shipped(IProcess process)
    {
        var type = process.GetType();
        var prefix = $"Processes/{type.Namespace![(type.Namespace!.LastIndexOf('.') + 1)..]}/v";
        return [.. type.Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)
            .Select(name => Read(type.Assembly, name))];
    }

    private static JsonObject Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    private async Task SeedAsync(string key, JsonObject document, CancellationToken cancellationToken)
    {
        var hash = HashOf(document);
        var shipped = await ReadShippedAsync(key, cancellationToken);
        if (shipped.Any(row => row.Hash == hash))
        {
            return;
        }

        var latest = (await definitions.ListAsync(key, cancellationToken)).FirstOrDefault(version => version.IsLatest);

        // A start that was killed on its way left this very document, as a draft or published but not noted: it goes on from there.
        var begun = latest is not null && HashOf(latest.Document) == hash;
        var untouched = latest is null || begun || latest.PublishedAt is not null && shipped.Any(row => row.VersionId == latest.Id && !row.Proposed);
        var version = begun && latest!.PublishedAt is not null
            ? latest
            : untouched
                ? await publisher.PublishAsync(key, document, cancellationToken)
                : await definitions.SaveDraftAsync(key + "-proposition", document, cancellationToken);
        await using var command = database.CreateCommand(
            "insert into shipped_definitions (definition_id, hash, definition_version_id, proposed, seeded_at) values ($1, $2, $3, $4, $5)");
        command.AddParameters(Sql.Text(key), Sql.Text(hash), Sql.Text(version.Id), Sql.Bool(!untouched), Sql.Time(time.GetUtcNow()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string HashOf(JsonObject document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.ToJsonString())));

    private async Task<List<(string Hash, string VersionId, bool Proposed)>> ReadShippedAsync(string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select hash, definition_version_id, proposed from shipped_definitions where definition_id = $1");
        command.AddParameters(Sql.Text(key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(string, string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
