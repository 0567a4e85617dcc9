using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Repeats its body while a condition holds; the condition is evaluated anew before each round.</summary>
[Activity("Elsa", "Boucles", "Répète une activité tant qu'une condition est vraie.", DisplayName = "Tant que")]
public sealed class While : Activity
{
    [Input(DisplayName = "Condition", Description = "Vrai pour faire encore un tour ; évaluée avant chaque tour.")]
    public Input<bool>? Condition { get; set; }

    [Port(DisplayName = "Corps")]
    public Activity? Body { get; set; }

    internal override BreakEffect OnBreak => BreakEffect.Ends;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) => IterateAsync(context, context.Get(Condition));

    protected internal override async ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        await IterateAsync(context, await context.EvaluateAsync(Condition));

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        await IterateAsync(context, !context.IsBreaking && await context.EvaluateAsync(Condition));
    }

    private ValueTask IterateAsync(ActivityExecutionContext context, bool goOn)
    {
        if (!goOn || Body is null)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(Body, OnBodyCompletedAsync);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Counts from one number to another; the bounds are those of the moment it begins.</summary>
[Activity("Elsa", "Boucles", "Répète une activité en comptant d'un nombre à un autre.", DisplayName = "Pour")]
public sealed class For : Activity
{
    private const string CurrentProperty = "current";
    private const string EndProperty = "end";
    private const string StepProperty = "step";
    private const string ExclusiveProperty = "exclusive";

    [Input(DisplayName = "Début", Description = "Premier nombre.", DefaultValue = 0, Order = 0)]
    public Input<int>? Start { get; set; }

    [Input(DisplayName = "Fin", Description = "Dernier nombre.", DefaultValue = 0, Order = 1)]
    public Input<int>? End { get; set; }

    [Input(DisplayName = "Pas", Description = "Ce qu'on ajoute à chaque tour ; un nombre négatif compte à rebours.", DefaultValue = 1, Order = 2)]
    public Input<int>? Step { get; set; }

    [Input(DisplayName = "Fin comprise", Description = "Faire aussi le tour du dernier nombre.", UIHint = "checkbox", DefaultValue = true, Order = 3)]
    public Input<bool>? OuterBoundInclusive { get; set; }

    [Port(DisplayName = "Corps")]
    public Activity? Body { get; set; }

    [Output(DisplayName = "Valeur courante", Description = "Le nombre du tour en cours.")]
    public Output<object?>? CurrentValue { get; set; }

    internal override BreakEffect OnBreak => BreakEffect.Ends;

    internal override IReadOnlyList<string> ScopeVariables => LoopScope.ValueOnly;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Properties[EndProperty] = context.Get(End);
        context.Properties[StepProperty] = context.Get(Step, 1);
        if (!context.Get(OuterBoundInclusive, true))
        {
            context.Properties[ExclusiveProperty] = true;
        }

        return IterateAsync(context, context.Get(Start));
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => NextAsync(context);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => NextAsync(completed.TargetContext);

    private ValueTask NextAsync(ActivityExecutionContext context)
    {
        var state = context.Properties;
        return IterateAsync(context, state[CurrentProperty]!.GetValue<long>() + state[StepProperty]!.GetValue<int>());
    }

    private ValueTask IterateAsync(ActivityExecutionContext context, long current)
    {
        var state = context.Properties;
        var left = (state[EndProperty]!.GetValue<int>() - current) * (state[StepProperty]!.GetValue<int>() >= 0 ? 1 : -1);
        if (Body is null || context.IsBreaking || left < 0 || left == 0 && state.ContainsKey(ExclusiveProperty))
        {
            return context.CompleteActivityAsync();
        }

        state[CurrentProperty] = current;
        context.Set(CurrentValue, current);
        context.ScheduleInScope(Body, OnBodyCompletedAsync, new(StringComparer.Ordinal) { [LoopScope.Value] = current });
        return ValueTask.CompletedTask;
    }
}

/// <summary>Runs its body for each item of a list, one after another; the list is the one of the moment it begins.</summary>
[Activity("Elsa", "Boucles", "Répète une activité pour chaque élément d'une liste, l'un après l'autre.", DisplayName = "Pour chaque")]
public sealed class ForEach : Activity
{
    private const string IndexProperty = "index";
    private const string ItemsProperty = "items";

    [Input(DisplayName = "Éléments", Description = "La liste à parcourir.", TypeName = "Object[]")]
    public Input<JsonArray>? Items { get; set; }

    [Port(DisplayName = "Corps")]
    public Activity? Body { get; set; }

    [Output(DisplayName = "Valeur courante", Description = "L'élément du tour en cours.")]
    public Output<object?>? CurrentValue { get; set; }

    internal override BreakEffect OnBreak => BreakEffect.Ends;

    internal override IReadOnlyList<string> ScopeVariables => LoopScope.ValueAndIndex;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.Get(Items) is { } items && StableItems(context) is null)
        {
            Keep(context, items);
        }

        return IterateAsync(context);
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => IterateAsync(context);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => IterateAsync(completed.TargetContext);

    private async ValueTask IterateAsync(ActivityExecutionContext context)
    {
        var index = context.Properties[IndexProperty]?.GetValue<int>() ?? 0;
        object? value = null;
        if (Body is null || context.IsBreaking || !TryTake(context, await ItemsAsync(context), index, ref value))
        {
            await context.CompleteActivityAsync();
            return;
        }

        context.Properties[IndexProperty] = index + 1;
        context.Set(CurrentValue, value);
        context.ScheduleInScope(Body, OnBodyCompletedAsync, new(StringComparer.Ordinal) { [LoopScope.Value] = value, [LoopScope.Index] = index });
    }

    private async ValueTask<JsonArray?> ItemsAsync(ActivityExecutionContext context) =>
        context.Properties[ItemsProperty] as JsonArray ?? await context.EvaluateAsync(Items);

    private static bool TryTake(ActivityExecutionContext context, JsonArray? items, int index, ref object? value)
    {
        if (items is null)
        {
            return false;
        }

        var isOwn = context.Properties[ItemsProperty] == items;
        if (isOwn ? items.Count == 0 : index >= items.Count)
        {
            return false;
        }

        var item = isOwn ? items[^1] : items[index]?.DeepClone();
        if (isOwn)
        {
            items.RemoveAt(items.Count - 1);
        }

        value = Values.Unwrap(item);
        return true;
    }

    /// <summary>A literal list and a workflow input never change: the state need not carry them a second time. Null when it must.</summary>
    private JsonArray? StableItems(ActivityExecutionContext context) => Items is null ? null : Inputs.All[Items.Slot] switch
    {
        { Source: InputSource.Constant } literal => literal.Constant as JsonArray,
        { Source: InputSource.WorkflowInput } input => context.WorkflowInput[input.Reference!] as JsonArray,
        _ => null,
    };

    /// <summary>The list is the one of the moment the loop began: where another version has another list, the state carries what is left of the old one.</summary>
    internal override IEnumerable<string> MoveState(ActivityExecutionContext moved, Activity from, MigrationPlan plan)
    {
        if (!moved.Properties.ContainsKey(ItemsProperty) && ((ForEach)from).StableItems(moved) is { } items && !JsonNode.DeepEquals(items, StableItems(moved)))
        {
            Keep(moved, items.Skip(moved.Properties[IndexProperty]?.GetValue<int>() ?? 0));
        }

        return [];
    }

    /// <summary>Last item first, so that taking the next one off the end costs nothing.</summary>
    private static void Keep(ActivityExecutionContext context, IEnumerable<JsonNode?> items) =>
        context.Properties[ItemsProperty] = new JsonArray([.. items.Reverse().Select(item => item?.DeepClone())]);
}

/// <summary>Runs its body for all items of a list at once and completes when all have ended.</summary>
[Activity("Elsa", "Boucles", "Exécute une activité pour chaque élément d'une liste, tous en même temps.", DisplayName = "Pour chaque en parallèle")]
public sealed class ParallelForEach : Activity
{
    [Input(DisplayName = "Éléments", Description = "La liste à parcourir.")]
    public Input<object>? Items { get; set; }

    [Port(DisplayName = "Corps")]
    public Activity? Body { get; set; }

    internal override BreakEffect OnBreak => BreakEffect.Ends;

    internal override IReadOnlyList<string> ScopeVariables => LoopScope.ValueAndIndex;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var index = 0;
        if (Body is not null)
        {
            foreach (var item in LoopScope.Items(context.Get(Items)))
            {
                context.ScheduleInScope(Body, OnBodyCompletedAsync, new(StringComparer.Ordinal) { [LoopScope.Value] = item, [LoopScope.Index] = index++ });
            }
        }

        return index == 0 ? context.CompleteActivityAsync() : ValueTask.CompletedTask;
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => Branches.Ended(context);

    private static ValueTask OnBodyCompletedAsync(ActivityCompletedContext completed) => Branches.Ended(completed.TargetContext);
}

/// <summary>Ends the loop it is nested in, at once: what else runs in this round is cancelled.</summary>
[Activity("Elsa", "Boucles", "Quitte la boucle.", DisplayName = "Quitter la boucle", IsTerminal = true)]
public sealed class Break : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        for (var owner = context.Parent; owner is not null; owner = owner.Parent)
        {
            var effect = owner.Activity.OnBreak;
            if (effect != BreakEffect.None)
            {
                owner.IsBreaking = true;
            }

            if (effect == BreakEffect.Ends)
            {
                return;
            }
        }
    }
}

/// <summary>The variables a loop gives to each round of its body, and nowhere else.</summary>
internal static class LoopScope
{
    public const string Value = "CurrentValue";
    public const string Index = "CurrentIndex";

    public static readonly IReadOnlyList<string> ValueOnly = [Value];
    public static readonly IReadOnlyList<string> ValueAndIndex = [Value, Index];

    /// <summary>What can be iterated: a JSON array, its text, any collection; anything else is a list of one.</summary>
    public static IEnumerable<object?> Items(object? value) => value switch
    {
        null => [],
        string text when text.AsSpan().TrimStart().StartsWith("[") => Items(JsonNode.Parse(text)),
        string text => [text],
        JsonArray array => array.Select(item => Values.Unwrap(item?.DeepClone())),
        JsonNode node => [Values.Unwrap(node)],
        System.Collections.IEnumerable items => items.Cast<object?>(),
        _ => [value],
    };
}
