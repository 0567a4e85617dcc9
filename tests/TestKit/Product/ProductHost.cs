using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cleiss.TestKit.Product;

/// <summary>
/// The real host as a process of its own: started, killed, started again. Its movable clock is on, demo accounts are there, mails go where
/// <paramref name="smtpPort"/> says.
/// </summary>
/// <param name="connectionString">A database of the tests; null for the host's own, as a laptop has it.</param>
/// <param name="path">Below which path of the public address a proxy shows it, as <c>/liaison</c>.</param>
public sealed class ProductHost(string? connectionString, int? smtpPort = null, string path = "") : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

    private readonly ConcurrentQueue<string> _output = [];
    private readonly string _data = Directory.CreateTempSubdirectory("cleiss-host-").FullName;
    private Process? _process;

    /// <summary>The host's program, built beside the tests in the same configuration.</summary>
    public static string Program => FindHost();

    public int Port { get; } = FreePort();

    /// <summary>Below which path of the public address it is shown; empty at the root.</summary>
    public string Path => path;

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>The last lines the host printed, for messages of failed tests.</summary>
    public string Output => string.Join('\n', _output.TakeLast(60));

    /// <returns>Time from process start to ready.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var clock = Stopwatch.StartNew();
        Launch();
        await UntilReadyAsync();
        return clock.Elapsed;
    }

    /// <summary>Starts the process without waiting for it.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Program);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Demo";
        start.Environment["Urls"] = Address.ToString().TrimEnd('/');
        start.Environment["PublicUrl"] = "https://liaison.cleiss.example" + path;
        start.Environment["Demo__Enabled"] = "true";
        start.Environment["Clock__Movable"] = "true";
        start.Environment["Data__Path"] = _data;
        if (connectionString is not null)
        {
            start.Environment["ConnectionStrings__Cleiss"] = connectionString;
        }

        if (smtpPort is { } port)
        {
            start.Environment["Mail__Smtp__Host"] = "127.0.0.1";
            start.Environment["Mail__Smtp__Port"] = port.ToString(CultureInfo.InvariantCulture);
            start.Environment["Mail__Smtp__StartTls"] = "false";
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public async Task UntilReadyAsync()
    {
        var clock = Stopwatch.StartNew();
        using var http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(2) };
        while (!await IsReadyAsync(http))
        {
            if (_process!.HasExited || clock.Elapsed > StartLimit)
            {
                throw new InvalidOperationException($"The host {(_process.HasExited ? "ended" : "is not ready")} after {clock.Elapsed.TotalSeconds:F0} s.\n{Output}");
            }

            await Task.Delay(25);
        }
    }

    /// <summary>SIGKILL: nothing of the host gets a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Resident memory of the host process in MiB.</summary>
    public double MemoryMiB()
    {
        _process!.Refresh();
        return _process.WorkingSet64 / 1048576.0;
    }

    /// <summary>SIGTERM, so that the host stops its own database as Ctrl-C does; killed when that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            using (var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await stop.WaitForExitAsync();
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // The kill below ends it.
            }
        }

        await KillAsync();
        Directory.Delete(_data, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private static string FindHost()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = System.IO.Path.Combine(RepositoryFolder.Path, "artifacts", "bin", "Host", configuration, "Cleiss.Host.dll");
        return File.Exists(program)
            ? program
            : throw new FileNotFoundException($"Cleiss.Host.dll ({configuration}) is not built; build src/Host first.");
    }

    /// <summary>
    /// Below the range the system gives to outgoing connections: while the host is dead, nobody else must get its port, and a caller that
    /// tries it must not end up connected to itself.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(15000, 32000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
