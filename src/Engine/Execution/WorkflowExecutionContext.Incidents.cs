using Cleiss.Engine.Activities;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Incidents;

namespace Cleiss.Engine.Execution;

/// <content>When an activity fails: it waits for another attempt, or becomes an incident that a person retries, skips or cancels.</content>
public sealed partial class WorkflowExecutionContext
{
    private const string RetriesProperty = "retries";

    internal void RecordIncident(ActivityExecutionContext context, Exception exception)
    {
        context.Status = ActivityStatus.Faulted;
        BurnAll(context);
        var cause = exception is FaultException ? exception : exception.GetBaseException();
        Incidents.Add(new Incident(
            context.Activity.Id, context.Activity.NodeId, context.Activity.Type, context.Number, exception.Message,
            cause.GetType().Name, exception is FaultException ? null : exception.StackTrace, Now));
        NewIncidents++;
        Log(context, "Faulted", exception.Message);
    }

    /// <summary>Lets a failed activity wait for its next attempt, when its strategy has one left. Owners of running children are not repeated.</summary>
    internal bool TryRetryLater(ActivityExecutionContext context, Exception exception)
    {
        if (context.Activity.Retry is not { } strategy || context.HasScheduledChildren)
        {
            return false;
        }

        var made = context.HasProperties && context.Properties[RetriesProperty] is { } stored ? stored.GetValue<int>() : 0;
        if (made >= strategy.Attempts)
        {
            return false;
        }

        BurnAll(context);
        context.Status = ActivityStatus.Running;
        context.InputValues = null;
        context.Properties[RetriesProperty] = made + 1;
        CreateBookmark(context, new CreateBookmarkArgs(RetryStrategies.BookmarkName, DueAt: Now + strategy.DelayBefore(made + 1)));
        Log(context, "Retrying", $"{exception.Message} (nouvel essai {made + 1} sur {strategy.Attempts})");
        return true;
    }

    /// <summary>Puts an execution back to its beginning, to run in this burst; what it had opened is cancelled, its incident forgotten.</summary>
    internal async ValueTask ReopenAsync(ActivityExecutionContext context)
    {
        await CancelChildrenAsync(context);
        BurnAll(context);
        Forget(context);
        context.Status = ActivityStatus.Pending;
        context.InputValues = null;
        context.ResumeInput = [];
        context.Properties = [];
        context.Variables = null;
        context.Undone = null;
        Enqueue(context, callback: null);
    }

    /// <summary>Makes a faulted or not yet started execution one that can be completed or cancelled.</summary>
    internal void Release(ActivityExecutionContext context)
    {
        Forget(context);
        if (!context.HasBegun)
        {
            context.Undone = new Undone { NotBegun = true };
        }

        context.Status = ActivityStatus.Running;
    }

    /// <summary>Schedules what a fault kept from running, unless something is still at fault.</summary>
    internal void EnqueuePending()
    {
        if (_active.Exists(active => active.Status == ActivityStatus.Faulted))
        {
            return;
        }

        foreach (var pending in _active.Where(active => active.Status == ActivityStatus.Pending && !_scheduled.Any(item => item.Context == active)).ToList())
        {
            Enqueue(pending, callback: null);
        }
    }

    /// <summary>Cancels everything: the instance ends as cancelled.</summary>
    internal async ValueTask CancelAllAsync()
    {
        foreach (var root in _active.Where(active => active.Parent is null).ToList())
        {
            await CancelAsync(root);
        }

        Status = WorkflowStatus.Finished;
        SubStatus = WorkflowSubStatus.Cancelled;
        ChildWorkflows.CancelWithParent(this);
    }

    private void Forget(ActivityExecutionContext context) => Incidents.RemoveAll(incident => incident.ActivityNumber == context.Number);
}
