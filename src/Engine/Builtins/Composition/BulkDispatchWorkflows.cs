using System.Collections;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Composition;

/// <summary>
/// Starts one instance per item. The items leave with one commit as rows of the outbox, which starts them some at a time; this instance keeps two
/// counters, however many they are. When it waits, it ends when every child has ended and been dealt with: <c>Completed</c> and <c>Done</c>, and
/// <c>Canceled</c> besides when one of them was cancelled. Without waiting, or without items, it ends with <c>Done</c> at once.
/// </summary>
[Activity("Elsa", "Composition", "Démarre une procédure pour chaque élément d'une liste.", DisplayName = "Lancer en nombre", Kind = ActivityKind.Task)]
[FlowNode("Completed", "Canceled", "Done")]
public sealed class BulkDispatchWorkflows : Activity, IReadsDefinition
{
    internal const string BookmarkName = "Elsa.BulkDispatchWorkflows";

    private const string Dispatched = "dispatched";
    private const string Ended = "ended";
    private const string Canceled = "canceled";

    [Input(DisplayName = "Procédure", UIHint = "workflow-definition-picker", IsRequired = true, Order = 0)]
    public Input<string>? WorkflowDefinitionId { get; set; }

    [Input(DisplayName = "Éléments", Description = "Une liste ; une instance est démarrée pour chaque élément.", IsRequired = true, Order = 1)]
    public Input<object>? Items { get; set; }

    [Input(DisplayName = "Nom de l'entrée", Description = "Entrée qui reçoit l'élément, quand il n'est pas lui-même un objet.", DefaultValue = "Item", Order = 2)]
    public Input<string>? DefaultItemInputKey { get; set; }

    [Input(DisplayName = "Clé de corrélation de chaque élément", Description = "Calculée pour chaque élément, qui se nomme comme l'entrée.", IsReadByActivity = true, Order = 3)]
    public Input<string?>? CorrelationIdFunction { get; set; }

    private CompiledInput? _correlationId;

    [Input(DisplayName = "Entrées communes", Description = "Entrées données à toutes les instances, comme objet JSON.", UIHint = "multiline", Order = 4)]
    public Input<JsonObject?>? Input { get; set; }

    [Input(DisplayName = "Attendre la fin", Description = "Ne poursuit que lorsque toutes les instances sont terminées.", UIHint = "checkbox", DefaultValue = true, Order = 5)]
    public Input<bool>? WaitForCompletion { get; set; }

    [Input(DisplayName = "Nouvelle trace", Description = "Sans effet ici : chaque instance a sa propre trace.", UIHint = "checkbox", Order = 6)]
    public Input<bool>? StartNewTrace { get; set; }

    [Input(DisplayName = "Canal", Description = "Sans effet ici : tous les hôtes servent la même file.", UIHint = "dropdown", Options = [], Order = 7)]
    public Input<string?>? ChannelName { get; set; }

    [Port(DisplayName = "Instance terminée")]
    public Activity? ChildCompleted { get; set; }

    [Port(DisplayName = "Instance en incident")]
    public Activity? ChildFaulted { get; set; }

    /// <summary>Read apart, because it is evaluated once for each item and not before the activity begins.</summary>
    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        if (json["correlationIdFunction"]?["expression"] is JsonObject expression)
        {
            _correlationId = reader.ReadExpression<string?>(this, nameof(CorrelationIdFunction), expression, path + ".correlationIdFunction");
            CorrelationIdFunction = (Input<string?>)_correlationId.Input;
        }
    }

    protected internal override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var definitionId = Child.DefinitionId(context, WorkflowDefinitionId);
        var key = context.Get(DefaultItemInputKey, "Item");
        var common = context.Get(Input);
        Storage.Bookmark? bookmark = null;
        var count = 0;
        foreach (var item in Read(context.Get(Items)))
        {
            if (count++ == 0 && context.Get(WaitForCompletion, true))
            {
                bookmark = context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Callback: OnChildEndedAsync, AutoBurn: false));
            }

            var input = Child.Copy(common);
            foreach (var (name, value) in item as JsonObject ?? new JsonObject { [key] = item?.DeepClone() })
            {
                input[name] = value?.DeepClone();
            }

            var correlationId = _correlationId is null
                ? null
                : await context.WorkflowExecutionContext.EvaluateAsync(context, _correlationId, new JsonObject { [key] = item?.DeepClone() }) as string;
            ChildWorkflows.Start(context, definitionId, correlationId, input, bookmark);
        }

        context.Properties[Dispatched] = count;
        if (bookmark is null)
        {
            await context.CompleteActivityWithOutcomesAsync("Done");
        }
    }

    private ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        var report = context.ResumeInput;
        var subStatus = report["subStatus"]?.GetValue<string>();
        Count(context, Ended);
        if (subStatus == "Cancelled")
        {
            Count(context, Canceled);
        }

        var next = subStatus switch
        {
            "Finished" => ChildCompleted,
            "Faulted" => ChildFaulted,
            _ => null,
        };
        if (next is null)
        {
            return CompleteIfAllEndedAsync(context);
        }

        // As in Elsa: the port's activities find the child in a variable of their own.
        context.ScheduleInScope(next, OnPortCompletedAsync, new(StringComparer.Ordinal) { ["ChildInstanceId"] = report["workflowInstanceId"]?.GetValue<string>() });
        return ValueTask.CompletedTask;
    }

    private ValueTask OnPortCompletedAsync(ActivityCompletedContext completed) => CompleteIfAllEndedAsync(completed.TargetContext);

    private static ValueTask CompleteIfAllEndedAsync(ActivityExecutionContext context)
    {
        if (Number(context, Ended) < Number(context, Dispatched) || context.HasScheduledChildren)
        {
            return ValueTask.CompletedTask;
        }

        return Number(context, Canceled) > 0
            ? context.CompleteActivityWithOutcomesAsync("Completed", "Canceled", "Done")
            : context.CompleteActivityWithOutcomesAsync("Completed", "Done");
    }

    private static void Count(ActivityExecutionContext context, string counter) => context.Properties[counter] = Number(context, counter) + 1;

    private static int Number(ActivityExecutionContext context, string counter) => context.Properties[counter]?.GetValue<int>() ?? 0;

    /// <summary>A list, JSON text that holds one, or one thing alone.</summary>
    private static IEnumerable<JsonNode?> Read(object? items) => items switch
    {
        null => [],
        JsonArray array => array,
        string text when text.AsSpan().TrimStart() is ['[', ..] => JsonNode.Parse(text)!.AsArray(),
        string or JsonNode => [Values.ToJson(items)],
        IEnumerable list => list.Cast<object?>().Select(Values.ToJson),
        _ => [Values.ToJson(items)],
    };
}
