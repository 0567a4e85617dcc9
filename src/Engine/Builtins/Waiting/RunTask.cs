using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>Asks the application to do a task, and waits until it reports the task done under its id.</summary>
[Activity("Elsa", "Primitives", "Demande une tâche à une application et attend son résultat.", DisplayName = "Demander une tâche")]
public sealed class RunTask : Activity
{
    public const string BookmarkName = "Elsa.RunTask";

    [Input(DisplayName = "Nom de la tâche", IsRequired = true, Order = 0)]
    public Input<string>? TaskName { get; set; }

    [Input(DisplayName = "Contenu", Description = "Paramètres remis avec la tâche, comme objet JSON.", Order = 1)]
    public Input<JsonObject?>? Payload { get; set; }

    [Output(DisplayName = "Identifiant de la tâche")]
    public Output<string>? TaskId { get; set; }

    [Output(DisplayName = "Résultat", Description = "Ce que l'application a répondu.")]
    public Output<object?>? Result { get; set; }

    public static JsonObject Stimulus(string taskId) => new() { ["taskId"] = taskId };

    /// <summary>What <see cref="Triggers.StimulusSender"/> sends when the task is done.</summary>
    public static Triggers.Stimulus Completion(string taskId, JsonNode? result) =>
        new(BookmarkName, Stimulus(taskId), new JsonObject { ["result"] = result?.DeepClone() });

    protected override void Execute(ActivityExecutionContext context)
    {
        var taskId = Ids.New();
        var name = context.Get(TaskName) ?? "";
        context.CreateBookmark(new CreateBookmarkArgs(
            BookmarkName, Stimulus(taskId), OnCompletedAsync, Metadata: new JsonObject { ["taskId"] = taskId, ["taskName"] = name }));
        context.Set(TaskId, taskId);
        context.AddEffect(
            RunTaskHandler.EffectKind,
            new JsonObject { ["taskId"] = taskId, ["taskName"] = name, ["payload"] = context.Get(Payload)?.DeepClone() },
            idempotencyKey: "task-" + taskId);
    }

    private ValueTask OnCompletedAsync(ActivityExecutionContext context)
    {
        context.Set(Result, Values.Unwrap(context.ResumeInput["result"]?.DeepClone()));
        return context.CompleteActivityAsync();
    }
}

/// <param name="TaskId">Give it back to <c>POST /elsa/api/tasks/{taskId}/complete</c>; the same when the request is repeated.</param>
public sealed record TaskRequest(string TaskId, string TaskName, JsonObject? Payload, string? WorkflowInstanceId, string? CorrelationId);

/// <summary>Told of the tasks that flows ask for, after the commit, at least once each. Without any, the task waits to be reported done.</summary>
public interface ITaskListener
{
    Task OnTaskAsync(TaskRequest request, CancellationToken cancellationToken);
}

internal sealed class RunTaskHandler(IEnumerable<ITaskListener> listeners) : IEffectHandler
{
    public const string EffectKind = "task.request";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var request = new TaskRequest(
            effect.Payload["taskId"]!.GetValue<string>(), effect.Payload["taskName"]!.GetValue<string>(),
            effect.Payload["payload"] as JsonObject, effect.WorkflowInstanceId, effect.CorrelationId);
        foreach (var listener in listeners)
        {
            await listener.OnTaskAsync(request, cancellationToken);
        }

        return new EffectResult.Done();
    }
}
