using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Resumes bookmarks that fall due. Every host looks; the instance's row lock and the bookmark's disappearance make each fire once. Late ones
/// fire at the next look, after restarts too.
/// </summary>
public sealed partial class TimerService(
    IWorkflowStore store, WorkflowRuntime runtime, BurstSignals signals, TimeProvider time, ILogger<TimerService> logger) : DueService(time, logger)
{
    private const int Page = 500;
    private const int Parallel = 4;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    internal override async Task<int> FireDueAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var due = Ready(await store.FindDueAsync(now, Page + WaitingApart, cancellationToken), timer => timer.BookmarkId);
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

    protected override Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => store.NextDueAsync(cancellationToken);

    protected override Task SleepAsync(TimeSpan atMost, CancellationToken cancellationToken) => signals.WaitForTimersAsync(atMost, cancellationToken);

    private Task<bool> FireAsync(DueBookmark timer, DateTimeOffset now, CancellationToken cancellationToken) => TryAsync(
        timer.BookmarkId,
        async () => (await runtime.ResumeAsync(
            new ResumeBookmark(timer.WorkflowInstanceId, timer.BookmarkId, Cause: "timer", OnlyIfDueBefore: now), cancellationToken)).Executed,
        e => LogFailed(_logger, timer.BookmarkId, timer.WorkflowInstanceId, e));

    [LoggerMessage(2121, LogLevel.Error, "Timer {BookmarkId} of instance {WorkflowInstanceId} could not be fired; it will be tried again")]
    private static partial void LogFailed(ILogger logger, string bookmarkId, string workflowInstanceId, Exception exception);
}
