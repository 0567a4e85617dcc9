using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Builtins.Composition;

/// <summary>An activity that starts one instance of another definition.</summary>
public abstract class StartsChild : Activity
{
    [Input(DisplayName = "Procédure", UIHint = "workflow-definition-picker", IsRequired = true, Order = 0)]
    public Input<string>? WorkflowDefinitionId { get; set; }

    [Input(DisplayName = "Clé de corrélation", Order = 1)]
    public Input<string?>? CorrelationId { get; set; }

    [Input(DisplayName = "Entrées", Description = "Entrées de la procédure démarrée, comme objet JSON.", UIHint = "multiline", Order = 2)]
    public Input<JsonObject?>? Input { get; set; }

    private protected void StartChild(ActivityExecutionContext context, Storage.Bookmark? bookmark, bool whenIdle = false) => ChildWorkflows.Start(
        context, Child.DefinitionId(context, WorkflowDefinitionId), context.Get(CorrelationId), Child.Copy(context.Get(Input)), bookmark, whenIdle);
}

/// <summary>
/// Starts an instance of another definition's published version, through the outbox, exactly once. When it waits, the result is the child's
/// outputs; a child that was cancelled or stands still at an incident counts as ended, as Elsa has it.
/// </summary>
[Activity("Elsa", "Composition", "Démarre une autre procédure.", DisplayName = "Lancer une procédure")]
public sealed class DispatchWorkflow : StartsChild
{
    internal const string BookmarkName = "Elsa.DispatchWorkflow";

    [Input(DisplayName = "Attendre la fin", Description = "Ne poursuit que lorsque la procédure lancée est terminée.", UIHint = "checkbox", Order = 3)]
    public Input<bool>? WaitForCompletion { get; set; }

    [Input(DisplayName = "Nouvelle trace", Description = "Sans effet ici : chaque instance a sa propre trace.", UIHint = "checkbox", Order = 4)]
    public Input<bool>? StartNewTrace { get; set; }

    [Input(DisplayName = "Canal", Description = "Sans effet ici : tous les hôtes servent la même file.", UIHint = "dropdown", Options = [], Order = 5)]
    public Input<string?>? ChannelName { get; set; }

    [Output(DisplayName = "Résultat", Description = "Les sorties de la procédure lancée.")]
    public Output<object?>? Result { get; set; }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var waits = context.Get(WaitForCompletion);
        var bookmark = waits ? context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnChildEndedAsync)) : null;
        StartChild(context, bookmark);
        return waits ? ValueTask.CompletedTask : context.CompleteActivityAsync();
    }

    private ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        Child.ThrowIfNotStarted(context.ResumeInput);
        context.Set(Result, context.ResumeInput["output"]?.DeepClone());
        return context.CompleteActivityAsync();
    }
}

/// <summary>
/// Runs an instance of another definition's published version until it ends or, when it need not be waited for, until it first waits. The result
/// tells its id, state and outputs.
/// </summary>
[Activity("Elsa", "Composition", "Exécute une autre procédure.", DisplayName = "Exécuter une procédure", Kind = ActivityKind.Task)]
public sealed class ExecuteWorkflow : StartsChild
{
    internal const string BookmarkName = "Elsa.ExecuteWorkflow";

    [Input(DisplayName = "Attendre la fin", Description = "Sinon, poursuit dès que la procédure exécutée se met en attente.", UIHint = "checkbox", Order = 3)]
    public Input<bool>? WaitForCompletion { get; set; }

    [Output(DisplayName = "Résultat", Description = "WorkflowInstanceId, Status, SubStatus et Output de la procédure exécutée.")]
    public Output<object?>? Result { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnChildReportedAsync));
        StartChild(context, bookmark, whenIdle: !context.Get(WaitForCompletion));
    }

    private ValueTask OnChildReportedAsync(ActivityExecutionContext context)
    {
        var report = context.ResumeInput;
        Child.ThrowIfNotStarted(report);
        context.Set<object?>(Result, new JsonObject
        {
            ["WorkflowInstanceId"] = report["workflowInstanceId"]?.DeepClone(),
            ["Status"] = report["status"]?.DeepClone(),
            ["SubStatus"] = report["subStatus"]?.DeepClone(),
            ["Output"] = report["output"]?.DeepClone(),
        });
        return context.CompleteActivityAsync();
    }
}

/// <summary>What the three activities that start children share.</summary>
internal static class Child
{
    public static string DefinitionId(ActivityExecutionContext context, Input<string>? input) =>
        context.Get(input) is { Length: > 0 } id ? id : throw new FaultException("No workflow definition was chosen.");

    public static JsonObject Copy(JsonObject? input) => input?.DeepClone().AsObject() ?? [];

    public static void ThrowIfNotStarted(JsonObject report)
    {
        if (report["error"]?.GetValue<string>() is { } error)
        {
            throw new FaultException(error);
        }
    }
}
