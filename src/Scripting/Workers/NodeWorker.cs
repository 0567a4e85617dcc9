using System.Buffers;
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
    private const int WholeAtOnce = 32 * 1024;

    private readonly WorkerKind _kind;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private string _lastWords = "";
    private byte[] _buffer = new byte[8 * 1024];
    private long _callBegan;
    private WorkerException? _stopped;

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

    public async Task<JsonNode?> CallAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Unusable until the answer is read whole: an abandoned call would leave its answer to the next caller.
        IsUsable = false;
        Volatile.Write(ref _callBegan, Stopwatch.GetTimestamp());
        try
        {
            JsonNode answer;
            // Whatever cuts a call short kills the process: the pipe breaks, and the exchange ends.
            using (cancellationToken.UnsafeRegister(static worker => ((NodeWorker)worker!).Kill(), this))
            {
                answer = await ExchangeAsync(request);
            }

            IsUsable = (answer["rss"]?.GetValue<long>() ?? 0) < _kind.MemoryMegabytes * 1024L * 1024L;
            if (answer["ok"]!.GetValue<bool>())
            {
                var value = answer["value"];
                answer["value"] = null;
                return value;
            }

            throw new WorkerException(
                answer["author"]!.GetValue<bool>() ? WorkerFault.Author : WorkerFault.Internal,
                answer["error"]!.GetValue<string>(),
                answer["details"]);
        }
        catch (Exception failure) when (failure is IOException or JsonException or ObjectDisposedException)
        {
            Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw _stopped
                ?? new WorkerException(WorkerFault.Died, $"the {_kind.Name} worker ended in the middle of a call: {_lastWords}");
        }
        finally
        {
            Volatile.Write(ref _callBegan, 0);
        }
    }

    /// <summary>Kills the process when its present call takes too long or too much memory; the pool asks several times a second.</summary>
    public void Watch()
    {
        var began = Volatile.Read(ref _callBegan);
        if (began == 0)
        {
            return;
        }

        if (Stopwatch.GetElapsedTime(began) > _kind.TimeLimit)
        {
            Stop(new WorkerException(WorkerFault.TimeLimit, $"it took longer than the time limit of {_kind.TimeLimit.TotalMilliseconds:0} ms"));
        }
        else if (IsTooLarge())
        {
            Stop(new WorkerException(WorkerFault.MemoryLimit, $"more than the memory limit of {_kind.MemoryMegabytes} MB was needed"));
        }
    }

    private void Stop(WorkerException reason)
    {
        _stopped = reason;
        Kill();
    }

    private async Task<JsonNode> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        var frame = ArrayPool<byte>.Shared.Rent(4 + request.Length);
        try
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame, request.Length);
            request.CopyTo(frame.AsMemory(4));
            if (request.Length < WholeAtOnce)
            {
                // Fits into the pipe, so it cannot block; a task for it would cost more than the writing.
#pragma warning disable CA1849, MA0042
                _input.Write(frame, 0, 4 + request.Length);
                _input.Flush();
#pragma warning restore CA1849, MA0042
            }
            else
            {
                await _input.WriteAsync(frame.AsMemory(0, 4 + request.Length));
                await _input.FlushAsync();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }

        return await ReadAsync();
    }

    private async Task<JsonNode> ReadAsync()
    {
        var read = await _output.ReadAtLeastAsync(_buffer, 4);
        var length = 4 + BinaryPrimitives.ReadInt32LittleEndian(_buffer);
        var buffer = _buffer;
        if (length > buffer.Length)
        {
            buffer = new byte[length];
            _buffer.AsSpan(0, read).CopyTo(buffer);
            if (length <= 256 * 1024)
            {
                _buffer = buffer;
            }
        }

        if (read < length)
        {
            await _output.ReadExactlyAsync(buffer.AsMemory(read, length - read));
        }

        return JsonNode.Parse(buffer.AsSpan(4, length - 4))!;
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
