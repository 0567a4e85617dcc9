using System.Text.Json.Nodes;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Triggers;

/// <summary>Something that happened outside, or in another instance.</summary>
/// <param name="Name">As of bookmarks and triggers, e.g. <c>Elsa.Event</c>.</param>
/// <param name="Content">What receivers must have asked for, e.g. the event's name.</param>
/// <param name="Input">What it brings; the activity's <c>ResumeInput</c>.</param>
/// <param name="CorrelationId">Only instances of this correlation id; new instances get it. Null: all.</param>
/// <param name="WorkflowInstanceId">Only this instance, and no new one. Null: all.</param>
public sealed record Stimulus(
    string Name, JsonObject Content, JsonObject? Input = null, string? CorrelationId = null, string? WorkflowInstanceId = null);

/// <summary>
/// Takes a stimulus to whoever waits for it, and starts the workflows it triggers.
/// <para>Who is reached: all whose wait is committed when the stimulus is delivered, which is never before the commit of the instance that sent it;
/// so an answer cannot overtake the wait of the one who asked in the same burst. A wait that begins after the delivery is not reached; nothing
/// is kept for later.</para>
/// </summary>
public sealed class StimulusSender(IWorkflowStore store, ITriggerStore triggers, WorkflowRuntime runtime, TimeProvider time)
{
    /// <summary>Delivers now, each receiver in its own burst. A caller that is interrupted has reached some of them; <see cref="PostAsync"/> cannot be.</summary>
    /// <returns>One result per receiver.</returns>
    public async Task<IReadOnlyList<BurstResult>> SendAsync(Stimulus stimulus, string? cause, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stimulus);
        var hash = StimulusHasher.Hash(stimulus.Name, stimulus.Content);
        var started = await FindTriggersAsync(stimulus, hash, cancellationToken);
        if (started.Count == 0)
        {
            return await runtime.PublishAsync(stimulus, cause, cancellationToken);
        }

        // Looked up before anything starts: an instance that this stimulus starts and that waits for the next one is not to be given the same again.
        var waiting = await store.FindBookmarksAsync(hash, stimulus.WorkflowInstanceId, stimulus.CorrelationId, cancellationToken);
        var results = new List<BurstResult>();
        foreach (var trigger in started)
        {
            results.Add(await runtime.StartAsync(
                new StartWorkflow(trigger.DefinitionVersionId, CorrelationId: stimulus.CorrelationId, Cause: cause)
                {
                    TriggerActivityId = trigger.ActivityId,
                    TriggerInput = Copy(stimulus.Input),
                },
                cancellationToken));
        }

        foreach (var bookmark in waiting)
        {
            results.Add(await runtime.ResumeAsync(new ResumeBookmark(bookmark.WorkflowInstanceId, bookmark.Id, Copy(stimulus.Input), cause), cancellationToken));
        }

        return results;
    }

    /// <summary>Notes the stimulus durably; any host delivers it, to each receiver exactly once.</summary>
    public Task PostAsync(Stimulus stimulus, CancellationToken cancellationToken)
    {
        var id = Ids.New();
        return runtime.WriteAsync(
            [new EnqueueEffects([new TargetedEffect(new EffectRequest(id, PublishEventHandler.EffectKind, "post-" + id, Write(stimulus), null), null, stimulus.CorrelationId)])],
            cancellationToken);
    }

    internal static JsonObject Write(Stimulus stimulus) => new()
    {
        ["name"] = stimulus.Name,
        ["content"] = stimulus.Content.DeepClone(),
        ["input"] = stimulus.Input?.DeepClone(),
        ["correlationId"] = stimulus.CorrelationId,
        ["workflowInstanceId"] = stimulus.WorkflowInstanceId,
    };

    internal static Stimulus Read(JsonObject json) => new(
        json["name"]!.GetValue<string>(), json["content"]!.AsObject(), json["input"] as JsonObject,
        json["correlationId"]?.GetValue<string>(), json["workflowInstanceId"]?.GetValue<string>());

    /// <summary>One effect per receiver, so that each is reached in a transaction of its own that also notes that it was.</summary>
    internal async Task<IReadOnlyList<TargetedEffect>> SpreadAsync(Stimulus stimulus, string key, CancellationToken cancellationToken)
    {
        var hash = StimulusHasher.Hash(stimulus.Name, stimulus.Content);
        var waiting = await store.FindBookmarksAsync(hash, stimulus.WorkflowInstanceId, stimulus.CorrelationId, cancellationToken);
        var started = await FindTriggersAsync(stimulus, hash, cancellationToken);
        return
        [
            .. waiting.Select(bookmark => new TargetedEffect(
                new EffectRequest(
                    Ids.New(), DeliverStimulusHandler.EffectKind, $"{key}>{bookmark.Id}", new JsonObject { ["input"] = Copy(stimulus.Input) }, bookmark.Id),
                bookmark.WorkflowInstanceId,
                bookmark.CorrelationId)),
            .. started.Select(trigger => new TargetedEffect(
                new EffectRequest(
                    Ids.New(),
                    ChildWorkflows.StartKind,
                    $"{key}>{trigger.Id}",
                    new JsonObject
                    {
                        ["definitionId"] = trigger.DefinitionId,
                        ["definitionVersionId"] = trigger.DefinitionVersionId,
                        ["instanceId"] = Ids.New(),
                        ["correlationId"] = stimulus.CorrelationId,
                        ["triggerActivityId"] = trigger.ActivityId,
                        ["triggerInput"] = Copy(stimulus.Input),
                    },
                    null),
                null,
                stimulus.CorrelationId)),
        ];
    }

    private async Task<IReadOnlyList<WorkflowTrigger>> FindTriggersAsync(Stimulus stimulus, string hash, CancellationToken cancellationToken) =>
        stimulus.WorkflowInstanceId is null ? await triggers.FindAsync(hash, time.GetUtcNow(), cancellationToken) : [];

    private static JsonObject? Copy(JsonObject? json) => json?.DeepClone().AsObject();
}

/// <summary>Spreads a stimulus that an instance sent: settles it together with one effect per receiver.</summary>
internal sealed class PublishEventHandler(StimulusSender sender) : IEffectHandler
{
    public const string EffectKind = "stimulus.send";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var receivers = await sender.SpreadAsync(StimulusSender.Read(effect.Payload), effect.IdempotencyKey, cancellationToken);
        return receivers.Count == 0 ? new EffectResult.Done() : new EffectResult.Done(null, new EnqueueEffects(receivers));
    }
}

/// <summary>Resumes one bookmark with what a stimulus, or a child's end, brought.</summary>
internal sealed class DeliverStimulusHandler : IEffectHandler
{
    public const string EffectKind = "stimulus.deliver";

    public string Kind => EffectKind;

    public Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken) =>
        Task.FromResult<EffectResult>(new EffectResult.Done(effect.Payload["input"]?.DeepClone() as JsonObject));
}
