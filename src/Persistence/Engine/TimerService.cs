using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Resumes bookmarks that fall due. Every host looks; the instance's row lock and the bookmark's disappearance make each fire once. Late ones
/// fire at the next look, after restarts too.
/// </summary>
public sealed partial class TimerService(
    IWorkflowStore store, WorkflowRuntime runtime, BurstSignals signals, TimeProvider time, ILogger<TimerService> logger) : BackgroundService
{
    private const int Page = 500;
    private const int Parallel = 4;
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>Bookmarks whose resume threw, and when to try them again: one bad timer must not keep the others waiting.</summary>
    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await FireDueAsync(stoppingToken) == 0)
                {
                    await signals.WaitForTimersAsync(await UntilNextAsync(stoppingToken), stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: timers must go on when it is over.
                LogNotReached(logger, e.Message);
                await Task.Delay(SafetyNet, CancellationToken.None);
            }
        }
    }

    /// <summary>Fires what is due now.</summary>
    /// <returns>How many bookmarks this host resumed.</returns>
    internal async Task<int> FireDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = (await store.FindDueAsync(now, Page + _failed.Count, cancellationToken))
            .Where(timer => !_failed.TryGetValue(timer.BookmarkId, out var since) || time.GetElapsedTime(since) >= AfterFailure).ToList();
        var fired = 0;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
            async (timer, token) =>
            {
                if (await FireAsync(timer, now, token))
                {
                    Interlocked.Increment(ref fired);
                }
            });
        return fired;
    }

    private async Task<bool> FireAsync(DueBookmark timer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var result = await runtime.ResumeAsync(
                new ResumeBookmark(timer.WorkflowInstanceId, timer.BookmarkId, Cause: "timer", OnlyIfDueBefore: now), cancellationToken);
            lock (_failed)
            {
                _failed.Remove(timer.BookmarkId);
            }

            return result.Executed;
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            // Not this timer's fault: it is tried again at the next look.
            LogNotReached(logger, e.Message);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, timer.BookmarkId, timer.WorkflowInstanceId, e);
            lock (_failed)
            {
                // Elapsed time, not the clock: it may be set back.
                _failed[timer.BookmarkId] = time.GetTimestamp();
            }

            return false;
        }
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellationToken)
    {
        // Other hosts' timers and a moved clock announce themselves; the safety net covers a lost announcement.
        if (await store.NextDueAsync(cancellationToken) is not { } next)
        {
            return SafetyNet;
        }

        var wait = next - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : wait < SafetyNet ? wait : SafetyNet;
    }

    [LoggerMessage(2121, LogLevel.Error, "Timer {BookmarkId} of instance {WorkflowInstanceId} could not be fired; it will be tried again")]
    private static partial void LogFailed(ILogger logger, string bookmarkId, string workflowInstanceId, Exception exception);

    [LoggerMessage(2122, LogLevel.Warning, "The timer service cannot reach the database: {Reason}")]
    private static partial void LogNotReached(ILogger logger, string reason);
}
