using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>Where a flowchart begins.</summary>
[Activity("Elsa", "Flux", "Début du flux.", DisplayName = "Début", IsStart = true)]
public sealed class Start : CodeActivity;

/// <summary>Ends its flowchart; what still runs or waits in it is cancelled.</summary>
[Activity("Elsa", "Flux", "Fin du flux : ce qui y attend encore est abandonné.", DisplayName = "Fin", IsTerminal = true)]
public sealed class End : CodeActivity;

/// <summary>Chooses between two ways.</summary>
[Activity("Elsa", "Branchement", "Choisit entre deux chemins selon une condition.", DisplayName = "Décision")]
[FlowNode("True", "False")]
public sealed class FlowDecision : Activity
{
    [Input(DisplayName = "Condition", Description = "Vrai ou faux.")]
    public Input<bool>? Condition { get; set; }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(context.Get(Condition) ? "True" : "False");
}

public enum SwitchMode
{
    MatchFirst,
    MatchAny,
}

/// <summary>Chooses among named cases; without a match the flow goes on from <c>Default</c>.</summary>
[Activity("Elsa", "Branchement", "Choisit un chemin parmi plusieurs cas.", DisplayName = "Aiguillage")]
public sealed class FlowSwitch : Activity, IReadsDefinition
{
    private readonly List<(string Label, Input<bool> Condition)> _cases = [];

    [Input(DisplayName = "Mode", UIHint = "dropdown", Options = ["MatchFirst", "MatchAny"], Description = "Premier cas vrai, ou tous les cas vrais.", Order = 1)]
    public Input<SwitchMode>? Mode { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var cases = json["cases"] as JsonArray ?? [];
        for (var i = 0; i < cases.Count; i++)
        {
            var label = cases[i]?["label"]?.GetValue<string>() ?? "";
            _cases.Add((label, reader.AddExpression<bool>(this, label, cases[i]?["condition"] as JsonObject, $"{path}.cases[{i}].condition")));
        }
    }

    protected internal override IReadOnlyCollection<string> GetPossibleOutcomes() => [.. _cases.Select(c => c.Label), "Default"];

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matches = _cases.Where(c => context.Get(c.Condition)).Select(c => c.Label);
        if (context.Get(Mode) == SwitchMode.MatchFirst)
        {
            matches = matches.Take(1);
        }

        var outcomes = matches.ToArray();
        return context.CompleteActivityWithOutcomesAsync(outcomes.Length > 0 ? outcomes : ["Default"]);
    }
}

/// <summary>Goes on along several branches at once.</summary>
[Activity("Elsa", "Branchement", "Poursuit sur plusieurs branches en même temps.", DisplayName = "Fourche")]
public sealed class FlowFork : Activity
{
    [Input(DisplayName = "Branches", UIHint = "dynamic-outcomes", Description = "Noms des branches.")]
    public Input<string[]>? Branches { get; set; }

    protected internal override IReadOnlyCollection<string>? GetPossibleOutcomes() =>
        Inputs.All is [{ Source: InputSource.Constant, Constant: string[] branches }] ? branches : null;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(context.Get(Branches) ?? []);
}

public enum FlowJoinMode
{
    WaitAny,
    WaitAll,
    WaitAllActive,
}

/// <summary>Brings branches together again; the flowchart decides when it runs, by its mode.</summary>
[Activity("Elsa", "Branchement", "Réunit des branches.", DisplayName = "Jonction")]
public sealed class FlowJoin : CodeActivity
{
    [Input(DisplayName = "Mode", UIHint = "dropdown", Options = ["WaitAny", "WaitAll", "WaitAllActive"], DefaultValue = FlowJoinMode.WaitAny, Description = "Attendre une branche, toutes, ou toutes celles qui sont actives.")]
    public Input<FlowJoinMode>? Mode { get; set; }

    /// <summary>The mode is needed before the join runs, so it must be constant; Studio's dropdown gives nothing else.</summary>
    internal FlowJoinMode JoinMode => Inputs.All is [{ Source: InputSource.Constant, Constant: FlowJoinMode mode }] ? mode : FlowJoinMode.WaitAny;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.Parent is { Activity: Flowchart flowchart } owner ? flowchart.OnJoinRunsAsync(owner, this) : ValueTask.CompletedTask;
}
