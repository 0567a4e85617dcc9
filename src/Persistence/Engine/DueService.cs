using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// The loop of a service that fires rows when they fall due: it looks, fires, and sleeps until the next is due, one second at most. It never ends
/// before the host does, and a row that cannot be fired waits apart so that the others go on.
/// </summary>
public abstract partial class DueService(TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>Rows whose firing threw, with when that was: by elapsed time, because the clock may be set back.</summary>
    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);

    /// <summary>Rows that wait apart and still stand among those that are due: a look asks for so many more.</summary>
    protected int WaitingApart
    {
        get
        {
            lock (_failed)
            {
                return _failed.Count;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await FireDueAsync(stoppingToken) == 0)
                {
                    await SleepAsync(await UntilNextAsync(stoppingToken), stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: what falls due must be fired when it is over.
                LogInterrupted(logger, GetType().Name, e.Message);
                await Task.Delay(SafetyNet, CancellationToken.None);
            }
        }
    }

    /// <summary>Fires what is due now.</summary>
    /// <returns>How many rows this host fired.</returns>
    internal abstract Task<int> FireDueAsync(CancellationToken cancellationToken);

    /// <summary>The next due time; null when nothing waits for a time.</summary>
    protected abstract Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Sleeps, or less when something announces itself.</summary>
    protected virtual Task SleepAsync(TimeSpan atMost, CancellationToken cancellationToken) => Task.Delay(atMost, cancellationToken);

    /// <summary>Leaves out what waits apart, and forgets what is due no more (its instance was cancelled, say).</summary>
    protected IReadOnlyList<T> Ready<T>(IReadOnlyList<T> due, Func<T, string> id)
    {
        lock (_failed)
        {
            foreach (var gone in _failed.Keys.Except(due.Select(id), StringComparer.Ordinal).ToList())
            {
                _failed.Remove(gone);
            }

            return [.. due.Where(row => !_failed.TryGetValue(id(row), out var since) || time.GetElapsedTime(since) >= AfterFailure)];
        }
    }

    /// <summary>Fires one row.</summary>
    /// <param name="logFailure">Called when the row itself is at fault; it then waits apart.</param>
    /// <returns>False when another host was faster, or it could not be fired now.</returns>
    protected async Task<bool> TryAsync(string id, Func<Task<bool>> fire, Action<Exception> logFailure)
    {
        try
        {
            var fired = await fire();
            lock (_failed)
            {
                _failed.Remove(id);
            }

            return fired;
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            // Not this row's fault: it is tried again at the next look.
            LogInterrupted(logger, GetType().Name, e.Message);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logFailure(e);
            lock (_failed)
            {
                _failed[id] = time.GetTimestamp();
            }

            return false;
        }
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellationToken)
    {
        // Other hosts' rows and a moved clock may announce themselves; the safety net covers a lost announcement.
        if (await NextDueAsync(cancellationToken) is not { } next)
        {
            return SafetyNet;
        }

        var wait = next - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : wait < SafetyNet ? wait : SafetyNet;
    }

    [LoggerMessage(2122, LogLevel.Warning, "{Service} could not fire what is due and tries again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string service, string reason);
}
