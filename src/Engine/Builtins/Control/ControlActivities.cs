using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Runs its activities one after another.</summary>
[Activity("Elsa", "Flux", "Exécute ses activités l'une après l'autre.", DisplayName = "Séquence", IsBrowsable = false, IsContainer = true)]
public sealed class Sequence : Activity, IReadsDefinition, IHasVariables
{
    private Dictionary<Activity, int>? _places;
    private ActivityCompletionCallback? _onChildCompleted;

    public IReadOnlyList<Activity> Activities { get; set; } = [];

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader) =>
        Activities = reader.ReadActivities(json["activities"] as JsonArray, path + ".activities", this);

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        return NextAsync(context, 0);
    }

    /// <summary>What comes next follows from what has ended; no counter needs to be stored.</summary>
    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        _places ??= Activities.Index().ToDictionary(item => item.Item, item => item.Index);
        return NextAsync(completed.TargetContext, _places[completed.ChildContext.Activity] + 1);
    }

    private ValueTask NextAsync(ActivityExecutionContext context, int index)
    {
        if (index >= Activities.Count)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(Activities[index], _onChildCompleted ??= OnChildCompletedAsync);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Runs one of two nested activities.</summary>
[Activity("Elsa", "Branchement", "Exécute l'une de deux activités selon une condition.", DisplayName = "Si")]
public sealed class If : Activity
{
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

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) => completed.TargetContext.CompleteActivityAsync();
}

/// <summary>Ends the whole workflow, whatever else still runs or waits.</summary>
[Activity("Elsa", "Primitives", "Termine toute la procédure, quoi qui attende encore.", DisplayName = "Terminer", IsTerminal = true)]
public sealed class Finish : Activity
{
    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.WorkflowExecutionContext.FinishAsync(context);
}

/// <summary>Raises an incident on purpose.</summary>
[Activity("Elsa", "Primitives", "Signale un incident.", DisplayName = "Incident", IsTerminal = true)]
public sealed class Fault : Activity
{
    [Input(DisplayName = "Code", Order = 0)]
    public Input<string>? Code { get; set; }

    [Input(DisplayName = "Catégorie", Order = 1)]
    public Input<string>? Category { get; set; }

    [Input(DisplayName = "Type", Order = 2)]
    public Input<string>? FaultType { get; set; }

    [Input(DisplayName = "Message", Order = 3)]
    public Input<string>? Message { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        string?[] parts = [context.Get(Code), context.Get(Category), context.Get(FaultType), context.Get(Message)];
        throw new Execution.FaultException(string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part))));
    }
}
