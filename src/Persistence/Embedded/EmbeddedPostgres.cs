using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Cleiss.Persistence.Embedded;

/// <param name="DataPath">The folder that holds everything the product keeps on this machine; made when missing.</param>
/// <param name="Durable">False only in tests: a power cut may then lose data, and everything is faster.</param>
public sealed record EmbeddedPostgresOptions(string DataPath, bool Durable = true);

/// <summary>
/// The private database server of one host, below its data folder. It listens on a socket in a folder only its owner may enter, so it needs
/// neither port nor password. It runs in a session of its own, so that Ctrl-C reaches the host alone, which stops it last; when the host was
/// killed, the next start takes over the server it finds.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "cleiss";
    private const string Database = "cleiss";

    // Linux accepts 107 bytes for the path of a socket; the server adds its own file name.
    private const int LongestSocketFolder = 85;

    private readonly PostgresBinaries _binaries;
    private readonly PostgresAccount _account;
    private readonly EmbeddedPostgresOptions _options;
    private readonly string _cluster;
    private readonly string _socketFolder;
    private FileStream? _claim;

    private EmbeddedPostgres(PostgresBinaries binaries, PostgresAccount account, EmbeddedPostgresOptions options)
    {
        _binaries = binaries;
        _account = account;
        _options = options;
        _cluster = Path.Combine(options.DataPath, "postgres");
        _socketFolder = Path.Combine(options.DataPath, "socket");
        if (Encoding.UTF8.GetByteCount(_socketFolder) > LongestSocketFolder)
        {
            _socketFolder = Path.Combine(
                Path.GetTempPath(), "cleiss-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.DataPath)))[..16]);
        }
    }

    /// <summary>Opens the product's database.</summary>
    public string ConnectionString => ConnectionStringFor(Database);

    /// <summary>True when a server left by a killed host was found running and taken over.</summary>
    public bool Adopted { get; private set; }

    /// <exception cref="EmbeddedPostgresException">It cannot run here; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = new EmbeddedPostgres(
            PostgresBinaries.Locate(),
            await PostgresAccount.ChooseAsync(cancellationToken),
            options with { DataPath = Path.GetFullPath(options.DataPath) });
        try
        {
            server.ClaimFolder();
            await server.CreateClusterAsync(cancellationToken);
            await server.ConfigureAsync(cancellationToken);
            server.Adopted = await server.AdoptOrphanAsync(cancellationToken);
            if (!server.Adopted)
            {
                await server.StartServerAsync(cancellationToken);
            }

            await server.CreateDatabaseAsync(cancellationToken);
            return server;
        }
        catch
        {
            server._claim?.Dispose();
            throw;
        }
    }

    /// <summary>How to reach the server of this folder while a host runs it; null when none answers.</summary>
    public static async Task<string?> FindRunningAsync(string dataPath, CancellationToken cancellationToken)
    {
        var server = new EmbeddedPostgres(
            PostgresBinaries.Locate(),
            await PostgresAccount.ChooseAsync(cancellationToken),
            new EmbeddedPostgresOptions(Path.GetFullPath(dataPath)));
        if (!File.Exists(Path.Combine(server._cluster, "postmaster.pid")))
        {
            return null;
        }

        try
        {
            await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Timeout=5");
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return server.ConnectionString;
        }
        catch (NpgsqlException)
        {
            // Left by a killed host, or of another account: starting it says which.
            return null;
        }
    }

    /// <summary>Stops the server after its running statements were ended; committed work is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_claim is null)
        {
            return;
        }

        NpgsqlConnection.ClearAllPools();
        await StopServerAsync("fast", CancellationToken.None);
        await _claim.DisposeAsync();
        _claim = null;
    }

    /// <summary>What remains after SIGKILL: the claim is gone, the server runs on. For tests of the next start.</summary>
    internal void ReleaseClaim()
    {
        _claim?.Dispose();
        _claim = null;
    }

    private string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _socketFolder, Port = 5432, Username = User, Database = database, MaxPoolSize = 60 }.ConnectionString;

    /// <summary>One host per data folder: the lock is the operating system's and ends with the process, however it ends.</summary>
    private void ClaimFolder()
    {
        try
        {
            Directory.CreateDirectory(_options.DataPath);
            _claim = new FileStream(Path.Combine(_options.DataPath, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new EmbeddedPostgresException(
                $"Le dossier de données {_options.DataPath} n’est pas accessible en écriture. Donnez-en le droit à ce compte, ou choisissez un autre dossier (--data DOSSIER).", failure);
        }
        catch (IOException failure) when (Directory.Exists(_options.DataPath) && File.Exists(Path.Combine(_options.DataPath, "host.lock")))
        {
            throw new EmbeddedPostgresException(
                $"Le dossier de données {_options.DataPath} est déjà utilisé par un autre hôte Cleiss. Arrêtez-le, ou choisissez un autre dossier (--data DOSSIER).", failure);
        }
        catch (IOException failure)
        {
            throw new EmbeddedPostgresException(
                $"Le dossier de données {_options.DataPath} ne peut pas être créé : {failure.Message} Choisissez un autre dossier (--data DOSSIER).", failure);
        }
    }

    private async Task CreateClusterAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(_cluster, "PG_VERSION")))
        {
            return;
        }

        // Made beside and moved into place: a start that was killed half-way leaves nothing that looks finished.
        var draft = _cluster + ".new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        Directory.CreateDirectory(draft);
        await _account.OwnAsync(draft, cancellationToken);
        string[] durability = _options.Durable ? [] : ["--no-sync"];
        var (exitCode, output) = await _account.RunServerProgramAsync(
            _binaries.Initdb,
            ["--pgdata", draft, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", .. durability],
            [draft],
            cancellationToken);
        if (exitCode != 0)
        {
            throw new EmbeddedPostgresException($"La base de données n’a pas pu être créée dans {_options.DataPath} : {LastLine(output)}");
        }

        await File.AppendAllTextAsync(Path.Combine(draft, "postgresql.conf"), "\ninclude_if_exists 'cleiss.conf'\n", cancellationToken);
        Directory.Move(draft, _cluster);
    }

    private async Task ConfigureAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_socketFolder);
        }
        else
        {
            Directory.CreateDirectory(_socketFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await _account.OwnAsync(_socketFolder, cancellationToken);
        var settings = new StringBuilder()
            .AppendLine("# Written at each start; changes are lost.")
            .AppendLine("listen_addresses = ''")
            .AppendLine(CultureInfo.InvariantCulture, $"unix_socket_directories = '{_socketFolder.Replace("'", "''", StringComparison.Ordinal)}'")
            .AppendLine("unix_socket_permissions = 0700")
            .AppendLine("max_connections = 200")
            .AppendLine("jit = off")
            .AppendLine("timezone = 'UTC'")
            .AppendLine("log_timezone = 'UTC'");
        if (!_options.Durable)
        {
            settings.AppendLine("fsync = off").AppendLine("synchronous_commit = off").AppendLine("full_page_writes = off");
        }

        var file = Path.Combine(_cluster, "cleiss.conf");
        await File.WriteAllTextAsync(file, settings.ToString(), cancellationToken);
        await _account.OwnAsync(file, cancellationToken);
    }

    private async Task<bool> AdoptOrphanAsync(CancellationToken cancellationToken)
    {
        var pidFile = Path.Combine(_cluster, "postmaster.pid");
        if (!File.Exists(pidFile))
        {
            return false;
        }

        var runs = int.TryParse((await File.ReadAllLinesAsync(pidFile, cancellationToken)).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid)
            && IsServerOfThisCluster(pid);
        if (!runs)
        {
            // After a crash of the machine its number may belong to any other program, and PostgreSQL would refuse to start.
            File.Delete(pidFile);
            return false;
        }

        try
        {
            await using var source = NpgsqlDataSource.Create(ConnectionStringFor("postgres") + ";Timeout=5");
            await using var command = source.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            // It runs and does not answer: another socket, or half stopped. Its log makes up for a hard stop.
            await StopServerAsync("immediate", cancellationToken);
            return false;
        }
    }

    private bool IsServerOfThisCluster(int pid)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid}/cmdline");
            return command.Contains("postgres", StringComparison.Ordinal) && command.Contains(_cluster, StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        var log = Path.Combine(_cluster, "server.log");
        if (File.Exists(log) && new FileInfo(log).Length > 10_000_000)
        {
            File.Delete(log);
        }

        var (exitCode, output) = await _account.RunServerProgramAsync(
            _binaries.PgCtl, ["start", "--pgdata", _cluster, "--log", log, "--wait", "--timeout", "120", "--silent"], [_cluster, _socketFolder], cancellationToken);
        if (exitCode != 0)
        {
            var reason = File.Exists(log) ? LastLine(await File.ReadAllTextAsync(log, cancellationToken)) : LastLine(output);
            throw new EmbeddedPostgresException($"La base de données de {_options.DataPath} n’a pas démarré : {reason} Le détail est dans {log}.");
        }
    }

    private async Task StopServerAsync(string mode, CancellationToken cancellationToken)
    {
        var (exitCode, _) = await _account.RunServerProgramAsync(
            _binaries.PgCtl, ["stop", "--pgdata", _cluster, "--mode", mode, "--wait", "--timeout", "30", "--silent"], [_cluster], cancellationToken);
        if (exitCode != 0 && mode != "immediate" && File.Exists(Path.Combine(_cluster, "postmaster.pid")))
        {
            await StopServerAsync("immediate", cancellationToken);
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionStringFor("postgres"));
        await using var exists = source.CreateCommand($"select count(*) from pg_database where datname = '{Database}'");
        if (await exists.ExecuteScalarAsync(cancellationToken) is not 1L)
        {
            await using var create = source.CreateCommand($"create database {Database}");
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "sans message.";
}
