using System.Diagnostics;
using System.Globalization;
using Cleiss.Persistence.Embedded;
using Cleiss.Persistence.Migrations;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Cleiss.Durability.Tests.Chaos;

/// <summary>A PostgreSQL server of one test, which that test may crash, restart and starve. Durable, as in production: what it acknowledged must survive.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cleiss-own-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
    private EmbeddedPostgres? _server;

    public string ConnectionString { get; private set; } = "";

    private string Cluster => Path.Combine(_folder, "postgres");

    public static async Task<OwnServer> StartAsync()
    {
        var own = new OwnServer();
        await own.UpAsync();
        own.ConnectionString = own._server!.ConnectionString;
        return own;
    }

    public async Task MigrateAsync(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var sources = Directory.EnumerateFiles(AppContext.BaseDirectory, "Cleiss.*.dll").Select(System.Reflection.Assembly.LoadFrom)
            .Where(assembly => assembly.GetManifestResourceNames().Any(resource => resource.StartsWith("Migrations/", StringComparison.Ordinal)))
            .Select(assembly => new MigrationSource(assembly));
        await new Migrator(database, sources, TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
    }

    /// <summary>Ends the server in the middle of whatever it does, without telling anybody, and starts it again from its log.</summary>
    public async Task CrashAndRestartAsync()
    {
        var pid = (await File.ReadAllLinesAsync(Path.Combine(Cluster, "postmaster.pid")))[0];
        await RunAsync("kill", "-QUIT", pid);
        await Hosts.Eventually.IsSoAsync("the server is gone", () => Task.FromResult(!Directory.Exists("/proc/" + pid)));
        await _server!.DisposeAsync();
        await UpAsync();
    }

    /// <summary>A database whose files lie on a disk of this size, which can be filled and emptied.</summary>
    public async Task<SmallDisk> CreateOnSmallDiskAsync(string name, int megabytes)
    {
        var disk = await SmallDisk.CreateAsync(Path.Combine(_folder, "disque-" + name), Cluster, megabytes);
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using (var tablespace = source.CreateCommand($"create tablespace {name} location '{disk.Folder}'"))
        {
            await tablespace.ExecuteNonQueryAsync();
        }

        await using var create = source.CreateCommand($"create database {name} template template0 tablespace {name}");
        await create.ExecuteNonQueryAsync();
        return disk;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    internal static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }

    private async Task UpAsync() => _server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(_folder), CancellationToken.None);
}

/// <summary>A file system in memory with little room; PostgreSQL really finds it full. Needs the right to mount, which continuous integration has.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _mount;

    private SmallDisk(string mount) => _mount = mount;

    /// <summary>Where the server may put a tablespace.</summary>
    public string Folder => Path.Combine(_mount, "base");

    public static async Task<SmallDisk> CreateAsync(string mount, string ownedLike, int megabytes)
    {
        Directory.CreateDirectory(mount);
        await OwnServer.RunAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", mount);
        var disk = new SmallDisk(mount);
        Directory.CreateDirectory(disk.Folder);
        await OwnServer.RunAsync("chown", "--reference=" + ownedLike, disk.Folder);
        return disk;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var ballast = File.Create(Path.Combine(_mount, "lest"));
        try
        {
            var megabyte = new byte[1 << 20];
            while (true)
            {
                ballast.Write(megabyte);
                ballast.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void MakeRoom() => File.Delete(Path.Combine(_mount, "lest"));

    public async ValueTask DisposeAsync() => await OwnServer.RunAsync("umount", "--lazy", _mount);
}
