using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Incidents;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <content>When an activity fails: it waits for another attempt, or becomes an incident that a person retries, skips or cancels.</content>
public sealed partial class WorkflowExecutionContext
{
    private const string RetriesProperty = "retries";

    /// <summary>Where the burst stood before a step.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Mark(int Effects, int Companions, int Bookmarks, int Number);

    internal Mark Here => new(Burst.Effects.Count, Burst.Companions.Count, Burst.NewBookmarks.Count, LastNumber);

    /// <summary>Takes back what an activity asked for in a step that failed: its next attempt will ask for everything anew.</summary>
    internal void TakeBack(ActivityExecutionContext context, in Mark before)
    {
        Truncate(Burst.Effects, before.Effects);
        Truncate(Burst.Companions, before.Companions);
        for (var i = Burst.NewBookmarks.Count - 1; i >= before.Bookmarks; i--)
        {
            if (Burst.NewBookmarks[i].ActivityNumber == context.Number)
            {
                Burn(context, Burst.NewBookmarks[i]);
            }
        }

        for (var i = _active.Count - 1; i >= 0 && _active[i].Number > before.Number; i--)
        {
            if (_active[i] is var child && child.Parent == context)
            {
                child.Status = ActivityStatus.Canceled;
                Retire(child);
            }
        }
    }

    /// <summary>A step of an activity failed: it is tried again later, or waits for a person.</summary>
    /// <param name="callback">What failed; null: its beginning.</param>
    internal void Fail(ActivityExecutionContext context, string? callback, Exception exception)
    {
        var undone = context.Undone ??= new Undone();
        if (callback is null)
        {
            undone.NotBegun = true;
        }
        else if (callback != WorkItem.Undone)
        {
            undone.Resumes.Add(new HeldResume(callback, context.ResumeInput));
        }

        if (!TryRetryLater(context, exception))
        {
            RecordIncident(context, exception);
        }
    }

    internal void RecordIncident(ActivityExecutionContext context, Exception exception)
    {
        context.Status = ActivityStatus.Faulted;
        context.InputValues = null;
        if (!context.HasBegun)
        {
            BurnAll(context);
        }

        if (!Workflow.ContinuesWithIncidents)
        {
            SubStatus = WorkflowSubStatus.Faulted;
        }

        var cause = exception is FaultException ? exception : exception.GetBaseException();
        Incidents.Add(new Incident(
            context.Activity.Id, context.Activity.NodeId, context.Activity.Type, context.Number, exception.Message,
            cause.GetType().Name, exception is FaultException ? null : exception.StackTrace, Now));
        NewIncidents++;
        Log(context, "Faulted", exception.Message);
    }

    /// <summary>Lets a failed activity wait for its next attempt, when its strategy has one left. What is begun anew must not have running children.</summary>
    private bool TryRetryLater(ActivityExecutionContext context, Exception exception)
    {
        if (context.Activity.Retry is not { } strategy || !context.HasBegun && context.HasScheduledChildren)
        {
            return false;
        }

        var made = context.HasProperties && context.Properties[RetriesProperty] is { } stored ? stored.GetValue<int>() : 0;
        if (!AwaitsRetry(context))
        {
            if (made++ >= strategy.Attempts)
            {
                return false;
            }

            if (!context.HasBegun)
            {
                BurnAll(context);
            }

            context.Properties[RetriesProperty] = made;
            CreateBookmark(context, new CreateBookmarkArgs(RetryStrategies.BookmarkName, DueAt: Now + strategy.DelayBefore(made)));
        }

        context.Status = ActivityStatus.Running;
        context.InputValues = null;
        Log(context, "Retrying", $"{exception.Message} (nouvel essai {made} sur {strategy.Attempts})");
        return true;
    }

    private bool AwaitsRetry(ActivityExecutionContext context) => context.IsWaiting
        && OpenBookmarks.Exists(bookmark => bookmark.ActivityNumber == context.Number && bookmark.Name == RetryStrategies.BookmarkName);

    /// <summary>The next attempt begins: with what failed when the activity had begun, else from its beginning.</summary>
    internal void EnqueueAttempt(ActivityExecutionContext context) => Enqueue(context, context.HasUndone ? WorkItem.Undone : null);

    /// <summary>Keeps what reached an activity at fault until somebody has it go on.</summary>
    internal static void Hold(ActivityExecutionContext context, string callback, JsonObject input) =>
        (context.Undone ??= new Undone()).Resumes.Add(new HeldResume(callback, input));

    private void HoldCompletion(ActivityExecutionContext child, IReadOnlyList<string> outcomes)
    {
        (child.Undone ??= new Undone()).Completion ??= new HeldCompletion(JournalSequence, outcomes);
        _active.Insert(~PlaceOf(child.Number), child);
        Count(child, 1);
    }

    /// <summary>Tells an owner that tries again of the child that completed first of those it has not heard of.</summary>
    internal async ValueTask ReportHeldAsync(ActivityExecutionContext owner)
    {
        var child = ChildrenOf(owner).Where(child => child.Undone is { Completion: not null }).MinBy(child => child.Undone!.Completion!.At)!;
        Retire(child);
        if (await ReportAsync(owner, child, child.Undone!.Completion!.Outcomes, CompletionCallback(owner, child)!))
        {
            MadeGood(owner);
        }
    }

    /// <summary>The oldest thing left undone is done: what failed later counts its attempts anew.</summary>
    internal void MadeGood(ActivityExecutionContext context)
    {
        if (context.Status != ActivityStatus.Running)
        {
            return;
        }

        context.Properties.Remove(RetriesProperty);
        if (context.HasUndone)
        {
            Enqueue(context, WorkItem.Undone);
        }
        else
        {
            context.Undone = null;
        }
    }

    /// <summary>Runs a faulted execution on in this burst, its incident forgotten: what failed is called again, or the activity begins anew.</summary>
    internal async ValueTask RetryAsync(ActivityExecutionContext context)
    {
        Forget(context);
        if (context.HasUndone)
        {
            context.Status = ActivityStatus.Running;
            context.Properties.Remove(RetriesProperty);
            Enqueue(context, WorkItem.Undone);
            return;
        }

        await CancelChildrenAsync(context);
        await CloseAsync(context);
        BurnAll(context);
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

        foreach (var waiting in _active.Where(IsKept).Where(active => !_scheduled.Any(item => item.Context == active)).ToList())
        {
            EnqueueAttempt(waiting);
        }
    }

    private bool IsKept(ActivityExecutionContext context) =>
        context.Status == ActivityStatus.Pending || context is { Status: ActivityStatus.Running, HasUndone: true } && !AwaitsRetry(context);

    /// <summary>Cancels everything: the instance ends as cancelled.</summary>
    internal async ValueTask CancelAllAsync()
    {
        await CancelAsync(Roots);
        Status = WorkflowStatus.Finished;
        SubStatus = WorkflowSubStatus.Cancelled;
        ChildWorkflows.CancelWithParent(this);
    }

    private void Forget(ActivityExecutionContext context) => Incidents.RemoveAll(incident => incident.ActivityNumber == context.Number);

    private static void Truncate<T>(List<T> list, int count)
    {
        if (list.Count > count)
        {
            list.RemoveRange(count, list.Count - count);
        }
    }
}
