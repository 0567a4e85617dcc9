using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Expressions;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Scripting.Tests;

/// <summary>Scripts inside running workflows, with the real workers.</summary>
[Collection(nameof(Scripts))]
public sealed class WorkflowScriptTests(Scripts scripts)
{
    [Fact]
    public async Task A_scripts_writes_come_back_and_its_outcome_chooses_the_way()
    {
        await using var host = Host();

        var instance = await host.StartAsync(Definition(
            Flowchart(
                [
                    Script("s", "setVariable('total', getPrix() * 2); variables.note = 'cher'; setWorkflowInstanceName('n' + getTotal()); setOutcome('Grand'); return getTotal()", "Grand", "Petit"),
                    Print("grand", "`${getNote()} ${getResultFromS()} ${getOutputFrom('s')} ${getLastResult()}`"), Line("petit", "petit"),
                ],
                "s.Grand>grand", "s.Petit>petit"),
            Variable("total", "Int32"), Variable("note")).With("inputs", JsonNode.Parse("""[{"name":"prix","type":"Int32"}]""")), new JsonObject { ["prix"] = 21 });

        Assert.Equal(["cher 42 42 42"], host.Lines(instance.Id));
        Assert.Equal("n42", instance.Name);
    }

    [Fact]
    public async Task Values_nobody_gave_are_null_and_their_functions_exist()
    {
        await using var host = Host();

        var instance = await host.StartAsync(Definition(
            Sequence(Print("p", "`${getPrix()} ${getInput('prix')} ${getResultFromApres()} ${getVide()} ${getVariable('inconnue')}`"), Script("apres", "1").With("name", "apres")),
            Variable("vide")).With("inputs", JsonNode.Parse("""[{"name":"prix","type":"Int32"}]""")));

        Assert.Equal(["null null null null null"], host.Lines(instance.Id));
    }

    [Fact]
    public async Task Each_item_of_a_bulk_dispatch_gets_the_correlation_id_computed_for_it()
    {
        await using var host = Host();
        await host.PublishAsync(Definition(Sequence(Line("a", "a"))), "enfant");

        await host.StartAsync(Definition(Sequence(Activity(
            "b", "Elsa.BulkDispatchWorkflows", ("workflowDefinitionId", Literal("enfant")), ("items", Input("Object", """["MD","DZ"]""")),
            ("correlationIdFunction", Input("JavaScript", "'accord-' + getItem().toLowerCase() + args.Item.length")), ("waitForCompletion", Literal(false))))));

        Assert.Equal(["accord-md2", "accord-dz2"], host.Store.Effects.Select(queued => queued.Effect.Payload["correlationId"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("getVariable('a') + variables.b + getC()")]
    [InlineData("['a', 'b', 'c'].map(n => getVariable(n)).join('')")]
    [InlineData("Object.keys(variables).sort().map(n => variables[n]).join('')")]
    [InlineData("globalThis['get' + 'A']() + eval('getB' + '()') + variables['c']")]
    [InlineData("const v = variables; v.a + v.b + v.c")]
    [InlineData("const read = getVariable; read('a') + read('b') + read('c')")]
    [InlineData("getVariable('a' + '') + getVariable(`b`) + variables?.c")]
    public async Task A_variable_reaches_its_script_however_it_is_named(string source)
    {
        await using var host = Host();

        var instance = await host.StartAsync(Definition(Sequence(Print("p", source)), Variable("a", value: "1"), Variable("b", value: "2"), Variable("c", value: "3")));

        Assert.Equal(["123"], host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("Object", """["a","b","c","1"]""", "a,b,c,1")]
    [InlineData("JavaScript", "['a', 'b']", "a,b")]
    [InlineData("JavaScript", "'a'", "a")]
    [InlineData("Liquid", """["{{ Variables.x }}"]""", "1")]
    [InlineData("Variable", """{"id":"var-liste","name":"liste"}""", "c")]
    public async Task An_expression_becomes_what_its_input_needs(string type, string value, string expected)
    {
        await using var host = Host();

        var instance = await host.StartAsync(Definition(
            Flowchart(
                [Activity("f", "Elsa.FlowFork", ("branches", Input(type, value, "String[]"))), Line("a", "a"), Line("b", "b"), Line("c", "c"), Line("un", "1")],
                "f.a>a", "f.b>b", "f.c>c", "f.1>un"),
            Variable("x", "Int32", 1), Variable("liste", "String", """["c"]""")));

        Assert.Equal(expected.Split(','), host.Lines(instance.Id));
    }

    [Theory]
    [InlineData("const a = 1;\nabsent()", "Activity s, input Script, line 2: ReferenceError: 'absent' is not defined.")]
    [InlineData("while (true) {}", "Activity s, input Script: It ran longer than the time limit of 500 ms and was stopped.")]
    [InlineData("const l = []; while (true) l.push(new Array(10000).fill(1))", "Activity s, input Script: It needed more than the memory limit of 32 MB and was stopped.")]
    [InlineData("function f() { return f() + 1 } return f()", "Activity s, input Script: It called itself too deeply and exceeded the stack limit.")]
    public async Task A_script_that_fails_or_runs_away_is_an_incident_and_its_neighbours_go_on(string source, string message)
    {
        await using var host = Host();
        var fine = Definition(Sequence(Script("s", "return 1"), Line("l", "fini")));

        var neighbours = Enumerable.Range(0, 4).Select(_ => host.StartAsync(fine.DeepClone().AsObject())).ToArray();
        var faulty = await host.StartAsync(Definition(Sequence(Script("s", source), Line("l", "jamais"))));

        Assert.Equal(WorkflowSubStatus.Faulted, faulty.SubStatus);
        Assert.Equal(message, host.Store.Journal(faulty.Id).Single(record => record.EventName == "Faulted").Message);
        foreach (var neighbour in await Task.WhenAll(neighbours))
        {
            Assert.Equal(["fini"], host.Lines(neighbour.Id));
        }
    }

    [Fact]
    public async Task A_condition_that_fails_names_its_input()
    {
        await using var host = Host();

        var instance = await host.StartAsync(Definition(Sequence(
            Activity("si", "Elsa.If", ("condition", Input("JavaScript", "absent > 1", "Boolean"))).With("metadata", new JsonObject { ["displayText"] = "Est-ce cher ?" }))));

        Assert.Equal(
            "Activity « Est-ce cher ? » (si), input Condition, line 1: ReferenceError: 'absent' is not defined.",
            host.Store.Journal(instance.Id).Single(record => record.EventName == "Faulted").Message);
    }

    [Fact]
    public async Task The_script_host_killed_in_the_middle_stops_no_flow()
    {
        await using var host = Host();
        var flow = Definition(Sequence(Script("s", "let n = 0; for (let i = 0; i < 200000; i++) n += i; return n"), Line("l", "fini")));
        await host.StartAsync(flow);

        var running = Enumerable.Range(0, 6).Select(_ => host.StartAsync(flow.DeepClone().AsObject())).ToArray();
        foreach (var process in scripts.Host.Expressions.ProcessIds)
        {
            Process.GetProcessById(process).Kill();
        }

        foreach (var instance in await Task.WhenAll(running))
        {
            Assert.Equal((WorkflowSubStatus.Finished, "fini"), (instance.SubStatus, Assert.Single(host.Lines(instance.Id))));
        }
    }

    private WorkflowTestHost Host() => new(services => services.AddSingleton(scripts.Get<IScriptEvaluator>()));

    private static JsonObject Script(string id, string source, params string[] outcomes) => Activity(
        id, "Elsa.RunJavaScript", ("script", Literal(source)), ("possibleOutcomes", Input("Object", new JsonArray([.. outcomes.Select(o => JsonValue.Create(o))]).ToJsonString(), "String[]")));

    private static JsonObject Print(string id, string source) => Activity(id, "Elsa.WriteLine", ("text", Input("JavaScript", source, "String")));
}
