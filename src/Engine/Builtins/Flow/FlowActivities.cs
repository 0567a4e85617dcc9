using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.CodeFirst;
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
[FlowNode("True", "False", DisplayNames = ["Vrai", "Faux"])]
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

/// <param name="Label">Also the name of the outcome.</param>
public sealed record FlowSwitchCase(string Label, Input<bool> Condition);

/// <summary>Chooses among named cases; without a match the flow goes on from <c>Default</c>.</summary>
[Activity("Elsa", "Branchement", "Choisit un chemin parmi plusieurs cas.", DisplayName = "Aiguillage")]
[FlowNode("Default", DisplayNames = ["Sinon"])]
public sealed class FlowSwitch : Activity, IReadsDefinition, IWritesDefinition
{
    private const string DefaultOutcome = "Default";

    [Input(DisplayName = "Cas", Description = "Chaque cas a une condition et un chemin à son nom.", UIHint = "flow-switch-editor", IsReadByActivity = true, Order = 0)]
    public IReadOnlyList<FlowSwitchCase> Cases { get; set; } = [];

    [Input(DisplayName = "Mode", UIHint = "dropdown", Options = ["MatchFirst=Le premier cas vrai", "MatchAny=Tous les cas vrais"],
        DefaultValue = SwitchMode.MatchFirst, Description = "Premier cas vrai, ou tous les cas vrais.", Order = 1)]
    public Input<SwitchMode>? Mode { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var cases = new List<FlowSwitchCase>();
        var array = json["cases"] as JsonArray ?? [];
        for (var i = 0; i < array.Count; i++)
        {
            var label = array[i]?["label"]?.GetValue<string>() ?? "";
            cases.Add(new FlowSwitchCase(label, reader.AddExpression<bool>(this, label, array[i]?["condition"] as JsonObject, $"{path}.cases[{i}].condition")));
        }

        Cases = cases;
    }

    void IWritesDefinition.Write(JsonObject json, DefinitionWriter writer) => json["cases"] = new JsonArray([.. Cases.Select(c => new JsonObject
    {
        ["label"] = c.Label,
        ["condition"] = writer.Write(c.Condition, $"{Id}.cases.{c.Label}"),
    })]);

    /// <summary>Whether the mode is known to choose one case.</summary>
    internal bool EndsWithOneOutcome =>
        Inputs.All.FirstOrDefault(input => input.Name == nameof(Mode)) is null or { Source: InputSource.Constant, Constant: SwitchMode.MatchFirst };

    protected internal override IReadOnlyCollection<string> GetPossibleOutcomes() => [.. Cases.Select(c => c.Label), DefaultOutcome];

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matches = Cases.Where(c => context.Get(c.Condition)).Select(c => c.Label);
        if (context.Get(Mode) == SwitchMode.MatchFirst)
        {
            matches = matches.Take(1);
        }

        var outcomes = matches.ToArray();
        return context.CompleteActivityWithOutcomesAsync(outcomes.Length > 0 ? outcomes : [DefaultOutcome]);
    }
}

/// <summary>Goes on along several branches at once.</summary>
[Activity("Elsa", "Branchement", "Poursuit sur plusieurs branches en même temps.", DisplayName = "Fourche")]
public sealed class FlowFork : Activity
{
    [Input(DisplayName = "Branches", UIHint = "dynamic-outcomes", Description = "Noms des branches.")]
    public Input<string[]>? Branches { get; set; }

    protected internal override IReadOnlyCollection<string>? GetPossibleOutcomes() =>
        Inputs.All switch
        {
            [] => Outcomes.Done,
            [{ Source: InputSource.Constant, Constant: string[] branches }] => branches,
            _ => null,
        };

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.CompleteActivityWithOutcomesAsync(context.Get(Branches) ?? ["Done"]);
}

public enum FlowJoinMode
{
    WaitAny,
    WaitAll,
    WaitAllActive,
}

/// <summary>Brings branches together again; the flowchart decides when it runs, by its mode.</summary>
[Activity("Elsa", "Branchement", "Réunit des branches.", DisplayName = "Jonction")]
public sealed class FlowJoin : CodeActivity, IReadsDefinition
{
    [Input(DisplayName = "Mode", UIHint = "dropdown", Options = ["WaitAny=La première branche", "WaitAll=Toutes les branches", "WaitAllActive=Toutes les branches suivies"],
        DefaultValue = FlowJoinMode.WaitAny, Description = "Ce qu'on attend : la première branche arrivée annule les autres ; ou toutes ; ou toutes celles que le flux a suivies.")]
    public Input<FlowJoinMode>? Mode { get; set; }

    /// <summary>The mode is needed before the join runs, so it must be constant; Studio's dropdown gives nothing else.</summary>
    internal FlowJoinMode JoinMode => Inputs.All is [{ Source: InputSource.Constant, Constant: FlowJoinMode mode }] ? mode : FlowJoinMode.WaitAny;

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        if (Inputs.All is [{ Source: not InputSource.Constant }])
        {
            reader.Report("CLS-1003", path + ".mode", $"« {DisplayText} » : le mode d'une jonction est lu avant qu'elle ne commence ; choisissez-le dans la liste au lieu d'une expression.");
        }
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        context.Parent is { Activity: Flowchart flowchart } owner ? flowchart.OnJoinRunsAsync(owner, this) : ValueTask.CompletedTask;
}
