using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Composition;

/// <summary>A definition used as an activity of another: inputs, outputs, outcomes, waits, and which version runs.</summary>
public sealed class WorkflowAsActivityTests : IAsyncDisposable
{
    private readonly WorkflowTestHost _host = new(services => services.AddActivitiesFrom(typeof(WhichActivity).Assembly));

    [Fact]
    public async Task Inputs_go_in_outputs_come_out_and_a_wait_inside_keeps_its_place()
    {
        await PublishAsync("salut", Greeting());
        var outer = Definition(
            Sequence(Use("un", "Maria").With("reponse", Bound("var-r")), WriteVariable("w", "r"), Use("deux", "Ion"), Line("z", "z")), Variable("r"));
        outer["definitionId"] = "externe";

        var instance = await StartAsync("externe", outer);
        Assert.Equal(["Maria"], _host.Lines(instance.Id));
        Assert.Equal("un/e", Assert.Single(_host.Store.Bookmarks(instance.Id)).ActivityId);
        await _host.SendEventAsync("suite");
        Assert.Equal(["Maria", "fait", "Ion"], _host.Lines(instance.Id));
        await _host.SendEventAsync("suite");

        await _host.ExpectAsync(instance.Id);
        Assert.Equal(["Maria", "fait", "Ion", "z"], _host.Lines(instance.Id));
        // An output nobody bound belongs to the activity, not to the workflow around it.
        Assert.Null(JsonNode.Parse(_host.Instance(instance.Id).State.Span)!["out"]);
    }

    [Fact]
    public async Task Its_outcomes_are_ports_and_Complete_inside_chooses_one()
    {
        var inner = Definition(Sequence(Activity("c", "Elsa.Complete", ("outcomes", Input("Object", """["Refus"]"""))), Line("jamais", "jamais")));
        inner["outcomes"] = new JsonArray("Accord", "Refus");
        await PublishAsync("decision", inner);
        var chart = Flowchart(
            [Activity("d", "Decision", ("workflowDefinitionId", "decision")), Line("a", "accord"), Line("r", "refus")], "d.Accord>a", "d.Refus>r");

        var instance = await StartAsync("externe", Definition(chart));

        await _host.ExpectAsync(instance.Id);
        Assert.Equal(["refus"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task A_definition_may_not_be_used_in_itself_nor_one_that_does_not_exist()
    {
        await PublishAsync("salut", Greeting());
        var publisher = _host.Get<DefinitionPublisher>();
        var itself = Definition(Sequence(Use("u", "x")));

        var problems = await publisher.CheckAsync("salut", itself, CancellationToken.None);
        Assert.Contains(problems, problem => problem is { Code: "CLS-1073", Path: "$.root.activities[0].workflowDefinitionId" });

        problems = await publisher.CheckAsync("externe", Definition(Sequence(Activity("u", "Autre", ("workflowDefinitionId", "inconnue")))), CancellationToken.None);
        Assert.Contains(problems, problem => problem.Code == "CLS-1072");
    }

    [Fact]
    public async Task The_version_used_is_fixed_by_publishing_and_moves_on_when_the_used_one_asks_for_it()
    {
        var first = await PublishAsync("salut", Greeting());
        await PublishAsync("externe", Definition(Sequence(Use("un", "Maria"))));
        Assert.Equal(first.Id, await UsedAsync());

        await PublishAsync("salut", Greeting(end: "mieux"));
        Assert.Equal(first.Id, await UsedAsync());

        var third = Greeting(end: "encore mieux");
        third["options"] = new JsonObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = true };
        var published = await PublishAsync("salut", third);

        Assert.Equal(published.Id, await UsedAsync());
        var versions = await _host.Get<IDefinitionStore>().ListAsync("externe", CancellationToken.None);
        Assert.Equal([(2, true), (1, false)], versions.Select(version => (version.Version, version.IsPublished)));
    }

    [Fact]
    public async Task An_output_reaches_a_variable_two_definitions_up()
    {
        await PublishAsync("salut", Greeting());
        var middle = Definition(Sequence(Use("c", "Maria").With("reponse", Bound("var-x")), WriteVariable("w", "x")), Variable("x", value: "rien"));
        await PublishAsync("milieu", middle);

        var instance = await StartAsync("externe", Definition(Sequence(Activity("b", "Milieu", ("workflowDefinitionId", "milieu")))));
        await _host.SendEventAsync("suite");

        await _host.ExpectAsync(instance.Id);
        Assert.Equal(["Maria", "fait"], _host.Lines(instance.Id));
        Assert.Null(JsonNode.Parse(_host.Instance(instance.Id).State.Span)!["out"]);
    }

    [Fact]
    public async Task A_draft_may_not_be_used_because_it_may_still_change()
    {
        await PublishAsync("salut", Greeting());
        var draft = await _host.Get<IDefinitionStore>().SaveDraftAsync("salut", Greeting(end: "autrement"), CancellationToken.None);
        var outer = Definition(Sequence(Use("u", "Maria").With("workflowDefinitionVersionId", draft.Id)));

        var problems = await _host.Get<DefinitionPublisher>().CheckAsync("externe", outer, CancellationToken.None);

        Assert.Contains(problems, problem => problem.Code == "CLS-1072");
    }

    [Fact]
    public async Task An_activity_that_another_names_is_the_one_of_its_own_definition()
    {
        await PublishAsync("salut", Definition(Sequence(Line("w", "x"), Which("q", "w"), WriteVariable("v", "r")), Variable("r")));
        var outer = Definition(
            Sequence(Line("w", "y"), Activity("un", "Salut", ("workflowDefinitionId", "salut")), Which("q", "w"), WriteVariable("v", "r"), Which("q2", "un/w"), WriteVariable("v2", "r")),
            Variable("r"));

        var instance = await StartAsync("externe", outer);

        Assert.Equal(["y", "x", "un/w", "w", "un/w"], _host.Lines(instance.Id));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static JsonObject Greeting(string end = "fait")
    {
        var inner = Definition(
            Sequence(
                Activity("w", "Elsa.WriteLine", ("text", Input("Input", """{"name":"nom"}"""))), Event("e", "suite"),
                Activity("s", "Elsa.SetOutput", ("outputName", Literal("reponse")), ("outputValue", Literal(end)))),
            Variable("r", value: "intérieur"));
        inner["inputs"] = new JsonArray(new JsonObject { ["name"] = "nom", ["type"] = "String" });
        inner["outputs"] = new JsonArray(new JsonObject { ["name"] = "reponse", ["type"] = "String" });
        return inner;
    }

    private static JsonObject Use(string id, string name) => Activity(id, "Salut", ("workflowDefinitionId", "salut"), ("nom", Literal(name)));

    private static JsonObject Which(string id, string named) => Activity(id, "Test.Which", ("named", Literal(named)), ("result", Bound("var-r")));

    private static JsonObject Bound(string variable) => new() { ["memoryReference"] = new JsonObject { ["id"] = variable } };

    private static JsonObject WriteVariable(string id, string name) =>
        Activity(id, "Elsa.WriteLine", ("text", Input("Variable", $$"""{"id":"var-{{name}}","name":"{{name}}"}""")));

    private async Task<string?> UsedAsync()
    {
        var current = (await _host.Get<IDefinitionStore>().ListAsync("externe", CancellationToken.None)).First(version => version.IsPublished);
        return current.Document["root"]!["activities"]![0]!["workflowDefinitionVersionId"]?.GetValue<string>();
    }

    private async Task<InstanceRecord> StartAsync(string definitionId, JsonObject document)
    {
        var version = await PublishAsync(definitionId, document);
        return (await _host.Runtime.StartAsync(new StartWorkflow(version.Id), CancellationToken.None)).Instance!;
    }

    private Task<WorkflowDefinition> PublishAsync(string definitionId, JsonObject document) =>
        _host.Get<DefinitionPublisher>().PublishAsync(definitionId, document, CancellationToken.None);
}

[Activity("Test", "Essais", "Dit quelle activité porte ce nom ici.", Type = "Which")]
public sealed class WhichActivity : CodeActivity
{
    [Input]
    public Input<string>? Named { get; set; }

    [Output]
    public Output<string>? Result { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.Set(Result, context.IdOf(context.Get(Named)!));
}
