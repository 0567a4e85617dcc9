using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Cleiss.Scripting.Workers;

/// <summary>
/// Processes of one kind. A call has a worker for itself, so one that runs away is killed and replaced without its neighbours noticing.
/// Workers start when they are needed.
/// </summary>
public sealed partial class WorkerPool : IDisposable
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(200);

    private readonly WorkerKind _kind;
    private readonly string _nodePath;
    private readonly Func<NodeFolder> _folder;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _places;
    private readonly ConcurrentStack<NodeWorker> _idle = new();
    private readonly ConcurrentDictionary<NodeWorker, bool> _all = new();
    private readonly Timer _watch;

    public WorkerPool(WorkerKind kind, int size, string nodePath, Func<NodeFolder> folder, ILogger logger)
    {
        _kind = kind;
        _nodePath = nodePath;
        _folder = folder;
        _logger = logger;
        _places = new SemaphoreSlim(size, size);
        _watch = new Timer(static pool => ((WorkerPool)pool!).Watch(), this, WatchEvery, WatchEvery);
    }

    public IReadOnlyList<int> ProcessIds => [.. _all.Keys.Select(worker => worker.ProcessId)];

    /// <summary>
    /// Sends one call and waits for its answer. Every call is a pure evaluation, so one whose worker died is repeated once on a new worker;
    /// so is one that had too little memory beside what earlier calls left in its worker.
    /// </summary>
    /// <exception cref="WorkerException">With the cause; see <see cref="WorkerFault"/>.</exception>
    public Task<JsonNode?> CallAsync(JsonNode request, CancellationToken cancellationToken) =>
        CallAsync(JsonSerializer.SerializeToUtf8Bytes(request), cancellationToken);

    /// <inheritdoc cref="CallAsync(JsonNode, CancellationToken)"/>
    public async Task<JsonNode?> CallAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            var known = Idle();
            try
            {
                return await CallOnceAsync(known ?? Start(), request, cancellationToken);
            }
            catch (WorkerException failure) when (failure.Fault == WorkerFault.Died || (failure.Fault == WorkerFault.MemoryLimit && known is not null))
            {
                LogRepeated(_kind.Name, failure.Message);
                return await CallOnceAsync(Start(), request, cancellationToken);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<JsonNode?> CallOnceAsync(NodeWorker worker, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            return await worker.CallAsync(body, cancellationToken);
        }
        finally
        {
            if (worker.IsUsable)
            {
                _idle.Push(worker);
            }
            else
            {
                Discard(worker);
            }
        }
    }

    private void Watch()
    {
        foreach (var (worker, _) in _all)
        {
            worker.Watch();
        }
    }

    private NodeWorker? Idle()
    {
        while (_idle.TryPop(out var worker))
        {
            if (!worker.HasEnded)
            {
                return worker;
            }

            Discard(worker);
        }

        return null;
    }

    private void Discard(NodeWorker worker)
    {
        _all.TryRemove(worker, out _);
        worker.Dispose();
    }

    private NodeWorker Start()
    {
        var worker = NodeWorker.Start(_kind, _nodePath, _folder());
        _all[worker] = true;
        LogStarted(_kind.Name, worker.ProcessId);
        return worker;
    }

    public void Dispose()
    {
        _watch.Dispose();
        foreach (var worker in _all.Keys)
        {
            worker.Dispose();
        }

        _all.Clear();
        _places.Dispose();
    }

    [LoggerMessage(3001, LogLevel.Debug, "Script worker {Kind} started as process {ProcessId}")]
    private partial void LogStarted(string kind, int processId);

    [LoggerMessage(3002, LogLevel.Warning, "A call to the script worker {Kind} is repeated: {Reason}")]
    private partial void LogRepeated(string kind, string reason);
}
