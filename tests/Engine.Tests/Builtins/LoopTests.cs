using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.Engine.Tests.Builtins.Nested;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

public sealed class LoopTests
{
    [Theory]
    [InlineData(1, 3, 1, true, "1 2 3")]
    [InlineData(1, 3, 1, false, "1 2")]
    [InlineData(3, 1, -1, true, "3 2 1")]
    [InlineData(3, 1, -1, false, "3 2")]
    [InlineData(0, 10, 4, true, "0 4 8")]
    [InlineData(0, 8, 4, false, "0 4")]
    [InlineData(5, 1, 1, true, "")]
    [InlineData(2, 2, 1, true, "2")]
    [InlineData(2, 2, 1, false, "")]
    [InlineData(2147483646, 2147483647, 1, true, "2147483646 2147483647")]
    public async Task For_CountsAsAsked(int start, int end, int step, bool inclusive, string lines)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(
            Loop("l", "Elsa.For", Show("w", "CurrentValue"), ("start", Literal(start)), ("end", Literal(end)), ("step", Literal(step)), ("outerBoundInclusive", Literal(inclusive))),
            Line("fin", "fin"))));

        Assert.Equal([.. lines.Split(' ', StringSplitOptions.RemoveEmptyEntries), "fin"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task For_WithWaits_KeepsItsBounds_AndGivesItsOutput()
    {
        await using var host = new WorkflowTestHost();
        var loop = Loop("l", "Elsa.For", Seq("s", EventInto("e", "e", "fin"), Show("w", "n")), ("start", Literal(1)), ("end", Var("fin", "Int32")), ("currentValue", Bound("n")));

        var instance = await host.StartAsync(Definition(Sequence(loop, Show("z", "n")), Variable("fin", "Int32", 2), Variable("n", "Int32")));
        await host.SendEventAsync("e", 99);
        await host.SendEventAsync("e", 99);

        Assert.Equal(["1", "2", "2"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task While_EvaluatesItsConditionBeforeEachRound()
    {
        await using var host = new WorkflowTestHost();
        var loop = Loop("l", "Elsa.While", Seq("s", Line("w", "tour"), EventInto("e", "e", "encore")), ("condition", Var("encore", "Boolean")));

        var instance = await host.StartAsync(Definition(Sequence(loop, Line("fin", "fin")), Variable("encore", "Boolean", true)));
        await host.SendEventAsync("e", true);
        await host.SendEventAsync("e", "true");
        await host.SendEventAsync("e", false);

        Assert.Equal(["tour", "tour", "tour", "fin"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("Elsa.While", "condition")]
    [InlineData("Elsa.ForEach", "items")]
    [InlineData("Elsa.ParallelForEach", "items")]
    public async Task Loop_WithoutBody_OrWithoutAnything_Completes(string type, string input)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(
            Loop("1", type, null, (input, type == "Elsa.While" ? Literal(true) : Items("[1]"))), Loop("2", type, Line("n", "non")),
            Loop("3", type, Line("m", "non"), (input, type == "Elsa.While" ? Literal(false) : Items("[]"))), Line("fin", "fin"))));

        Assert.Equal(["fin"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("Elsa.ForEach", "Object", """["a","b"]""")]
    [InlineData("Elsa.ForEach", "Literal", """["a","b"]""")]
    [InlineData("Elsa.ParallelForEach", "Object", """["a","b"]""")]
    [InlineData("Elsa.ParallelForEach", "Literal", """["a","b"]""")]
    public async Task Items_OfEveryForm_AreRead(string type, string expression, string items)
    {
        await using var host = new WorkflowTestHost();
        var loop = (string id, JsonObject source) => Loop(id, type, Show(id + "w", "CurrentValue"), ("items", source));

        var instance = await host.StartAsync(
            Definition(Sequence(loop("1", Input(expression, items)), loop("2", Var("x")), loop("3", Input("Input", """{"name":"liste"}"""))), Variable("x", "Object", """["c"]"""))
                .With("inputs", JsonNode.Parse("""[{"name":"liste","type":"Object"}]""")),
            new JsonObject { ["liste"] = new JsonArray("d", "e") });

        Assert.Equal(["a", "b", "c", "d", "e"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ForEach_KeepsTheListItBeganWith(bool fromVariable)
    {
        await using var host = new WorkflowTestHost();
        var loop = Loop(
            "l", "Elsa.ForEach", Seq("s", EventInto("e", "e", "liste"), Show("w", "CurrentValue"), Show("v", "CurrentIndex"), Show("u", "n")),
            ("items", fromVariable ? Var("liste") : Items("""["a",{"k":1},false]""")), ("currentValue", Bound("n")));

        var instance = await host.StartAsync(Definition(Sequence(loop, Line("fin", "fin")), Variable("liste", "Object", """["a",{"k":1},false]"""), Variable("n", "Object")));
        for (var i = 0; i < 3; i++)
        {
            await host.SendEventAsync("e", new JsonArray("autre"));
        }

        Assert.Equal(["a", "0", "a", """{"k":1}""", "1", """{"k":1}""", "false", "2", "false", "fin"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task NestedLoops_WithWaits_DoNotMixTheirValues()
    {
        await using var host = new WorkflowTestHost();
        var inner = Loop("b", "Elsa.ForEach", Seq("sb", Event("e", "e"), Show("wb", "CurrentValue"), Show("wo", "o")), ("items", Items("""["x","y"]""")));
        var outer = Loop("a", "Elsa.For", Seq("sa", inner, Show("wa", "CurrentValue")), ("start", Literal(1)), ("end", Literal(2)), ("currentValue", Bound("o")));

        var instance = await host.StartAsync(Definition(Sequence(outer, Line("fin", "fin")), Variable("o", "Int32")));
        for (var i = 0; i < 4; i++)
        {
            Assert.Single(await host.SendEventAsync("e"));
        }

        Assert.Equal(["x", "1", "y", "1", "1", "x", "2", "y", "2", "2", "fin"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("a b c")]
    [InlineData("c b a")]
    [InlineData("b c a")]
    public async Task ParallelForEach_GivesEachBranchItsOwnValue(string order)
    {
        await using var host = new WorkflowTestHost();
        var body = Seq("s", Activity("e", "Elsa.Event", ("eventName", Var("CurrentValue", "String"))), Set("set", "CurrentIndex", "changé"), Event("f", "suite"), Show("w", "CurrentValue"), Show("v", "CurrentIndex"));

        var instance = await host.StartAsync(Definition(Sequence(Loop("l", "Elsa.ParallelForEach", body, ("items", Items("""["a","b","c"]"""))), Line("fin", "fin"))));
        foreach (var name in order.Split(' '))
        {
            Assert.Single(await host.SendEventAsync(name));
            await host.SendEventAsync("suite");
        }

        Assert.Equal([.. order.Split(' ').SelectMany(name => new[] { name, "changé" }), "fin"], host.Lines(instance.Id));
    }

    public static TheoryData<string, JsonObject> Loops => new()
    {
        { "while", Loop("l", "Elsa.While", null, ("condition", Literal(true))) },
        { "for", Loop("l", "Elsa.For", null, ("start", Literal(1)), ("end", Literal(1000))) },
        { "foreach", Loop("l", "Elsa.ForEach", null, ("items", Items("[1,2,3,4]"))) },
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task Break_EndsTheLoop_FromEveryContainer(string name, JsonObject loop)
    {
        foreach (var (place, body) in Bodies())
        {
            await using var host = new WorkflowTestHost();
            loop["body"] = body;

            var instance = await host.StartAsync(Definition(Sequence(loop.DeepClone().AsObject(), Line("fin", "fin")), Variable("stop", "Boolean", false)));
            await host.SendEventAsync("e", false);
            await host.SendEventAsync("e", true);

            Assert.True(host.Instance(instance.Id).SubStatus == WorkflowSubStatus.Finished, $"{name}, {place}\n{host.PrintJournal(instance.Id)}");
            Assert.Equal(["tour", "fin"], host.Lines(instance.Id));
        }
    }

    [Fact]
    public async Task Break_EndsOnlyTheInnermostLoop()
    {
        await using var host = new WorkflowTestHost();
        var inner = Loop("b", "Elsa.ForEach", Seq("sb", Show("wb", "CurrentValue"), Activity("k", "Elsa.Break"), Line("n", "non")), ("items", Items("""["x","y"]""")));

        var instance = await host.StartAsync(Definition(Sequence(
            Loop("a", "Elsa.ForEach", Seq("sa", inner, Show("wa", "CurrentValue")), ("items", Items("[1,2]"))), Line("fin", "fin"))));

        Assert.Equal(["x", "1", "x", "2", "fin"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task IncidentInOneBranch_LetsTheOthersGoOn_AndKeepsTheLoopOpen()
    {
        await using var host = new WorkflowTestHost();
        var body = Activity("i", "Elsa.If", ("condition", Var("CurrentValue", "Boolean")), ("then", Activity("f", "Elsa.Fault", ("message", Literal("aïe")))), ("else", Line("w", "bien")));

        var instance = await host.StartAsync(
            Definition(Sequence(Loop("l", "Elsa.ParallelForEach", body, ("items", Items("[false,true,false]"))), Line("fin", "fin")))
                .With("options", JsonNode.Parse("""{"incidentStrategyType":"ContinueWithIncidentsStrategy"}""")));

        Assert.Equal(["bien", "bien"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);
    }

    [Theory]
    [InlineData("Elsa.ForEach")]
    [InlineData("Elsa.ParallelForEach")]
    public async Task TenThousandItems_TakeLittleTimeAndMemory(string type)
    {
        await using var host = new WorkflowTestHost();
        var items = new JsonArray([.. Enumerable.Range(0, 10_000).Select(i => JsonValue.Create(i))]);
        var document = Definition(Sequence(Loop("l", type, Set("s", "x", Var("CurrentValue")), ("items", Input("Input", """{"name":"liste"}"""))), Event("e", "e")), Variable("x", "Int32"))
            .With("inputs", JsonNode.Parse("""[{"name":"liste","type":"Object"}]"""));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var instance = await host.StartAsync(document, new JsonObject { ["liste"] = items });

        Assert.Equal(WorkflowSubStatus.Suspended, instance.SubStatus);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 200_000_000);
        Assert.InRange(instance.State.Length, 0, 60_000);
    }

    private static IEnumerable<(string Place, JsonObject Body)> Bodies()
    {
        JsonObject Wait() => Seq("w", EventInto("e", "e", "stop"), When("i", "stop", Activity("k", "Elsa.Break")));
        yield return ("séquence", Seq("s", Wait(), Line("t", "tour")));
        yield return ("parallèle", Seq("s", Activity("p", "Elsa.Parallel", ("activities", new JsonArray(Wait()))), Line("t", "tour")));
        yield return ("fourche", Seq("s", Activity("p", "Elsa.Fork", ("joinMode", "WaitAll"), ("branches", new JsonArray(Wait()))), Line("t", "tour")));
        yield return ("selon", Seq("s", Activity("p", "Elsa.Switch", ("cases", new JsonArray(Case("c", true, Wait())))), Line("t", "tour")));
        yield return ("conteneur", Seq("s", Activity("p", "Elsa.FlowNode", ("body", Wait())), Line("t", "tour")));
        yield return ("organigramme", Chart.Of("t", "chart").With("activities", new JsonArray(
            EventInto("e", "e", "stop"), Activity("d", "Elsa.FlowDecision", ("condition", Var("stop", "Boolean"))), Activity("k", "Elsa.Break"), Line("t", "tour"), Event("autre", "autre")))
            .With("connections", JsonNode.Parse("""
                [{"source":{"activity":"e"},"target":{"activity":"d"}},{"source":{"activity":"d","port":"True"},"target":{"activity":"k"}},
                 {"source":{"activity":"d","port":"True"},"target":{"activity":"autre"}},{"source":{"activity":"d","port":"False"},"target":{"activity":"t"}}]
                """)));
        yield return ("organigramme, imbriqué", Chart.Of("t", "chart").With("activities", new JsonArray(Wait(), Line("t", "tour")))
            .With("connections", JsonNode.Parse("""[{"source":{"activity":"w"},"target":{"activity":"t"}}]""")));
    }
}
