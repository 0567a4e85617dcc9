using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

/// <summary>Where branches meet. Between two events the instance lies in the store, so that each line also tests the stored form.</summary>
public sealed class FlowchartMergingTests
{
    /// <param name="chart">See <see cref="Chart"/>.</param>
    /// <param name="events">Sent one after another; those nobody waits for are part of the test.</param>
    /// <param name="lines">What is written, in order.</param>
    [Theory]
    // One way, no connection, unreached activities.
    [InlineData("a>b b>c", "", "a b c")]
    [InlineData("a x", "", "a")]
    [InlineData("s>a y>z", "", "a")]
    // Implicit joins wait for the branches under way, however long each is.
    [InlineData("s>a s>b a>c b>c", "", "a b c")]
    [InlineData("s>e1 s>e2 e1>c e2>c", "e1 e2", "c")]
    [InlineData("s>e1 s>e2 e1>c e2>c", "e2 e1", "c")]
    [InlineData("s>a s>e1 e1>e2 e2>c a>c c>z", "e1 e2", "a c z")]
    [InlineData("s>e1 s>e2 s>e3 e1>c e2>c e3>c", "e3 e1 e2", "c")]
    // … and not for those that were not taken.
    [InlineData("s>a s>d a>c d.True>b b>c", "", "a c")]
    [InlineData("s>d d.True>a d.False>b a>c b>c", "", "b c")]
    [InlineData("s>d d.True>end d.False>end", "", "")]
    [InlineData("s>e1 s>d d.True>b b>x x>c e1>c c>z", "e1", "c z")]
    // Braided paths run each activity once, in the order they become due.
    [InlineData("1>2 1>3 2>4 2>5 3>5 3>6 4>7 5>7 6>7", "", "1 2 3 4 5 6 7")]
    // Explicit joins.
    [InlineData("f.A>e1 f.B>e2 e1>j:WaitAll e2>j j>z", "e1 e2", "z")]
    [InlineData("f.A>e1 f.B>e2 e1>j:WaitAll e2>j j>z", "e2 e1", "z")]
    [InlineData("s>a s>d a>j:WaitAll d.True>b b>j j>z", "", "a")]
    [InlineData("s>a s>d a>j:WaitAllActive d.True>b b>j j>z", "", "a z")]
    [InlineData("s>e1 s>d e1>j:WaitAllActive d.True>b b>j j>z", "e1", "z")]
    [InlineData("s>d d.True>a a>j:WaitAllActive j>z", "", "")]
    [InlineData("f.A>e1 f.B>e2 e1>j:WaitAny e2>j j>z", "e1 e2", "z")]
    [InlineData("f.A>e1 f.B>e2 e1>j:WaitAny e2>j j>z", "e2 e1", "z")]
    [InlineData("f.A>e1 f.B>e2 f.C>e3 e1>j:WaitAny e2>j e3>e4 e4>j j>e5 e5>z", "e3 e4 e1 e2 e5", "z")]
    [InlineData("s>a s>b a>j:WaitAny b>j j>z", "", "a b z")]
    [InlineData("s>a s>b b>e1 a>j:WaitAny e1>j j>z", "e1", "a b z")]
    [InlineData("s>j:WaitAny j>z", "", "z")]
    [InlineData("a>j1:WaitAny a>j2:WaitAny j1>j3:WaitAny j2>j3 j3>z", "", "a z")]
    // A join that cannot be satisfied is passed over, and what follows other branches still runs.
    [InlineData("s>a s>d a>j:WaitAll d.True>b b>j j>z a>y", "", "a y")]
    // Merge modes of ordinary activities.
    [InlineData("s>a s>d a>c!Stream d.True>b b>c", "", "a c")]
    [InlineData("s>a s>d a>c!Merge d.True>b b>c", "", "a")]
    [InlineData("s>a s>d a>c!Converge d.True>b b>c", "", "a")]
    [InlineData("s>e1 s>e2 e1>c!Merge e2>c", "e2 e1", "c")]
    [InlineData("s>e1 s>e2 e1>c!Converge e2>c c>z", "e2 e1", "c z")]
    [InlineData("s>e1 s>e2 e1>c!Cascade e2>c", "e2 e1", "c c")]
    [InlineData("s>e1 s>e2 e1>c!Race e2>c c>e3 e3>z", "e2 e1 e3", "c z")]
    [InlineData("s>e1 s>e2 e1>c!None e2>c", "e2 e1", "c")]
    [InlineData("s>a s>d a>c!Cascade d.True>b b>c", "", "a c")]
    [InlineData("s>d d.True>a d.True>b a>c!Cascade b>c c>y s>e1 y>z e1>z", "e1", "z")]
    // Terminal activities end the flowchart, whatever else waits in it.
    [InlineData("s>e1 s>a a>end e1>z", "e1", "a")]
    [InlineData("s>e1 s>a a>fin e1>z", "e1", "a")]
    public async Task Branches_Meet(string chart, string events, string lines)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Chart.Of(chart), Variable("d", "Boolean", false)));
        foreach (var name in events.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await host.SendEventAsync(name);
        }

        Assert.True(host.Instance(instance.Id).SubStatus == WorkflowSubStatus.Finished, host.PrintJournal(instance.Id));
        Assert.Equal(lines.Split(' ', StringSplitOptions.RemoveEmptyEntries), host.Lines(instance.Id));
        Assert.Empty(host.Store.Bookmarks(instance.Id));
    }

    [Theory]
    [InlineData("s>e1 e1>a a>e1", "e1 e1 e1", "a a a")]
    // Around a join, drawn back to the fork.
    [InlineData("s>f f.A>e1 f.B>e2 e1>j:WaitAll e2>j j>a a>f", "e1 e2 e2 e1", "a a")]
    [InlineData("s>f f.A>e1 f.B>e2 e1>c e2>c c>f", "e1 e2 e2 e1", "c c")]
    [InlineData("s>f f.A>e1 f.B>e2 e1>j:WaitAny e2>j j>a a>f", "e1 e2 e1", "a a a")]
    [InlineData("s>f f.A>e1 f.B>e2 e1>c!Race e2>c c>f", "e1 e2 e1", "c c c")]
    // A loop beside a branch that a join waits for.
    [InlineData("s>e1 e1>a a>e2 e2>e1 s>e3 e3>z", "e1 e2 e1 e3 e2", "a a z")]
    // Back to itself, through a decision.
    [InlineData("s>e1 e1>d d.False>e1", "e1 e1", "")]
    public async Task Loops_RunAsOftenAsTheyAreFed(string chart, string events, string lines)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Chart.Of(chart), Variable("d", "Boolean", false)));
        foreach (var name in events.Split(' '))
        {
            Assert.Single(await host.SendEventAsync(name));
        }

        Assert.True(host.Instance(instance.Id).SubStatus == WorkflowSubStatus.Suspended, host.PrintJournal(instance.Id));
        Assert.Equal(lines.Split(' ', StringSplitOptions.RemoveEmptyEntries), host.Lines(instance.Id));
        await host.Runtime.CancelAsync(new CancelWorkflow(instance.Id), CancellationToken.None);
    }

    [Fact]
    public async Task LoopAroundAJoin_DoesNotGrowTheState()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Chart.Of("s>f f.A>e1 f.B>e2 e1>j:WaitAll e2>j j>f")));
        var sizes = new List<int>();

        for (var round = 0; round < 20; round++)
        {
            await host.SendEventAsync("e1");
            await host.SendEventAsync("e2");
            sizes.Add(host.Instance(instance.Id).State.Length);
        }

        Assert.InRange(sizes[^1], sizes[0], sizes[0] + 20);
    }

    [Fact]
    public async Task BackwardConnection_IntoABranchThatNeverBegan_IsAnIncident()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Chart.Of("s>a s>b a>c b>c c>d d.False>a"), Variable("d", "Boolean", false)));

        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);
        Assert.Contains(host.Store.Journal(instance.Id), r => r.EventName == "Faulted" && r.Message!.Contains("revient dans une branche", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARetry_OfAStepThatCannotGoBack_CountsNothingTwice()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Chart.Of("s>a s>b a>c b>c c>d b>j:WaitAll d.False>j d.False>a"), Variable("d", "Boolean", false)));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);

        var retried = await host.Runtime.AlterAsync(new AlterWorkflow(instance.Id, [new RetryIncidents()]), CancellationToken.None);

        Assert.True(retried.Applied, string.Join(' ', retried.Refusals));
        var state = System.Text.Encoding.UTF8.GetString(host.Instance(instance.Id).State.Span);
        Assert.Contains("b:Done", state, StringComparison.Ordinal);
        Assert.DoesNotContain("d:False", state, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_InANestedFlowchart_EndsOnlyThatOne()
    {
        await using var host = new WorkflowTestHost();
        var outer = Chart.Of("s>a z");
        outer["activities"]!.AsArray().Add(Chart.Of("b>end b>e9 e9>y", "inner"));
        outer["connections"]!.AsArray().Add(JsonNode.Parse("""{"source":{"activity":"a","port":"Done"},"target":{"activity":"inner","port":"In"}}"""));
        outer["connections"]!.AsArray().Add(JsonNode.Parse("""{"source":{"activity":"inner","port":"Done"},"target":{"activity":"z","port":"In"}}"""));

        var instance = await host.StartAsync(Definition(outer));

        Assert.Equal(["a", "b", "z"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, instance.SubStatus);
    }

    [Theory]
    [InlineData("""[{"source":"a","target":"b","sourcePort":"Done","targetPort":"In"}]""")]
    [InlineData("""{"source":"a","target":"b"}""")]
    [InlineData("""{"$values":[{"source":"a","target":"b","sourcePort":null,"targetPort":null}]}""")]
    [InlineData("""[{"Source":{"Activity":"a","Port":"Done"},"Target":{"Activity":"b","Port":"In"}}]""")]
    [InlineData("""[{"source":{"activity":"a","port":null},"target":{"activity":"b"},"vertices":[{"x":1,"y":2}]},{"source":{"activity":"a","port":"Done"},"target":{"activity":"b"}}]""")]
    public async Task Connections_InEveryFormElsaStores_AreRead(string connections)
    {
        await using var host = new WorkflowTestHost();
        var chart = Chart.Of("a b");
        chart["connections"] = JsonNode.Parse(connections);

        var instance = await host.StartAsync(Definition(chart));

        Assert.Equal(["a", "b"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("""{"start":"b"}""", "b")]
    [InlineData("""{"start":{"id":"b","type":"Elsa.WriteLine"}}""", "b")]
    [InlineData("""{}""", "a")]
    public async Task Start_IsTheGivenOne_OrTheOneWithoutInboundConnection(string properties, string first)
    {
        await using var host = new WorkflowTestHost();
        var chart = Chart.Of("a>b");
        foreach (var (key, value) in JsonNode.Parse(properties)!.AsObject())
        {
            chart[key] = value!.DeepClone();
        }

        var instance = await host.StartAsync(Definition(chart));

        Assert.Equal(first, host.Lines(instance.Id)[0]);
    }

    [Theory]
    [InlineData("e1", "a c")]
    [InlineData("e2", "b c")]
    public async Task StartedByATrigger_TheFlowBeginsThere_AndTheOthersAreNotWaitedFor(string trigger, string lines)
    {
        await using var host = new WorkflowTestHost();
        var definition = await host.PublishAsync(Definition(Chart.Of("e1>a e2>b a>e3 e3>c b>c")));

        var instance = (await host.Runtime.StartAsync(new StartWorkflow(definition.Id) { TriggerActivityId = trigger }, CancellationToken.None)).Instance!;
        await host.SendEventAsync("e3");

        Assert.Equal(lines.Split(' '), host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task JoinMode_ThatIsAnExpression_IsRefused()
    {
        await using var host = new WorkflowTestHost();
        var chart = Chart.Of("a>j");
        chart["activities"]![1]!["mode"] = Input("Variable", """{"id":"var-m","name":"m"}""");

        var error = await Assert.ThrowsAsync<DefinitionException>(() => host.StartAsync(Definition(chart, Variable("m"))));

        Assert.Equal("CLS-1003 $.root.activities[1].mode", $"{error.Problems[0].Code} {error.Problems[0].Path}");
    }

    [Fact]
    public async Task Flowchart_AsStudioPostsANewOne_CompletesAtOnce()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(JsonNode.Parse(
            """{"name":"Essai","variables":null,"inputs":null,"outputs":null,"options":null,"root":{"id":"1b2c","type":"Elsa.Flowchart","version":1,"name":"Flowchart1","nodeId":"Workflow1:1b2c"}}""")!.AsObject());

        Assert.Equal(WorkflowSubStatus.Finished, instance.SubStatus);
    }
}
