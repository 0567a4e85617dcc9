using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.Engine.Tests.Builtins.Nested;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

/// <summary>Each container, with waits inside: between two events the instance lies in the store.</summary>
public sealed class ContainerTests
{
    public static TheoryData<string, string, string, string> Waits => new()
    {
        { "séquence", """{"id":"c","type":"Elsa.Sequence","activities":[E1,A,E2,B]}""", "e1 e2", "a b" },
        { "parallèle", """{"id":"c","type":"Elsa.Parallel","activities":[SEQ1,SEQ2]}""", "e2 e1", "b a" },
        { "parallèle vide", """{"id":"c","type":"Elsa.Parallel","activities":[]}""", "", "" },
        { "fourche, toutes", """{"id":"c","type":"Elsa.Fork","joinMode":"WaitAll","branches":[SEQ1,SEQ2]}""", "e2 e1", "b a" },
        { "fourche, sans mode", """{"id":"c","type":"Elsa.Fork","branches":[SEQ1,SEQ2]}""", "e1 e2", "a b" },
        { "fourche, première", """{"id":"c","type":"Elsa.Fork","joinMode":"WaitAny","branches":[SEQ1,SEQ2]}""", "e2 e1", "b" },
        { "fourche vide", """{"id":"c","type":"Elsa.Fork","joinMode":"WaitAny","branches":[]}""", "", "" },
        { "si", """{"id":"c","type":"Elsa.If","condition":TRUE,"then":SEQ1,"else":SEQ2}""", "e2 e1", "a" },
        { "sinon", """{"id":"c","type":"Elsa.If","condition":FALSE,"then":SEQ1,"else":SEQ2}""", "e2 e1", "b" },
        { "si, sans suite", """{"id":"c","type":"Elsa.If","condition":FALSE,"then":SEQ1,"else":null}""", "", "" },
        { "selon, premier", """{"id":"c","type":"Elsa.Switch","mode":MODE(MatchFirst),"cases":[{"label":"1","condition":{"type":"Literal","value":"true"},"activity":SEQ1},{"label":"2","condition":{"type":"Literal","value":true},"activity":SEQ2}],"default":null}""", "e2 e1", "a" },
        { "selon, tous", """{"id":"c","type":"Elsa.Switch","mode":MODE(MatchAny),"cases":[{"label":"1","condition":{"type":"Literal","value":"true"},"activity":SEQ1},{"label":"2","condition":{"type":"Literal","value":true},"activity":SEQ2}]}""", "e2 e1", "b a" },
        { "selon, aucun", """{"id":"c","type":"Elsa.Switch","cases":[{"label":"1","condition":{"type":"Literal","value":false},"activity":SEQ1}],"default":SEQ2}""", "e2", "b" },
        { "selon, rien", """{"id":"c","type":"Elsa.Switch","cases":[{"label":"1","condition":{"type":"Literal","value":true},"activity":null}],"default":SEQ2}""", "", "" },
        { "conteneur", """{"id":"c","type":"Elsa.FlowNode","body":SEQ1}""", "e1", "a" },
        { "conteneur vide", """{"id":"c","type":"Elsa.FlowNode"}""", "", "" },
        { "organigramme", """{"id":"c","type":"Elsa.Flowchart","activities":[SEQ1,SEQ2],"connections":[{"source":{"activity":"s1"},"target":{"activity":"s2"}}]}""", "e1 e2", "a b" },
        { "composé", """{"id":"c","type":"Essai.Compose","root":SEQ1}""", "e1", "a" },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Container_Waits_AndGoesOn(string name, string container, string events, string lines)
    {
        await using var host = Host();
        var json = container
            .Replace("SEQ1", """{"id":"s1","type":"Elsa.Sequence","activities":[E1,A]}""", StringComparison.Ordinal)
            .Replace("SEQ2", """{"id":"s2","type":"Elsa.Sequence","activities":[E2,B]}""", StringComparison.Ordinal)
            .Replace("E1", Event("e1", "e1").ToJsonString(), StringComparison.Ordinal).Replace("E2", Event("e2", "e2").ToJsonString(), StringComparison.Ordinal)
            .Replace(",A]", "," + Line("a", "a").ToJsonString() + "]", StringComparison.Ordinal).Replace(",A,", "," + Line("a", "a").ToJsonString() + ",", StringComparison.Ordinal)
            .Replace(",B]", "," + Line("b", "b").ToJsonString() + "]", StringComparison.Ordinal)
            .Replace("TRUE", Literal("true").ToJsonString(), StringComparison.Ordinal).Replace("FALSE", Literal(false).ToJsonString(), StringComparison.Ordinal)
            .Replace("MODE(MatchFirst)", Literal("MatchFirst").ToJsonString(), StringComparison.Ordinal).Replace("MODE(MatchAny)", Literal("MatchAny").ToJsonString(), StringComparison.Ordinal);

        var instance = await host.StartAsync(Definition(Sequence(JsonNode.Parse(json)!.AsObject(), Line("fin", "fin"))));
        foreach (var sent in events.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await host.SendEventAsync(sent);
        }

        Assert.True(host.Instance(instance.Id).SubStatus == WorkflowSubStatus.Finished, name + "\n" + host.PrintJournal(instance.Id));
        Assert.Equal([.. lines.Split(' ', StringSplitOptions.RemoveEmptyEntries), "fin"], host.Lines(instance.Id));
        Assert.Empty(host.Store.Bookmarks(instance.Id));
    }

    /// <summary>Someone cancels the waiting activity « e1 » by hand.</summary>
    [Theory]
    [InlineData("""{"id":"c","type":"Elsa.Sequence","activities":[E1,A]}""", "a fin")]
    [InlineData("""{"id":"c","type":"Elsa.Parallel","activities":[E1,A]}""", "a fin")]
    [InlineData("""{"id":"c","type":"Elsa.Fork","branches":[E1,A]}""", "a fin")]
    [InlineData("""{"id":"c","type":"Elsa.Switch","cases":[],"default":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.If","condition":{"expression":{"type":"Literal","value":true}},"then":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.FlowNode","body":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Essai.Compose","root":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.ForEach","items":{"expression":{"type":"Object","value":"[1]"}},"body":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.ParallelForEach","items":{"expression":{"type":"Object","value":"[1,2]"}},"body":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.For","body":E1}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.StateMachine","initialState":"S","states":[{"name":"S"},{"name":"T"}],"transitions":[{"from":"S","to":"T","trigger":E1}]}""", "fin")]
    [InlineData("""{"id":"c","type":"Elsa.Flowchart","activities":[E1,A],"connections":[{"source":{"activity":"e1"},"target":{"activity":"a"}}]}""", "fin")]
    public async Task Container_GoesOn_WithoutAChildCancelledByHand(string container, string lines)
    {
        await using var host = Host();
        var json = container.Replace("E1", Event("e1", "e1").ToJsonString(), StringComparison.Ordinal).Replace(",A]", "," + Line("a", "a").ToJsonString() + "]", StringComparison.Ordinal);
        var instance = await host.StartAsync(Definition(Sequence(JsonNode.Parse(json)!.AsObject(), Line("fin", "fin"))));

        var result = await host.Runtime.AlterAsync(new AlterWorkflow(instance.Id, [new CancelActivity(new ActivityHandle("e1"))]), CancellationToken.None);

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Equal(lines.Split(' '), host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task Variables_OfAContainer_HideOuterOnes_AndEndWithIt()
    {
        await using var host = new WorkflowTestHost();
        var inner = Seq("i", Show("1", "x"), Set("2", "x", "dedans, changé"), Event("e", "e"), Show("3", "x"))
            .With("variables", new JsonArray(Variable("x", "String", "dedans").With("id", "autre-x")));

        var instance = await host.StartAsync(Definition(Sequence(inner, Show("4", "x")), Variable("x", "String", "dehors")));
        await host.SendEventAsync("e");

        Assert.Equal(["dedans", "dedans, changé", "dehors"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Variables_KeptInMemoryOnly_BeginAnewWithEachBurst()
    {
        await using var host = new WorkflowTestHost();
        var memory = (string name, string value) => Variable(name, "String", value).With("storageDriverTypeName", "Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core");
        var inner = Seq("i", Set("1", "x", "X"), Set("2", "y", "Y"), Set("3", "z", "Z"), Show("4", "x"), Event("e", "e"), Show("5", "x"), Show("6", "y"), Show("7", "z"))
            .With("variables", new JsonArray(memory("y", "y0")));

        var instance = await host.StartAsync(Definition(Sequence(inner), memory("x", "x0"), Variable("z").With("storageDriverTypeName", "Elsa.Workflows.WorkflowStorageDriver")));
        Assert.DoesNotContain("\"x\"", System.Text.Encoding.UTF8.GetString(instance.State.Span), StringComparison.Ordinal);
        await host.SendEventAsync("e");

        Assert.Equal(["X", "x0", "y0", "Z"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task OutputBinding_WritesTheNearestVariableOfItsName()
    {
        await using var host = new WorkflowTestHost();
        var branch = (string id) => Seq(id, EventInto(id + "e", id, "x"), Event(id + "f", "suite"), Show(id + "w", "x"))
            .With("variables", new JsonArray(Variable("x")));

        var instance = await host.StartAsync(Definition(Sequence(
            Activity("p", "Elsa.Parallel", ("activities", new JsonArray(branch("a"), branch("b")))), Show("z", "x")), Variable("x", "String", "dehors")));
        await host.SendEventAsync("b", "B");
        await host.SendEventAsync("a", "A");
        await host.SendEventAsync("suite");

        Assert.Equal(["B", "A", "dehors"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Complete_EndsTheNearestComposite_WithItsOutcomes()
    {
        await using var host = Host();
        var composite = Activity("c", "Essai.Compose", ("root", Activity("p", "Elsa.Parallel", ("activities", new JsonArray(
            Seq("s", Event("e", "e"), Activity("k", "Elsa.Complete", ("outcomes", Input("Object", """["Refusé","Clos"]""")))),
            Event("jamais", "jamais"))))));
        var chart = Flowchart([composite, Line("r", "refusé"), Line("a", "accepté"), Line("z", "clos")], "c.Refusé>r", "c.Accepté>a", "c.Clos>z");

        var instance = await host.StartAsync(Definition(chart));
        await host.SendEventAsync("e");

        Assert.Equal(["refusé", "clos"], host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
        Assert.Contains(host.Store.Journal(instance.Id), r => r is { ActivityId: "jamais", EventName: "Canceled" });
        Assert.Contains(host.Store.Journal(instance.Id), r => r is { ActivityId: "s", EventName: "Completed" });
    }

    [Theory]
    [InlineData("Elsa.Complete")]
    [InlineData("Elsa.Finish")]
    public async Task Complete_WithoutComposite_AndFinish_EndTheWorkflow_FromWithinLoops(string type)
    {
        await using var host = new WorkflowTestHost();
        var loop = Loop("l", "Elsa.ForEach", Seq("s", Event("e", "e"), Activity("k", type), Line("n", "non")), ("items", Items("[1,2,3]")));

        var instance = await host.StartAsync(Definition(Sequence(
            Activity("p", "Elsa.Parallel", ("activities", new JsonArray(loop, Event("jamais", "jamais")))), Line("m", "non"))));
        await host.SendEventAsync("e");

        Assert.Empty(host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, host.Instance(instance.Id).SubStatus);
        Assert.Empty(host.Store.Bookmarks(instance.Id));
        Assert.Equal(0, host.Instance(instance.Id).IncidentCount);
    }

    [Fact]
    public async Task SetOutput_GivesTheWorkflowItsOutput()
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(
            Activity("o", "Elsa.SetOutput", ("outputName", Literal("décision")), ("outputValue", Input("Object", """{"accord":true}"""))), Event("e", "e"))));

        Assert.Equal("""{"décision":{"accord":true}}""", JsonNode.Parse(instance.State.Span)!["out"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task ReadLine_WaitsForALine()
    {
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(Sequence(Activity("r", "Elsa.ReadLine", ("result", Bound("x"))), Show("w", "x")), Variable("x")));
        var bookmark = Assert.Single(host.Store.Bookmarks(instance.Id));

        await host.Runtime.ResumeAsync(new ResumeBookmark(instance.Id, bookmark.Id, new JsonObject { ["text"] = "bonjour" }), CancellationToken.None);

        Assert.Equal(["bonjour"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task UnknownType_IsRefused_AndItsConnectionsAreNotBlamed()
    {
        await using var host = new WorkflowTestHost();

        var error = await Assert.ThrowsAsync<DefinitionException>(() => host.StartAsync(Definition(Flowchart(
            [Activity("a", "Acme.Envoyer"), Line("b", "b"), Activity("n", "Elsa.NotFoundActivity", ("missingTypeName", "Acme.Recevoir"), ("originalActivityJson", "{}"))],
            "a.Envoyé>b", "b>n"))));

        Assert.Equal(["CLS-1001 $.root.activities[0].type", "CLS-1001 $.root.activities[2].type"], error.Problems.Select(p => $"{p.Code} {p.Path}"));
        Assert.Contains("Acme.Recevoir", error.Problems[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task EmptyEditors_MeanTheDefault(string? value)
    {
        await using var host = new WorkflowTestHost();

        var instance = await host.StartAsync(Definition(Sequence(Loop(
            "l", "Elsa.For", Show("w", "CurrentValue"), ("start", Literal(1)), ("end", Literal("2")), ("step", Literal(value)), ("outerBoundInclusive", Literal(value))))));

        Assert.Equal(["1", "2"], host.Lines(instance.Id));
    }

    internal static WorkflowTestHost Host() => new(services => services.AddSingleton(new ActivityAssembly(typeof(Compose).Assembly)));
}

/// <summary>A composite of this test.</summary>
[Activity("Essai", "Essai", "Une activité composée.", Type = "Compose")]
public sealed class Compose : Composite
{
    protected override IReadOnlyCollection<string>? GetPossibleOutcomes() => null;
}
