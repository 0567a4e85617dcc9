using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Flow;

/// <param name="Entry">Runs when the state is entered; null runs nothing.</param>
/// <param name="Exit">Runs when the state is left; null runs nothing.</param>
public sealed record State(string Name, Activity? Entry, Activity? Exit);

/// <param name="Trigger">What must complete for the transition to be taken; a transition without one is never taken.</param>
/// <param name="Action">Runs before the source state's exit; null runs nothing.</param>
public sealed record Transition(string? Name, string From, string To, Activity? Trigger, Activity? Action)
{
    /// <summary>Asked when the trigger completed; when false the trigger waits again. Null is always true.</summary>
    internal CompiledInput? Condition { get; init; }
}

/// <summary>
/// Named states and the transitions between them. In a state, the triggers of all its outgoing transitions wait side by side; the first whose
/// condition holds wins, the others are cancelled. A state without outgoing transition is final: the machine completes there.
/// </summary>
[Activity("Elsa", "Flux", "Des états et les transitions qui mènent de l'un à l'autre.", DisplayName = "Machine à états", IsContainer = true)]
public sealed class StateMachine : Activity, IReadsDefinition, IHasVariables
{
    private const string StateProperty = "state";

    public IReadOnlyList<State> States { get; set; } = [];

    public IReadOnlyList<Transition> Transitions { get; set; } = [];

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    public string? InitialState { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        InitialState = Text(json["currentState"]) ?? Text(json["initialState"]);
        var states = new List<State>();
        foreach (var (state, at) in Items(json, "states", path))
        {
            states.Add(new State(Text(state["name"]) ?? "", Nested(state, "entry", at, reader), Nested(state, "exit", at, reader)));
        }

        States = states;
        var transitions = new List<Transition>();
        foreach (var (transition, at) in Items(json, "transitions", path))
        {
            var (from, to) = (Text(transition["from"]) ?? "", Text(transition["to"]) ?? "");
            foreach (var (name, key) in new[] { (from, "from"), (to, "to") })
            {
                if (!states.Exists(state => state.Name == name))
                {
                    reader.Report("CLS-1009", $"{at}.{key}", $"« {DisplayText} » : une transition va de « {from} » à « {to} », mais l'état « {name} » n'existe pas. États : {string.Join(", ", states.Select(state => state.Name))}.");
                }
            }

            transitions.Add(new Transition(Text(transition["name"]), from, to, Nested(transition, "trigger", at, reader), Nested(transition, "action", at, reader))
            {
                Condition = transition["condition"]?["expression"] is JsonObject condition
                    ? reader.ReadExpression<bool>(this, "Condition", condition, at + ".condition")
                    : null,
            });
        }

        Transitions = transitions;
        if (states.Count > 0 && !states.Exists(state => state.Name == InitialState))
        {
            reader.Report("CLS-1009", path + ".initialState", $"« {DisplayText} » : l'état initial « {InitialState} » n'existe pas. États : {string.Join(", ", states.Select(state => state.Name))}.");
        }
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        return EnterAsync(context, InitialState);
    }

    /// <summary>The other triggers go on waiting; without any the machine can never leave its state, so it ends there.</summary>
    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        context.HasScheduledChildren ? ValueTask.CompletedTask : context.CompleteActivityAsync();

    private ValueTask EnterAsync(ActivityExecutionContext context, string? name)
    {
        if (States.FirstOrDefault(state => state.Name == name) is not { } entered)
        {
            return context.CompleteActivityAsync();
        }

        context.Properties[StateProperty] = entered.Name;
        if (entered.Entry is null)
        {
            return AwaitTriggersAsync(context);
        }

        context.ScheduleActivity(entered.Entry, OnEntryCompletedAsync);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnEntryCompletedAsync(ActivityCompletedContext completed) => AwaitTriggersAsync(completed.TargetContext);

    private ValueTask AwaitTriggersAsync(ActivityExecutionContext context)
    {
        var current = Current(context);
        for (var i = 0; i < Transitions.Count; i++)
        {
            if (Transitions[i] is { Trigger: { } trigger } transition && transition.From == current)
            {
                context.ScheduleActivity(trigger, OnTriggerCompletedAsync, i.ToString(CultureInfo.InvariantCulture));
            }
        }

        return context.HasScheduledChildren ? ValueTask.CompletedTask : context.CompleteActivityAsync();
    }

    private async ValueTask OnTriggerCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        var transition = Taken(completed);
        if (transition.From != Current(context))
        {
            return;
        }

        if (transition.Condition is { } condition && !await context.EvaluateAsync<bool>(condition))
        {
            context.ScheduleActivity(transition.Trigger, OnTriggerCompletedAsync, completed.ChildContext.Tag);
            return;
        }

        await context.CancelChildrenAsync();
        if (transition.Action is null)
        {
            await LeaveAsync(context, transition, completed.ChildContext.Tag);
            return;
        }

        context.ScheduleActivity(transition.Action, OnActionCompletedAsync, completed.ChildContext.Tag);
    }

    private ValueTask OnActionCompletedAsync(ActivityCompletedContext completed) => LeaveAsync(completed.TargetContext, Taken(completed), completed.ChildContext.Tag);

    private ValueTask LeaveAsync(ActivityExecutionContext context, Transition transition, string? tag)
    {
        if (States.FirstOrDefault(state => state.Name == transition.From)?.Exit is not { } exit)
        {
            return EnterAsync(context, transition.To);
        }

        context.ScheduleActivity(exit, OnExitCompletedAsync, tag);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnExitCompletedAsync(ActivityCompletedContext completed) => EnterAsync(completed.TargetContext, Taken(completed).To);

    private Transition Taken(ActivityCompletedContext completed) => Transitions[int.Parse(completed.ChildContext.Tag!, CultureInfo.InvariantCulture)];

    /// <summary>The machine stays in its state; each transition under way is found again by its ends and its name.</summary>
    internal override IEnumerable<string> MoveState(ActivityExecutionContext moved, Activity from, MigrationPlan plan)
    {
        var state = Current(moved);
        if (States.All(known => known.Name != state))
        {
            yield return $"« {DisplayText} » est dans l'état « {state} », que la version {plan.Target.Version} n'a pas.";
            yield break;
        }

        foreach (var child in moved.WorkflowExecutionContext.ChildrenOf(moved).Where(child => child.Tag is not null))
        {
            var before = ((StateMachine)from).Transitions[int.Parse(child.Tag!, CultureInfo.InvariantCulture)];
            var place = Transitions.ToList().FindIndex(after => after.From == before.From && after.To == before.To && after.Name == before.Name);
            if (place < 0)
            {
                yield return $"« {DisplayText} » : la transition de « {before.From} » à « {before.To} » est attendue ou en cours, mais la version {plan.Target.Version} ne l'a pas.";
                continue;
            }

            child.Tag = place.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string? Current(ActivityExecutionContext context) => context.Properties[StateProperty]?.GetValue<string>();

    private static string? Text(JsonNode? json) => json is JsonValue value && value.ToString() is { Length: > 0 } text ? text : null;

    private static IEnumerable<(JsonObject Item, string Path)> Items(JsonObject json, string name, string path)
    {
        var array = json[name] as JsonArray ?? [];
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonObject item)
            {
                yield return (item, $"{path}.{name}[{i}]");
            }
        }
    }

    private Activity? Nested(JsonObject json, string name, string path, DefinitionReader reader) =>
        json[name] is JsonObject nested ? reader.ReadActivity(nested, $"{path}.{name}", this) : null;
}
