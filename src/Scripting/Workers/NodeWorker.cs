using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cleiss.Scripting.Workers;

/// <param name="Environment">Settings of the module; nothing else of the host's environment but PATH reaches a worker.</param>
public sealed record WorkerKind(
    string Name, string Module, IReadOnlyDictionary<string, string> Environment, TimeSpan TimeLimit, int MemoryMegabytes);

/// <summary>One Node process that answers one call at a time over its standard input and output.</summary>
internal sealed class NodeWorker : IDisposable
{
    private static readonly TimeSpan MemoryWatch = TimeSpan.FromMilliseconds(200);

    private readonly WorkerKind _kind;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private string _lastWords = "";

    private NodeWorker(WorkerKind kind, Process process)
    {
        _kind = kind;
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        process.ErrorDataReceived += (_, line) => _lastWords = line.Data is { Length: > 0 } text ? text : _lastWords;
        process.BeginErrorReadLine();
    }

    /// <summary>False once a call was cut short or the process grew too large; the pool then replaces the worker.</summary>
    public bool IsUsable { get; private set; } = true;

    public bool HasEnded => _process.HasExited;

    public int ProcessId => _process.Id;

    public static NodeWorker Start(WorkerKind kind, string nodePath, NodeFolder folder)
    {
        var start = new ProcessStartInfo(nodePath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder.Root,
        };
        start.ArgumentList.Add($"--max-old-space-size={Math.Max(64, kind.MemoryMegabytes / 2)}");
        start.ArgumentList.Add(folder.PathOf(kind.Module));
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["TZ"] = "Europe/Paris";
        foreach (var (name, value) in kind.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{nodePath} did not start.");
        return new NodeWorker(kind, process);
    }

    public async Task<JsonNode?> CallAsync(byte[] request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_kind.TimeLimit);
        var tooLarge = false;
        // Unusable until the answer is read whole: an abandoned call would leave its answer to the next caller.
        IsUsable = false;
        try
        {
            var exchange = ExchangeAsync(request, limit.Token);
            while (await Task.WhenAny(exchange, Task.Delay(MemoryWatch, CancellationToken.None)) != exchange)
            {
                if (IsTooLarge())
                {
                    tooLarge = true;
                    await limit.CancelAsync();
                    break;
                }
            }

            var answer = await exchange;
            IsUsable = (answer["rss"]?.GetValue<long>() ?? 0) < _kind.MemoryMegabytes * 1024L * 1024L;
            return answer["ok"]!.GetValue<bool>()
                ? answer["value"]
                : throw new WorkerException(
                    answer["author"]!.GetValue<bool>() ? WorkerFault.Author : WorkerFault.Internal,
                    answer["error"]!.GetValue<string>(),
                    answer["details"]);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Kill();
            throw tooLarge
                ? new WorkerException(WorkerFault.MemoryLimit, $"more than the memory limit of {_kind.MemoryMegabytes} MB was needed")
                : new WorkerException(WorkerFault.TimeLimit, $"it took longer than the time limit of {_kind.TimeLimit.TotalMilliseconds:0} ms");
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            Kill();
            throw new WorkerException(WorkerFault.Died, $"the {_kind.Name} worker ended in the middle of a call: {_lastWords}");
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw;
        }
    }

    private async Task<JsonNode> ExchangeAsync(byte[] request, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, request.Length);
        await _input.WriteAsync(length, cancellationToken);
        await _input.WriteAsync(request, cancellationToken);
        await _input.FlushAsync(cancellationToken);
        await _output.ReadExactlyAsync(length, cancellationToken);
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        await _output.ReadExactlyAsync(body, cancellationToken);
        return JsonNode.Parse(body)!;
    }

    private bool IsTooLarge()
    {
        try
        {
            _process.Refresh();
            return _process.WorkingSet64 > _kind.MemoryMegabytes * 1024L * 1024L;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It had ended by itself.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
