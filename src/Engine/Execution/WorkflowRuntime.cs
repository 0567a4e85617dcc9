using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

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
