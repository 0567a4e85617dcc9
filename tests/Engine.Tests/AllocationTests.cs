using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

/// <summary>What one run leaves for the garbage collector; the same on a busy machine as on a quiet one.</summary>
public sealed class AllocationTests
{
#if DEBUG
    // Without optimisation each asynchronous method keeps its state in an object of its own.
    private const long Budget = 16 * 1024;
#else
    private const long Budget = 8 * 1024;
#endif

    [Fact]
    public async Task ASequenceOfTen_StaysWithinItsBudget() =>
        Assert.InRange(await BytesPerRunAsync(Definition(Sequence([.. Enumerable.Range(1, 10).Select(i => Line($"l{i}", $"ligne {i}"))]))), 1, Budget);

    private static async Task<long> BytesPerRunAsync(JsonObject document)
    {
        const int Runs = 2000;
        await using var host = new WorkflowTestHost();
        var definition = await host.PublishAsync(document);
        await RunAsync(host, definition.Id, Runs);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await RunAsync(host, definition.Id, Runs);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Runs;
    }

    // In memory everything is done when it is asked for, so all of it happens on this thread.
    private static async Task RunAsync(WorkflowTestHost host, string versionId, int runs)
    {
        for (var i = 0; i < runs; i++)
        {
            await host.Runtime.StartAsync(new StartWorkflow(versionId), CancellationToken.None);
        }
    }
}
