using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Event = Cleiss.Engine.Builtins.Waiting.Event;

namespace Cleiss.Durability.Tests.RandomProcesses;

/// <summary>Runs one process in memory along a random legal path: of all that could happen next, one thing does.</summary>
internal sealed class MemoryRun(ServiceProvider services)
{
    private const string InstanceId = "i";
    private const int MostSteps = 5000;

    public static ServiceProvider CreateServices()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ManualTimeProvider>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ManualTimeProvider>());
        services.AddWorkflowEngine();
        services.AddActivitiesFrom(typeof(Note).Assembly);
        services.AddSingleton<IWorkflowStore, MemoryWorkflowStore>();
        services.AddSingleton<IDefinitionStore, MemoryDefinitionStore>();
        return services.BuildServiceProvider();
    }

    /// <summary>How often each leaf ran and each effect was seen, or why the run failed.</summary>
    public sealed record Result(Dictionary<string, int> Seen, string SubStatus, int Commits, string? Failure);

    public async Task<Result> RunAsync(Step process, int seed, CrashPlan plan)
    {
        var order = new Random(seed);
        var time = services.GetRequiredService<ManualTimeProvider>();
        var definitions = services.GetRequiredService<IDefinitionStore>();
        var definition = await definitions.PublishAsync(
            (await definitions.SaveDraftAsync(Guid.NewGuid().ToString("N"), Draft.Definition(process, new Draft()), CancellationToken.None)).Id, CancellationToken.None);
        var store = new MemoryWorkflowStore();
        var answers = Answers(process).ToDictionary(answer => answer.Question, answer => answer.Answer, StringComparer.Ordinal);
        var effects = new List<EffectRequest>();
        var noted = new HashSet<(string Key, string Note)>();
        var runtime = NewRuntime(store, plan);
        for (var step = 0; store.Find(InstanceId)?.Status != WorkflowStatus.Finished; step++)
        {
            while (store.Effects.TryDequeue(out var asked))
            {
                effects.Add(asked.Effect);
            }

            try
            {
                if (store.Find(InstanceId) is null)
                {
                    await runtime.StartAsync(new StartWorkflow(definition.Id, InstanceId), CancellationToken.None);
                    continue;
                }

                var open = store.Bookmarks(InstanceId).Where(bookmark => bookmark.Hash is not null || bookmark.DueAt is not null).ToList();
                if (open.Count + effects.Count == 0 || step > MostSteps)
                {
                    return Describe(store, noted, plan, step > MostSteps ? "it does not come to an end" : "nothing can happen any more");
                }

                var next = order.Next(open.Count + effects.Count);
                if (next >= open.Count)
                {
                    await DoAsync(runtime, effects, next - open.Count, noted);
                    continue;
                }

                await ResumeAsync(runtime, open[next], answers, time);
            }
            catch (HostDiedException)
            {
                runtime = NewRuntime(store, plan);
            }
        }

        return Describe(store, noted, plan, null);
    }

    private static async Task DoAsync(WorkflowRuntime runtime, List<EffectRequest> effects, int index, HashSet<(string Key, string Note)> noted)
    {
        var effect = effects[index];
        // The outside sees it now; if the host dies before the result is applied, it sees it again under the same key.
        noted.Add((effect.IdempotencyKey, effect.Payload["note"]!.GetValue<string>()));
        await runtime.ResumeAsync(new ResumeBookmark(InstanceId, effect.BookmarkId!, new JsonObject { ["ok"] = true }), CancellationToken.None);
        effects.RemoveAt(index);
    }

    private static Task ResumeAsync(WorkflowRuntime runtime, Bookmark bookmark, Dictionary<string, bool> answers, ManualTimeProvider time)
    {
        if (bookmark.DueAt is { } due)
        {
            time.AdvanceTo(due);
            return runtime.ResumeAsync(new ResumeBookmark(InstanceId, bookmark.Id, Cause: "timer", OnlyIfDueBefore: time.GetUtcNow()), CancellationToken.None);
        }

        var name = bookmark.Payload!["eventName"]!.GetValue<string>();
        return runtime.PublishAsync(
            new Stimulus(Event.BookmarkName, Event.Stimulus(name), new JsonObject { ["payload"] = answers.TryGetValue(name, out var answer) ? answer : null }),
            "test", CancellationToken.None);
    }

    private WorkflowRuntime NewRuntime(MemoryWorkflowStore store, CrashPlan plan) =>
        ActivatorUtilities.CreateInstance<WorkflowRuntime>(services, FaultyStore.Over(store, plan));

    private static IEnumerable<Decision> Answers(Step step) =>
        [.. step is Decision decision ? [decision] : Array.Empty<Decision>(), .. step.Inside().SelectMany(Answers)];

    private static Result Describe(MemoryWorkflowStore store, HashSet<(string Key, string Note)> noted, CrashPlan plan, string? failure)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in store.Journal(InstanceId).Where(line => line.EventName == "Written").Select(line => line.Message!)
            .Concat(noted.Select(note => "effect " + note.Note)))
        {
            seen[line] = seen.GetValueOrDefault(line) + 1;
        }

        var faults = store.Journal(InstanceId).Where(line => line.EventName == "Faulted").Select(line => $"{line.ActivityId}: {line.Message}").ToList();
        return new Result(seen, store.Find(InstanceId)?.SubStatus.ToString() ?? "none", plan.Commits, faults.Count > 0 ? string.Join("; ", faults) : failure);
    }
}
