using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Execution;

public sealed partial class WorkflowRuntime(
    IWorkflowStore store, DefinitionCache definitions, WorkflowRunner runner, BurstSignals signals, TimeProvider time)
{
    private readonly IWorkflowStore _store = store;

    /// <summary>Writes companions in a transaction of their own, for what belongs to no instance.</summary>
    public async Task WriteAsync(IReadOnlyList<object> companions, CancellationToken cancellationToken)
    {
        await using var transaction = await _store.BeginNewAsync(guarded: false, cancellationToken);
        var burst = new Burst { Now = time.GetUtcNow() };
        burst.Companions.AddRange(companions);
        await transaction.CommitAsync(burst, cancellationToken);
        signals.AfterCommit(burst);
    }

    /// <summary>A burst that lost a deadlock has written nothing: it runs again, from the state the winner left.</summary>
    private async Task<TResult> RetryConflictsAsync<T, TResult>(
        T request, Func<WorkflowRuntime, T, CancellationToken, ValueTask<TResult>> run, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await run(this, request, cancellationToken);
            }
            catch (BurstConflictException) when (attempt < 5)
            {
                // Run again.
            }
        }
    }

    /// <summary>A burst changes what it is given; the next attempt must find the request as it was.</summary>
    private static JsonObject Own(JsonObject? given) => given?.DeepClone().AsObject() ?? [];

    private async ValueTask<BurstResult> RunNewAsync(StartWorkflow request, CancellationToken cancellationToken)
    {
        var workflow = await definitions.GetAsync(request.DefinitionVersionId, cancellationToken);
        var activation = ActivationScope.Of(workflow.Activation, workflow.DefinitionId, request.CorrelationId);
        await using var transaction = await _store.BeginNewAsync(request.Guard is not null || activation is not null, cancellationToken);
        var burst = await OpenBurstAsync(transaction, request.Cause, request.Guard, request.Companions, cancellationToken);
        if (activation is not null && !await transaction.TryActivateAsync(activation, cancellationToken))
        {
            // What the guard wrote through the connection stays (a timer's next due time); companions belong to the instance there is not.
            await transaction.CommitAsync(new Burst { Now = burst.Now }, cancellationToken);
            return new BurstResult(BurstStatus.CannotStart, null, []);
        }

        burst.IsNew = true;
        var context = new WorkflowExecutionContext(workflow, request.WorkflowInstanceId ?? Ids.New(), burst)
        {
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            Input = Own(request.Input),
            ParentInstanceId = request.ParentInstanceId,
            Properties = Own(request.Properties),
            Trigger = request.TriggerActivityId is { } trigger ? new TriggerOfWorkflow(trigger, Own(request.TriggerInput)) : null,
        };
        if (activation is { CorrelationId: null })
        {
            burst.Companions.Add(new NoteActivation(workflow.DefinitionId));
        }

        runner.Begin(context);
        return await RunAndCommitAsync(context, transaction, cancellationToken);
    }

    private async ValueTask<BurstResult> RunExistingAsync(ResumeBookmark request, CancellationToken cancellationToken)
    {
        await using var transaction = await _store.BeginAsync(request.WorkflowInstanceId, cancellationToken);
        return await ResumeInAsync(transaction, request, cancellationToken);
    }

    /// <summary>Finds who waits for a stimulus and resumes the first; null when nobody does.</summary>
    private async ValueTask<(IReadOnlyList<BookmarkKey> Waiting, BurstResult? First)> ResumeFirstAsync(
        Stimulus stimulus, string? cause, CancellationToken cancellationToken)
    {
        await using var transaction = await _store.BeginWaitingAsync(
            StimulusHasher.Hash(stimulus.Name, stimulus.Content), stimulus.WorkflowInstanceId, stimulus.CorrelationId, cancellationToken);
        return (transaction.Waiting, transaction.Waiting is [var first, ..]
            ? await ResumeInAsync(transaction, Delivery(stimulus, first, cause), cancellationToken)
            : null);
    }

    private async ValueTask<BurstResult> ResumeInAsync(IBurstTransaction transaction, ResumeBookmark request, CancellationToken cancellationToken)
    {
        if (transaction.Instance is not { } record)
        {
            return new BurstResult(BurstStatus.InstanceNotFound, null, []);
        }

        var burst = await OpenBurstAsync(transaction, request.Cause, request.Guard, request.Companions, cancellationToken);
        var bookmark = transaction.Bookmarks.FirstOrDefault(bookmark => bookmark.Id == request.BookmarkId);
        if (bookmark is null || request.OnlyIfDueBefore is { } limit && !(bookmark.DueAt <= limit))
        {
            if (burst.Companions.Count > 0)
            {
                await transaction.CommitAsync(burst, cancellationToken);
            }

            return new BurstResult(BurstStatus.BookmarkGone, record, []);
        }

        var workflow = await definitions.GetAsync(record.DefinitionVersionId, cancellationToken);
        var context = InstanceState.Read(workflow, record, transaction.Bookmarks, burst);
        runner.Resume(context, bookmark, Own(request.Input));
        return await RunAndCommitAsync(context, transaction, cancellationToken);
    }

    private async ValueTask<BurstResult> CancelExistingAsync(CancelWorkflow request, CancellationToken cancellationToken)
    {
        await using var transaction = await _store.BeginAsync(request.WorkflowInstanceId, cancellationToken);
        if (transaction.Instance is not { } record)
        {
            return new BurstResult(BurstStatus.InstanceNotFound, null, []);
        }

        var burst = await OpenBurstAsync(transaction, request.Cause, request.Guard, request.Companions, cancellationToken);
        if (record.Status == WorkflowStatus.Finished)
        {
            return new BurstResult(BurstStatus.BookmarkGone, record, []);
        }

        var workflow = await definitions.GetAsync(record.DefinitionVersionId, cancellationToken);
        var context = InstanceState.Read(workflow, record, transaction.Bookmarks, burst);
        await context.CancelAllAsync();
        return await CommitAsync(context, transaction, cancellationToken);
    }

    private async Task<Burst> OpenBurstAsync(
        IBurstTransaction transaction, string? cause, BurstGuard? guard, IReadOnlyList<object>? companions, CancellationToken cancellationToken)
    {
        var burst = new Burst { Now = time.GetUtcNow(), Cause = cause };
        if (guard is not null)
        {
            burst.Companions.AddRange(await guard(transaction, cancellationToken));
        }

        if (companions is not null)
        {
            burst.Companions.AddRange(companions);
        }

        return burst;
    }

    private async ValueTask<BurstResult> RunAndCommitAsync(WorkflowExecutionContext context, IBurstTransaction transaction, CancellationToken cancellationToken)
    {
        await runner.RunAsync(context, cancellationToken);
        return await CommitAsync(context, transaction, cancellationToken);
    }

    private async ValueTask<BurstResult> CommitAsync(WorkflowExecutionContext context, IBurstTransaction transaction, CancellationToken cancellationToken)
    {
        var burst = context.Burst;
        ChildWorkflows.Report(context);
        burst.Instance = InstanceState.Write(context);
        await transaction.CommitAsync(burst, cancellationToken);
        burst.Journal.Release();
        signals.AfterCommit(burst);
        var faults = context.NewIncidents == 0 ? [] : context.Incidents.TakeLast(context.NewIncidents).Select(i => i.Message).ToList();
        return new BurstResult(BurstStatus.Executed, burst.Instance, faults);
    }
}
