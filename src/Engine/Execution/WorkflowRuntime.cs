using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>What the outside calls: start, resume, cancel. Each call is one burst in one transaction.</summary>
public sealed partial class WorkflowRuntime
{
    public Task<BurstResult> StartAsync(StartWorkflow request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(() => RunNewAsync(request, cancellationToken));

    public Task<BurstResult> ResumeAsync(ResumeBookmark request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(() => RunExistingAsync(request, cancellationToken));

    public Task<BurstResult> CancelAsync(CancelWorkflow request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(() => CancelExistingAsync(request, cancellationToken));

    /// <summary>Resumes every bookmark that waits for this stimulus, each in its own burst.</summary>
    /// <returns>One result per bookmark found.</returns>
    public async Task<IReadOnlyList<BurstResult>> PublishAsync(
        string bookmarkName, JsonObject stimulus, string? correlationId, JsonObject? input, string? cause, CancellationToken cancellationToken)
    {
        var results = new List<BurstResult>();
        foreach (var bookmark in await _store.FindBookmarksAsync(StimulusHasher.Hash(bookmarkName, stimulus), null, correlationId, cancellationToken))
        {
            results.Add(await ResumeAsync(new ResumeBookmark(bookmark.WorkflowInstanceId, bookmark.Id, input?.DeepClone().AsObject(), cause), cancellationToken));
        }

        return results;
    }
}
