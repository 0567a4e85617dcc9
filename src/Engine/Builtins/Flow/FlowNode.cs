using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>A box in a flowchart around another activity.</summary>
[Activity("Elsa", "Flux", "Une boîte qui exécute l'activité qu'elle contient.", DisplayName = "Conteneur")]
public sealed class FlowNode : Activity
{
    [Port(DisplayName = "Corps")]
    public Activity? Body { get; set; }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Body is null)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(Body, OnBodyCompletedAsync);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => context.CompleteActivityAsync();

    private static ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}
