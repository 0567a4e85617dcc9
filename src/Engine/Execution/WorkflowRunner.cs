using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Expressions;
using Cleiss.Engine.Incidents;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>
/// The execution loop: take a work item, evaluate its inputs, execute it, until nothing can move. It only changes the context in memory; the
/// runtime commits the result.
/// </summary>
public sealed class WorkflowRunner(InputEvaluator inputs, IServiceProvider? services = null)
{
    /// <summary>
    /// A burst that executes more steps than this is a loop without a wait; it becomes an incident instead of a hung host. Room enough for a list of
    /// ten thousand with some twenty activities for each.
    /// </summary>
    internal const int StepLimit = 300_000;

    internal void Begin(WorkflowExecutionContext context)
    {
        foreach (var variable in context.Workflow.Variables)
        {
            context.Variables[variable.Name] = Values.Unwrap(variable.Default?.DeepClone());
        }

        var root = context.CreateContext(context.Workflow.Root, parent: null);
        context.Enqueue(root, callback: null);
    }

    internal void Resume(WorkflowExecutionContext context, Bookmark bookmark, JsonObject input)
    {
        var target = context.Find(bookmark.ActivityNumber)
            ?? throw new InvalidOperationException($"Bookmark {bookmark.Id} of instance {context.Id} has no waiting activity.");
        target.ResumeInput = input;
        context.Log(target, "Resumed");
        if (bookmark.AutoBurn)
        {
            context.Burn(target, bookmark);
        }

        if (bookmark.Name == RetryStrategies.BookmarkName)
        {
            context.EnqueueAttempt(target);
            return;
        }

        var callback = bookmark.Callback ?? nameof(ActivityExecutionContext.CompleteActivityAsync);
        if (target.Status == ActivityStatus.Faulted)
        {
            WorkflowExecutionContext.Hold(target, callback, input);
            return;
        }

        context.Enqueue(target, callback);
    }

    /// <summary>Gives a context what activities reach the host by; needed before anything in it moves.</summary>
    internal void Equip(WorkflowExecutionContext context, CancellationToken cancellationToken)
    {
        context.Services = services;
        context.Aborted = cancellationToken;
        context.Evaluator = (execution, input, arguments) => inputs.EvaluateOneAsync(execution, input, cancellationToken, arguments);
    }

    internal async Task RunAsync(WorkflowExecutionContext context, CancellationToken cancellationToken)
    {
        Equip(context, cancellationToken);
        context.Status = WorkflowStatus.Running;
        context.SubStatus = WorkflowSubStatus.Executing;
        for (var steps = 0; context is { Status: WorkflowStatus.Running, SubStatus: WorkflowSubStatus.Executing } && context.TryTakeNext(out var item); steps++)
        {
            if (item.Context.Status is ActivityStatus.Canceled or ActivityStatus.Completed)
            {
                continue;
            }

            var before = context.Here;
            try
            {
                if (steps >= StepLimit)
                {
                    throw new FaultException($"More than {StepLimit} steps without a wait: the flow runs in a circle.");
                }

                await StepAsync(context, item, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                context.TakeBack(item.Context, before);
                context.Fail(item.Context, item.Callback, e);
            }
        }

        if (context.SubStatus != WorkflowSubStatus.Faulted)
        {
            Settle(context);
        }
    }

    private async ValueTask StepAsync(WorkflowExecutionContext context, WorkItem item, CancellationToken cancellationToken)
    {
        var execution = item.Context;
        var activity = execution.Activity;
        HeldResume? held = null;
        if (item.Callback == WorkItem.Undone)
        {
            if (execution.Undone is not { Resumes: [var oldest, ..] })
            {
                await context.ReportHeldAsync(execution);
                return;
            }

            held = oldest;
            execution.ResumeInput = held.Input;
        }

        if (activity.Inputs.All.Count > 0 && execution.InputValues is null)
        {
            await inputs.EvaluateAsync(execution, cancellationToken);
        }

        if (item.Callback is null)
        {
            execution.Status = ActivityStatus.Running;
            execution.StartedAt = context.Now;
            var isRepeated = execution.Undone is not null;
            execution.Undone = null;
            context.Log(execution, "Started", withInputs: true);
            await activity.ExecuteAsync(execution);
            if (isRepeated)
            {
                context.MadeGood(execution);
            }
        }
        else if ((held?.Callback ?? item.Callback) is var callback && callback == nameof(ActivityExecutionContext.CompleteActivityAsync))
        {
            await execution.CompleteActivityAsync();
        }
        else
        {
            await ActivityCallbacks.Resume(activity, callback)(execution);
        }

        if (activity is CodeActivity && CodeActivity.CompletesByItself(execution))
        {
            await execution.CompleteActivityAsync();
        }
        else if (execution is { Status: ActivityStatus.Running, IsWaiting: true } && item.Callback is null)
        {
            context.Log(execution, "Suspended");
        }

        if (held is not null)
        {
            execution.Undone!.Resumes.RemoveAt(0);
            context.MadeGood(execution);
        }
    }

    /// <summary>Nothing is scheduled any more: finished, waiting, or stuck because an incident was passed over.</summary>
    private static void Settle(WorkflowExecutionContext context)
    {
        if (context.Status == WorkflowStatus.Finished)
        {
            return;
        }

        if (context.Active.Count == 0)
        {
            context.Status = WorkflowStatus.Finished;
            context.SubStatus = WorkflowSubStatus.Finished;
        }
        else if (!context.Workflow.ContinuesWithIncidents && context.Active.Any(active => active.Status == ActivityStatus.Faulted))
        {
            // Other branches may have moved in this burst; the incident still waits for a person.
            context.SubStatus = WorkflowSubStatus.Faulted;
        }
        else if (context.OpenBookmarks.Count > 0)
        {
            context.SubStatus = WorkflowSubStatus.Suspended;
        }
        else if (context.Incidents.Count > 0)
        {
            context.SubStatus = WorkflowSubStatus.Faulted;
        }
        else
        {
            var stuck = context.Active[^1];
            context.RecordIncident(stuck, new FaultException(
                $"Activity {stuck.Activity.Id} neither completed nor waits for anything: the flow cannot go on."));
            context.SubStatus = WorkflowSubStatus.Faulted;
        }
    }
}
