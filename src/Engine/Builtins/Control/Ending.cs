using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Control;

/// <summary>Ends the whole workflow, whatever else still runs or waits.</summary>
[Activity("Elsa", "Primitives", "Termine toute la procédure, quoi qui attende encore.", DisplayName = "Terminer", IsTerminal = true)]
public sealed class Finish : Activity
{
    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.WorkflowExecutionContext.FinishAsync(context);
}

/// <summary>Completes the composite it is nested in, or the workflow when there is none, with chosen outcomes.</summary>
[Activity("Elsa", "Composition", "Achève l'activité composée, ou la procédure, avec les issues choisies.", DisplayName = "Achever", IsTerminal = true)]
public sealed class Complete : Activity
{
    [Input(DisplayName = "Issues", Description = "Une ou plusieurs issues ; « Done » sans choix.", UIHint = "outcome-picker", DefaultSyntax = "Object")]
    public Input<object>? Outcomes { get; set; }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var outcomes = LoopScope.Items(context.Get(Outcomes)).Select(Values.ToText).Where(text => text.Length > 0).ToArray();
        return context.CompleteCompositeAsync(outcomes.Length > 0 ? outcomes : ["Done"]);
    }
}

/// <summary>Raises an incident on purpose.</summary>
[Activity("Elsa", "Primitives", "Signale un incident.", DisplayName = "Incident")]
public sealed class Fault : Activity
{
    [Input(DisplayName = "Code", Description = "Code de l'incident.", Order = 0)]
    public Input<string>? Code { get; set; }

    [Input(DisplayName = "Catégorie", Description = "Par exemple HTTP, Données, Droits.", Order = 1)]
    public Input<string>? Category { get; set; }

    [Input(DisplayName = "Type", Description = "Par exemple Système, Métier, Intégration.", Order = 2)]
    public Input<string>? FaultType { get; set; }

    [Input(DisplayName = "Message", Description = "Ce que verra la personne qui traite l'incident.", Order = 3)]
    public Input<string>? Message { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        string?[] parts = [context.Get(Code), context.Get(Category), context.Get(FaultType), context.Get(Message)];
        throw new Execution.FaultException(string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part))));
    }
}

/// <summary>Gives the workflow, or the composite it is nested in, one of its outputs.</summary>
[Activity("Elsa", "Composition", "Donne une valeur à une sortie de la procédure.", DisplayName = "Affecter une sortie")]
public sealed class SetOutput : CodeActivity
{
    [Input(DisplayName = "Sortie", Description = "La sortie à affecter.", UIHint = "output-picker", Order = 0)]
    public Input<string>? OutputName { get; set; }

    [Input(DisplayName = "Valeur", Description = "La valeur de la sortie.", Order = 1)]
    public Input<object>? OutputValue { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.SetWorkflowOutput(context, context.Get(OutputName) ?? "", context.Get(OutputValue));
}

/// <summary>Stands for an activity whose type this product does not have: nothing of it is lost, but it cannot run.</summary>
[Activity("Elsa", "Système", "Tient la place d'une activité dont le type n'existe pas ici.", DisplayName = "Activité inconnue", IsBrowsable = false)]
public sealed class NotFoundActivity : Activity
{
    [Input(DisplayName = "Type manquant", IsBrowsable = false)]
    public string MissingTypeName { get; set; } = "";

    [Input(DisplayName = "Version manquante", IsBrowsable = false)]
    public int MissingTypeVersion { get; set; }

    /// <summary>The activity as it was stored.</summary>
    [Input(DisplayName = "Activité d'origine", IsBrowsable = false)]
    public string OriginalActivityJson { get; set; } = "";

    protected internal override IReadOnlyCollection<string>? GetPossibleOutcomes() => null;

    protected override void Execute(ActivityExecutionContext context) =>
        throw new Execution.FaultException($"L'activité « {DisplayText} » est du type « {MissingTypeName} », qui n'existe pas ici.");

    internal static NotFoundActivity For(JsonObject json)
    {
        var isPlaceholder = json["missingTypeName"] is JsonValue;
        return new NotFoundActivity
        {
            MissingTypeName = (isPlaceholder ? json["missingTypeName"] : json["type"])?.ToString() ?? "",
            MissingTypeVersion = int.TryParse((isPlaceholder ? json["missingTypeVersion"] : json["version"])?.ToString(), out var version) ? version : 1,
            OriginalActivityJson = isPlaceholder ? json["originalActivityJson"]?.ToString() ?? "" : json.ToJsonString(),
        };
    }
}
