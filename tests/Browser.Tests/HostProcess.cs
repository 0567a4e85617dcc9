using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cleiss.Browser.Tests;

/// <summary>The real host, as people start it: own data folder, embedded database, demo accounts, a clock tests may move.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly string _data;
    private readonly ConcurrentQueue<string> _lines;

    private HostProcess(Process process, string data, ConcurrentQueue<string> lines, Uri address)
    {
        (_process, _data, _lines, Address) = (process, data, lines, address);
    }

    public Uri Address { get; }

    /// <summary>What the host printed so far, for the message of a failing test.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    public static async Task<HostProcess> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory("cleiss-browser-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryFolder.Path,
            UseShellExecute = false,
        };
        foreach (var argument in new[]
        {
            RepositoryFolder.HostAssembly, "--Urls=http://127.0.0.1:0", "--PublicUrl=http://localhost:5080", $"--Data:Path={data}", "--Demo:Enabled=true", "--Clock:Movable=true",
            "--environment=Development",
        })
        {
            start.ArgumentList.Add(argument);
        }

        var lines = new ConcurrentQueue<string>();
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            lines.Enqueue(line);
            if (Ready().Match(line) is { Success: true } match)
            {
                ready.TrySetResult(new Uri(match.Groups["address"].Value));
            }
        }

        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The host stopped while starting."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new HostProcess(process, data, lines, await ready.Task.WaitAsync(StartLimit));
        }
        catch (Exception failure)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new InvalidOperationException($"The host is not ready: {failure.Message}{Environment.NewLine}{string.Join(Environment.NewLine, lines)}", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // SIGTERM, so that the host stops its database as Ctrl-C does.
        using (var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await stop.WaitForExitAsync();
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [GeneratedRegex(@"Cleiss est prêt : (?<address>http://\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ready();
}
