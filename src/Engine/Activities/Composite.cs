namespace Cleiss.Engine.Activities;

/// <summary>
/// An activity made of others: runs <see cref="Root"/> and completes with it, or earlier, with outcomes, when a <c>Complete</c> inside says so.
/// </summary>
public abstract class Composite : Activity, Definitions.IHasVariables
{
    /// <summary>What the composite does.</summary>
    public Activity? Root { get; set; }

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        if (Root is null)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(Root, OnRootCompletedAsync);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => context.CompleteActivityAsync();

    /// <summary>Called before the composite completes because its root has; sets outputs.</summary>
    protected virtual ValueTask OnCompletedAsync(ActivityCompletedContext completed) => ValueTask.CompletedTask;

    /// <summary>Takes an output set inside by <c>SetOutput</c>; false passes it on to what the composite is nested in.</summary>
    protected internal virtual bool TrySetOutput(ActivityExecutionContext context, string name, object? value) => false;

    private async ValueTask OnRootCompletedAsync(ActivityCompletedContext completed)
    {
        await OnCompletedAsync(completed);
        await completed.TargetContext.CompleteActivityAsync();
    }
}
