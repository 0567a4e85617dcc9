using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Runs its activities one after another.</summary>
[Activity("Elsa", "Flux", "Exécute ses activités l'une après l'autre.", DisplayName = "Séquence", IsBrowsable = false, IsContainer = true)]
public sealed class Sequence : Activity, IReadsDefinition, IHasVariables
{
    private const string NextProperty = "next";

    public IReadOnlyList<Activity> Activities { get; set; } = [];

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    internal override BreakEffect OnBreak => BreakEffect.Stops;

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader) =>
        Activities = reader.ReadActivities(json["activities"] as JsonArray, path + ".activities", this);

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        return NextAsync(context, 0);
    }

    /// <summary>Goes on with the next activity: what was cancelled is passed over.</summary>
    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => NextAsync(context, Next(context));

    /// <summary>Goes on after the child that runs now, wherever the new version has it.</summary>
    internal override IEnumerable<string> MoveState(ActivityExecutionContext moved, Activity from, MigrationPlan plan)
    {
        foreach (var child in moved.WorkflowExecutionContext.ChildrenOf(moved))
        {
            moved.Properties[NextProperty] = Activities.ToList().IndexOf(child.Activity) + 1;
        }

        return [];
    }

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        return completed.ChildContext.Activity.IsTerminal || context.IsBreaking
            ? context.CompleteActivityAsync()
            : ((Sequence)context.Activity).NextAsync(context, Next(context));
    }

    private static int Next(ActivityExecutionContext context) => context.Properties[NextProperty]!.GetValue<int>();

    private ValueTask NextAsync(ActivityExecutionContext context, int index)
    {
        if (index >= Activities.Count)
        {
            return context.CompleteActivityAsync();
        }

        context.Properties[NextProperty] = index + 1;
        context.ScheduleActivity(Activities[index], OnChildCompletedAsync);
        return ValueTask.CompletedTask;
    }
}
