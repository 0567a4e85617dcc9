using System.Text.Json.Nodes;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.TestKit.Workflows;

/// <summary>An engine in memory: publish, start, send events, move time, read the journal.</summary>
public sealed class WorkflowTestHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public WorkflowTestHost(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddWorkflowEngine();
        services.AddSingleton<MemoryWorkflowStore>();
        services.AddSingleton<IWorkflowStore>(provider => provider.GetRequiredService<MemoryWorkflowStore>());
        services.AddSingleton<IDefinitionStore, MemoryDefinitionStore>();
        services.AddSingleton<MemoryTriggerStore>();
        services.AddSingleton<ITriggerStore>(provider => provider.GetRequiredService<MemoryTriggerStore>());
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public ManualTimeProvider Time { get; } = new();

    public MemoryWorkflowStore Store => _services.GetRequiredService<MemoryWorkflowStore>();

    public WorkflowRuntime Runtime => _services.GetRequiredService<WorkflowRuntime>();

    public async Task<WorkflowDefinition> PublishAsync(JsonObject document, string definitionId = "essai")
    {
        var definitions = _services.GetRequiredService<IDefinitionStore>();
        var draft = await definitions.SaveDraftAsync(definitionId, document, CancellationToken.None);
        return await definitions.PublishAsync(draft.Id, CancellationToken.None);
    }

    /// <summary>Publishes and starts a definition.</summary>
    public async Task<InstanceRecord> StartAsync(JsonObject document, JsonObject? input = null)
    {
        var definition = await PublishAsync(document);
        return (await Runtime.StartAsync(new StartWorkflow(definition.Id, Input: input), CancellationToken.None)).Instance!;
    }

    /// <summary>Sends an event to those who wait for it, and starts what it triggers.</summary>
    public Task<IReadOnlyList<BurstResult>> SendEventAsync(string name, JsonNode? payload = null, string? correlationId = null) =>
        Get<StimulusSender>().SendAsync(
            new Stimulus(Engine.Builtins.Waiting.Event.BookmarkName, Engine.Builtins.Waiting.Event.Stimulus(name), Engine.Builtins.Waiting.Event.Input(payload), correlationId),
            "test",
            CancellationToken.None);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Does the effects that bursts asked for, and those that follow from them, until none is left; the last one is done first when <paramref name="backwards"/>.</summary>
    /// <returns>How many were done.</returns>
    public async Task<int> RunEffectsAsync(bool backwards = false)
    {
        var handlers = _services.GetServices<IEffectHandler>().ToDictionary(handler => handler.Kind, StringComparer.Ordinal);
        for (var done = 0; ; done++)
        {
            var waiting = new List<(string? WorkflowInstanceId, EffectRequest Effect)>();
            while (Store.Effects.TryDequeue(out var queued))
            {
                waiting.Add(queued);
            }

            if (waiting.Count == 0)
            {
                return done;
            }

            var next = waiting[backwards ? waiting.Count - 1 : 0];
            waiting.Remove(next);
            waiting.ForEach(Store.Effects.Enqueue);
            await RunEffectAsync(next.WorkflowInstanceId, next.Effect, handlers[next.Effect.Kind]);
        }
    }

    private async Task RunEffectAsync(string? instanceId, EffectRequest request, IEffectHandler handler)
    {
        var effect = new Effect(request.Id, request.Kind, request.IdempotencyKey, request.Payload, instanceId, null, request.BookmarkId, 1, Time.GetUtcNow());
        switch (await handler.HandleAsync(effect, CancellationToken.None))
        {
            case EffectResult.Done done when request.BookmarkId is { } bookmark && instanceId is not null:
                await Runtime.ResumeAsync(new ResumeBookmark(instanceId, bookmark, done.Output ?? [], effect.Kind, done.Companions), CancellationToken.None);
                break;
            case EffectResult.Done done:
                await Runtime.WriteAsync(done.Companions, CancellationToken.None);
                break;
            case EffectResult.Park park:
                Parked.Add(park.Reason);
                break;
            case var other:
                throw new InvalidOperationException($"The effect {request.Kind} ended with {other}.");
        }
    }

    /// <summary>Reasons of effects that nobody will do.</summary>
    public List<string> Parked { get; } = [];

    /// <summary>Starts what timers of the index call for now.</summary>
    /// <returns>How many instances were started.</returns>
    public async Task<int> FireTriggersAsync()
    {
        var triggers = Get<DueTriggers>();
        var fired = 0;
        while (await triggers.FindAsync(100, CancellationToken.None) is { Count: > 0 } due)
        {
            foreach (var trigger in due)
            {
                fired += await triggers.FireAsync(trigger, CancellationToken.None) ? 1 : 0;
            }
        }

        return fired;
    }

    /// <summary>Moves time and fires what fell due, in order, until nothing more is due.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        while (await Store.FindDueAsync(Time.GetUtcNow(), 1, CancellationToken.None) is [var due])
        {
            await Runtime.ResumeAsync(
                new ResumeBookmark(due.WorkflowInstanceId, due.BookmarkId, Cause: "timer", OnlyIfDueBefore: Time.GetUtcNow()), CancellationToken.None);
        }
    }

    /// <summary>Publishes the workflow classes that <c>configure</c> registered and starts one of them.</summary>
    /// <param name="definitionId">The class's name unless it chose another.</param>
    public async Task<InstanceRecord> StartCodeAsync(string definitionId, JsonObject? input = null)
    {
        await Get<CodeWorkflowPublisher>().PublishAsync(CancellationToken.None);
        var version = (await Get<IDefinitionStore>().ListAsync(definitionId, CancellationToken.None)).First(candidate => candidate.IsPublished);
        return (await Runtime.StartAsync(new StartWorkflow(version.Id, Input: input), CancellationToken.None)).Instance!;
    }

    /// <summary>Does all effects and returns the instance when it has come where it should; otherwise says where it stands, with its journal.</summary>
    public async Task<InstanceRecord> ExpectAsync(string instanceId, WorkflowSubStatus expected = WorkflowSubStatus.Finished)
    {
        await RunEffectsAsync();
        var instance = Instance(instanceId);
        if (instance.SubStatus == expected)
        {
            return instance;
        }

        var waits = Store.Bookmarks(instanceId).Select(bookmark => $"{bookmark.ActivityId} waits for {bookmark.Name}{bookmark.Payload?.ToJsonString()}{(bookmark.DueAt is { } due ? $" due {due:O}" : "")}");
        throw new InvalidOperationException(
            $"Instance {instanceId} is {instance.SubStatus}, not {expected}. {string.Join("; ", waits)}\n{PrintJournal(instanceId)}");
    }

    public InstanceRecord Instance(string id) => Store.Find(id) ?? throw new KeyNotFoundException($"No instance {id}.");

    /// <summary>What WriteLine wrote, in order.</summary>
    public IReadOnlyList<string> Lines(string instanceId) => [.. Store.Journal(instanceId).Where(r => r.EventName == "Written").Select(r => r.Message!)];

    /// <summary>The journal as text, for messages of failed tests.</summary>
    public string PrintJournal(string instanceId) =>
        string.Join('\n', Store.Journal(instanceId).Select(r => $"{r.Sequence,4} {r.EventName,-10} {r.ActivityId} {r.Message} {r.Payload?.ToJsonString()}"));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
