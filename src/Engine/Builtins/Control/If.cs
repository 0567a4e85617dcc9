using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Runs one of two nested activities.</summary>
[Activity("Elsa", "Branchement", "Exécute l'une de deux activités selon une condition.", DisplayName = "Si")]
public sealed class If : Activity
{
    public If()
    {
    }

    public If(Func<ActivityExecutionContext, bool> condition) => Condition = new(condition);

    [Input(DisplayName = "Condition", Description = "Vrai ou faux.")]
    public Input<bool>? Condition { get; set; }

    [Port(DisplayName = "Alors")]
    public Activity? Then { get; set; }

    [Port(DisplayName = "Sinon")]
    public Activity? Else { get; set; }

    [Output(DisplayName = "Résultat", Description = "La valeur de la condition.")]
    public Output<bool>? Result { get; set; }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var condition = context.Get(Condition);
        context.Set(Result, condition);
        if ((condition ? Then : Else) is not { } next)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(next, OnChildCompletedAsync);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => context.CompleteActivityAsync();

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}
