using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Triggers;
using Cleiss.TestKit;
using static Cleiss.TestKit.Workflows.FlowJson;
using Event = Cleiss.Engine.Builtins.Waiting.Event;

namespace Cleiss.Durability.Tests.Corpus;

/// <summary>
/// Instances of the engine's own activities, each stopped where something is worth keeping: tokens half arrived, scopes, a pending effect, an
/// incident. The recording says how each goes on and what it must have written in the end.
/// </summary>
internal static class EngineRecording
{
    /// <param name="Before">Events sent before the recording.</param>
    /// <param name="After">Events sent to finish; <c>+1.00:00:00</c> moves time.</param>
    private sealed record Story(string Name, JsonObject Definition, string[] Before, string[] After, string Lines, string SubStatus = "Finished");

    public static async Task<JsonObject> RecordAsync(TestDatabase database)
    {
        var time = new ManualTimeProvider();
        await using var host = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        var finish = new JsonArray();
        foreach (var story in Stories())
        {
            var store = host.Get<IDefinitionStore>();
            var definition = await store.PublishAsync((await store.SaveDraftAsync(story.Name, story.Definition, CancellationToken.None)).Id, CancellationToken.None);
            await host.Runtime.StartAsync(
                new StartWorkflow(definition.Id, "i-" + story.Name, CorrelationId: "c-" + story.Name, Input: new JsonObject { ["qui"] = "Maria" }), CancellationToken.None);
            foreach (var name in story.Before)
            {
                await SendAsync(host, name, "c-" + story.Name);
            }

            finish.Add(new JsonObject
            {
                ["instance"] = "i-" + story.Name,
                ["after"] = new JsonArray([.. story.After.Select(step => JsonValue.Create(step))]),
                ["lines"] = story.Lines,
                ["subStatus"] = story.SubStatus,
            });
        }

        var snapshot = await DatabaseSnapshot.TakeAsync(database.DataSource);
        snapshot["now"] = time.GetUtcNow().ToString("O");
        snapshot["finish"] = finish;
        return snapshot;
    }

    public static Task SendAsync(InProcessHost host, string name, string correlation) => host.Runtime.PublishAsync(
        new Stimulus(Event.BookmarkName, Event.Stimulus(name), new JsonObject { ["payload"] = "de " + name }, correlation), "test", CancellationToken.None);

    private static IEnumerable<Story> Stories()
    {
        yield return new Story(
            "sequence", Definition(Sequence(Line("a", "a"), Event("e1", "un"), Line("b", "b"), Event("e2", "deux"), Line("c", "c"))),
            ["un"], ["deux"], "a b c");
        yield return new Story(
            "join-all", Fork("WaitAll"), ["un"], ["deux"], "x");
        yield return new Story(
            "join-all-active", Fork("WaitAllActive"), ["deux"], ["un"], "x");
        yield return new Story(
            "join-any", Fork("WaitAny"), ["deux"], ["un"], "x");
        yield return new Story(
            "timer", Definition(Sequence(Activity("d", "Elsa.Delay", ("timeSpan", Literal("30.00:00:00"))), Line("a", "fait"))),
            [], ["+30.00:00:00"], "fait");
        yield return new Story("scopes", Scopes(), ["un"], ["deux"], "de-un Maria 7 dedans");
        yield return new Story(
            "effect", Definition(Sequence(Activity("n", "Durability.Note", ("text", Literal("un effet"))), Line("a", "fait"))), [], [], "fait");
        yield return new Story("loop", Loop(), ["tour", "tour"], ["tour", "fin"], "t t t");
        yield return new Story("nested", Nested(), [], ["deux"], "non après");
        yield return new Story(
            "incident",
            Definition(Flowchart(
                [Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))), Activity("i", "Elsa.Fault", ("message", Literal("exprès"))), Event("e", "un"), Line("l", "quand même")],
                "f.A>i", "f.B>e", "e>l"))
                .With("options", new JsonObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" }),
            [], ["un"], "quand-même", "Faulted");
    }

    private static JsonObject Fork(string mode) => Definition(Flowchart(
        [
            Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
            Event("e1", "un"), Event("e2", "deux"), Activity("j", "Elsa.FlowJoin", ("mode", Literal(mode))), Event("e3", "un"), Line("x", "x"),
        ],
        mode == "WaitAny" ? ["f.A>e1", "f.B>e2", "e1>j", "e2>j", "j>e3", "e3>x"] : ["f.A>e1", "f.B>e2", "e1>j", "e2>j", "j>x"]));

    private static JsonObject Scopes()
    {
        var inner = Sequence(
            Event("e1", "un").With("result", new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "var-recu" } }),
            Activity("s", "Elsa.SetVariable", ("variable", Variable("nombre", "Int32")), ("value", Input("Literal", "7"))),
            Event("e2", "deux"),
            Activity("l1", "Elsa.WriteLine", ("text", Input("Variable", Variable("recu")))),
            Activity("l2", "Elsa.WriteLine", ("text", Input("Input", new JsonObject { ["name"] = "qui" }))),
            Activity("l3", "Elsa.WriteLine", ("text", Input("Variable", Variable("nombre", "Int32")))),
            Activity("l4", "Elsa.WriteLine", ("text", Input("Variable", Variable("interne")))));
        inner["id"] = "interieur";
        inner["variables"] = new JsonArray(Variable("interne", "String", "dedans"));
        return Definition(Sequence(inner), Variable("recu"), Variable("nombre", "Int32", "3"), Variable("liste", "String", """["a","b"]""").With("isArray", true), Variable("objet", "Object", """{"a":{"b":[1,2.5,null]}}"""))
            .With("inputs", new JsonArray(new JsonObject { ["type"] = "String", ["name"] = "qui" }));
    }

    /// <summary>A loop drawn as a cycle beside a branch that ends everything.</summary>
    private static JsonObject Loop() => Definition(Flowchart(
        [
            Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
            Event("e1", "tour"), Line("t", "t"), Event("e2", "fin"), Activity("z", "Elsa.Finish"),
        ],
        "f.A>e1", "e1>t", "t>e1", "f.B>e2", "e2>z"));

    private static JsonObject Nested() => Definition(Flowchart(
        [
            Activity("si", "Elsa.If", ("condition", Literal(false)), ("else", Activity("l", "Elsa.WriteLine", ("text", Literal("non"))))),
            Activity("s", "Elsa.FlowSwitch", ("mode", Literal("MatchFirst")), ("cases", new JsonArray(new JsonObject { ["label"] = "Oui", ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = true } }))),
            Event("e", "deux"), Line("apres", "après"),
        ],
        "si>s", "s.Oui>e", "e>apres"));
}
