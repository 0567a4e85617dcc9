using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Runs its activities one after another.</summary>
[Activity("Elsa", "Flux", "Exécute ses activités l'une après l'autre.", DisplayName = "Séquence", IsBrowsable = false, IsContainer = true)]
public sealed class Sequence : Container
{
    private Dictionary<Activity, int>? _places;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        return NextAsync(context, 0);
    }

    /// <summary>Goes on with the next activity: what was cancelled is passed over.</summary>
    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => NextAsync(context, After(child));

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        var sequence = (Sequence)context.Activity;
        return completed.ChildContext.Activity.IsTerminal || context.IsBreaking
            ? context.CompleteActivityAsync()
            : sequence.NextAsync(context, sequence.After(completed.ChildContext));
    }

    /// <summary>What comes next follows from the child that ended: no counter is stored, and a migration has nothing to move.</summary>
    private int After(ActivityExecutionContext child)
    {
        _places ??= Activities.Index().ToDictionary(item => item.Item, item => item.Index);
        return _places[child.Activity] + 1;
    }

    private ValueTask NextAsync(ActivityExecutionContext context, int index)
    {
        if (index >= Activities.Count)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(Activities[index], OnChildCompletedAsync);
        return ValueTask.CompletedTask;
    }
}
