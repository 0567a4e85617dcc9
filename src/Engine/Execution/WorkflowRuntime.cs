using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Execution;

/// <summary>What the outside calls: start, resume, cancel. Each call is one burst in one transaction.</summary>
public sealed partial class WorkflowRuntime
{
    public Task<BurstResult> StartAsync(StartWorkflow request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(request, static (runtime, request, token) => runtime.RunNewAsync(request, token), cancellationToken);

    public Task<BurstResult> ResumeAsync(ResumeBookmark request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(request, static (runtime, request, token) => runtime.RunExistingAsync(request, token), cancellationToken);

    public Task<BurstResult> CancelAsync(CancelWorkflow request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(request, static (runtime, request, token) => runtime.CancelExistingAsync(request, token), cancellationToken);

    /// <summary>Resumes every bookmark that waits for this stimulus, each in its own burst.</summary>
    /// <returns>One result per bookmark found.</returns>
    public async Task<IReadOnlyList<BurstResult>> PublishAsync(Stimulus stimulus, string? cause, CancellationToken cancellationToken)
    {
        var (waiting, first) = await RetryConflictsAsync(
            (stimulus, cause), static (runtime, sent, token) => runtime.ResumeFirstAsync(sent.stimulus, sent.cause, token), cancellationToken);
        if (first is null)
        {
            return [];
        }

        var results = new List<BurstResult>(waiting.Count) { first };
        for (var i = 1; i < waiting.Count; i++)
        {
            results.Add(await ResumeAsync(Delivery(stimulus, waiting[i], cause), cancellationToken));
        }

        return results;
    }

    private static ResumeBookmark Delivery(Stimulus stimulus, BookmarkKey to, string? cause) =>
        new(to.WorkflowInstanceId, to.BookmarkId, stimulus.Input?.DeepClone().AsObject(), cause);
}
