using Cleiss.Engine.Alterations;

namespace Cleiss.Engine.Execution;

/// <content>Changes by hand: under the same lock and in the same single commit as every other burst.</content>
public sealed partial class WorkflowRuntime
{
    /// <summary>Applies all alterations to one instance and runs on, or says everything that stands against it and changes nothing.</summary>
    public Task<AlterationResult> AlterAsync(AlterWorkflow request, CancellationToken cancellationToken) =>
        RetryConflictsAsync(request, static (runtime, request, token) => runtime.AlterExistingAsync(request, token), cancellationToken);

    private async ValueTask<AlterationResult> AlterExistingAsync(AlterWorkflow request, CancellationToken cancellationToken)
    {
        await using var transaction = await _store.BeginAsync(request.WorkflowInstanceId, cancellationToken);
        if (transaction.Instance is not { } record)
        {
            return new AlterationResult(false, null, [], []);
        }

        var burst = await OpenBurstAsync(transaction, request.Cause, guard: null, companions: null, cancellationToken);
        var workflow = await definitions.GetAsync(record.DefinitionVersionId, cancellationToken);
        var alterer = new Alterer(definitions);
        var context = InstanceState.Read(workflow, record, transaction.Bookmarks, burst);
        // A loop or a state machine asks its condition when what it waited for is skipped or cancelled.
        runner.Equip(context, cancellationToken);
        context = await alterer.ApplyAsync(context, request.Alterations, cancellationToken);
        if (alterer.Refusals.Count > 0 || request.DryRun)
        {
            return new AlterationResult(true, record, alterer.Refusals, alterer.Log);
        }

        if (request.Companions is { } companions)
        {
            burst.Companions.AddRange(await companions(record, alterer.Log));
        }

        var done = context.Status == WorkflowStatus.Finished
            ? await CommitAsync(context, transaction, cancellationToken)
            : await RunAndCommitAsync(context, transaction, cancellationToken);
        return new AlterationResult(true, done.Instance, [], alterer.Log);
    }
}
