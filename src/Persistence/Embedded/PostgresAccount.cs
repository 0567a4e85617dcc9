using System.Diagnostics;

namespace Cleiss.Persistence.Embedded;

/// <summary>
/// The system account the server runs under. PostgreSQL refuses to run as root, so root hands it to another account; anybody else runs it
/// as themselves.
/// </summary>
internal sealed class PostgresAccount
{
    private const string OwnAccount = "cleiss";

    private readonly string? _name;
    private readonly string? _group;

    private PostgresAccount(string? name, string? group)
    {
        _name = name;
        _group = group;
    }

    public static async Task<PostgresAccount> ChooseAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new PostgresAccount(null, null);
        }

        if (Find("postgres") is null && Find(OwnAccount) is null)
        {
            await RunAsync("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OwnAccount], cancellationToken);
        }

        return Find("postgres") ?? Find(OwnAccount) ?? Find("nobody") ?? throw new EmbeddedPostgresException(
            "PostgreSQL refuse de tourner en tant que root et aucun autre compte n’a pu être créé. Lancez Cleiss avec un compte ordinaire, ou créez le compte « cleiss ».");
    }

    /// <summary>Gives a file or folder, with all it holds, to the account.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (_name is not null)
        {
            await MustRunAsync("chown", ["-R", $"{_name}:{_group}", path], cancellationToken);
        }
    }

    /// <summary>Runs a server program under the account and returns its exit code and output.</summary>
    public Task<(int ExitCode, string Output)> RunServerProgramAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> reached, CancellationToken cancellationToken)
    {
        if (_name is null)
        {
            return RunAsync(program, arguments, cancellationToken);
        }

        string[] drop = ["--reuid", _name, "--regid", _group!, "--clear-groups"];

        // A project below a private folder such as /root: the account may not walk there. It is let through, and only then.
        string[] walk = reached.Append(program).Any(IsClosedToOthers) ? ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"] : [];
        return RunAsync("setpriv", [.. drop, .. walk, "--", program, .. arguments], cancellationToken);
    }

    private static bool IsClosedToOthers(string path)
    {
        for (var folder = new DirectoryInfo(Path.GetFullPath(path)).Parent; folder is not null; folder = folder.Parent)
        {
            if (!OperatingSystem.IsWindows() && (folder.UnixFileMode & UnixFileMode.OtherExecute) == UnixFileMode.None)
            {
                return true;
            }
        }

        return false;
    }

    private static PostgresAccount? Find(string name) => File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 3 && fields[0] == name)
        .Select(fields => new PostgresAccount(name, fields[3]))
        .FirstOrDefault();

    private static async Task MustRunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(program, arguments, cancellationToken);
        if (exitCode != 0)
        {
            throw new EmbeddedPostgresException($"La commande « {program} {string.Join(' ', arguments)} » a échoué : {output.Trim()}");
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        using var process = Process.Start(start) ?? throw new EmbeddedPostgresException($"La commande « {program} » n’a pas démarré.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
