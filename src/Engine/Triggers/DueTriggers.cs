using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Timers;

namespace Cleiss.Engine.Triggers;

/// <summary>
/// Starts what timers of the index call for. The claim, the new instance and the next due time are one transaction: each due time starts one
/// instance on whichever host comes first, and missed ones start one together.
/// </summary>
public sealed class DueTriggers(ITriggerStore triggers, WorkflowRuntime runtime, TimeProvider time, SchedulingOptions scheduling)
{
    public Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken) => triggers.NextDueAsync(cancellationToken);

    public Task<IReadOnlyList<WorkflowTrigger>> FindAsync(int limit, CancellationToken cancellationToken) =>
        triggers.FindDueAsync(time.GetUtcNow(), limit, cancellationToken);

    /// <returns>False when another host was faster, or the definition's activation strategy did not allow the start; the next time is set then too.</returns>
    public async Task<bool> FireAsync(WorkflowTrigger due, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(due);
        var now = time.GetUtcNow();
        var next = Recurrence.Next(due.Recurrence, due.NextDue!.Value, now, scheduling.Zone);
        if (next >= due.ActiveUntil)
        {
            next = null;
        }

        var start = new StartWorkflow(due.DefinitionVersionId, Cause: "trigger", Guard: async (transaction, token) =>
            await triggers.ClaimAsync(transaction, due, next, token) ? [] : throw new TriggerTakenException())
        {
            TriggerActivityId = due.ActivityId,
            TriggerInput = new JsonObject { ["dueAt"] = due.NextDue },
        };
        try
        {
            return (await runtime.StartAsync(start, cancellationToken)).Executed;
        }
        catch (TriggerTakenException)
        {
            return false;
        }
    }

    /// <summary>Leaves the guard, so that nothing is written.</summary>
    private sealed class TriggerTakenException : Exception;
}
