using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
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

    public Task<IReadOnlyList<BurstResult>> SendEventAsync(string name, JsonNode? payload = null) => Runtime.PublishAsync(
        Engine.Builtins.Waiting.Event.BookmarkName, Engine.Builtins.Waiting.Event.Stimulus(name), null,
        new JsonObject { ["payload"] = payload }, "test", CancellationToken.None);

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

    public InstanceRecord Instance(string id) => Store.Find(id) ?? throw new KeyNotFoundException($"No instance {id}.");

    /// <summary>What WriteLine wrote, in order.</summary>
    public IReadOnlyList<string> Lines(string instanceId) => [.. Store.Journal(instanceId).Where(r => r.EventName == "Written").Select(r => r.Message!)];

    /// <summary>The journal as text, for messages of failed tests.</summary>
    public string PrintJournal(string instanceId) =>
        string.Join('\n', Store.Journal(instanceId).Select(r => $"{r.Sequence,4} {r.EventName,-10} {r.ActivityId} {r.Message} {r.Payload?.ToJsonString()}"));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
