using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Flow;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Control;

/// <param name="Activity">What the case runs; null runs nothing.</param>
public sealed record SwitchCase(string Label, Input<bool> Condition, Activity? Activity);

/// <summary>Runs the activity of the first case that is true, or of all that are; <see cref="Default"/> when none is.</summary>
[Activity("Elsa", "Branchement", "Exécute l'activité des cas dont la condition est vraie.", DisplayName = "Selon le cas")]
public sealed class Switch : Activity, IReadsDefinition, IWritesDefinition
{
    [Input(DisplayName = "Cas", Description = "Chaque cas a une condition et une activité.", UIHint = "switch-editor", IsReadByActivity = true, Order = 0)]
    public IReadOnlyList<SwitchCase> Cases { get; set; } = [];

    [Input(DisplayName = "Mode", UIHint = "dropdown", Options = ["MatchFirst=Le premier cas vrai", "MatchAny=Tous les cas vrais"],
        DefaultValue = SwitchMode.MatchFirst, Description = "Premier cas vrai, ou tous les cas vrais.", Order = 1)]
    public Input<SwitchMode>? Mode { get; set; }

    [Port(DisplayName = "Sinon")]
    public Activity? Default { get; set; }

    internal override BreakEffect OnBreak => BreakEffect.Stops;

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        var cases = new List<SwitchCase>();
        var array = json["cases"] as JsonArray ?? [];
        for (var i = 0; i < array.Count; i++)
        {
            var label = array[i]?["label"]?.GetValue<string>() ?? "";
            var condition = reader.AddExpression<bool>(this, label, array[i]?["condition"] as JsonObject, $"{path}.cases[{i}].condition");
            var activity = array[i]?["activity"] is JsonObject nested ? reader.ReadActivity(nested, $"{path}.cases[{i}].activity", this) : null;
            cases.Add(new SwitchCase(label, condition, activity));
        }

        Cases = cases;
    }

    void IWritesDefinition.Write(JsonObject json, DefinitionWriter writer) => json["cases"] = new JsonArray([.. Cases.Select(c => new JsonObject
    {
        ["label"] = c.Label,
        ["condition"] = writer.Write(c.Condition, $"{Id}.cases.{c.Label}"),
        ["activity"] = c.Activity is null ? null : writer.Write(c.Activity),
    })]);

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var matches = Cases.Where(c => context.Get(c.Condition)).ToList();
        var chosen = matches.Count == 0 ? [Default]
            : context.Get(Mode) == SwitchMode.MatchFirst ? [matches[0].Activity]
            : matches.ConvertAll(match => match.Activity);
        return Branches.Begin(context, [.. chosen.OfType<Activity>()], OnChildCompletedAsync);
    }

    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => Branches.Ended(context);

    private static ValueTask OnChildCompletedAsync(ActivityCompletedContext completed) => Branches.Ended(completed.TargetContext);
}
