using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Expressions;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests;

public sealed class DefinitionCheckTests
{
    [Fact]
    public async Task Everything_is_said_at_once_even_beside_what_cannot_be_read()
    {
        var problems = await CheckAsync(
            Definition(
                Flowchart(
                    [
                        Activity("a", "Elsa.Ecrire"), Script("s", "getMontan() > 1"), Line("b", "{{x}}"), Line("b", "y"),
                        Activity("d", "Elsa.Delay", ("timeSpan", Literal("bientôt"))),
                    ],
                    "s>b"),
                Variable("Montant", "Int32"), Variable("montant", "Int32")));

        Assert.Equal(
            ["CLS-1001 $.root.activities[0].type", "CLS-1002 $.root.activities[3].id", "CLS-1003 $.root.activities[4].timeSpan",
                "CLS-1012 $.root.activities[1].text", "CLS-1018 $.variables[1].name"],
            problems.Select(problem => $"{problem.Code} {problem.Path}").Order(StringComparer.Ordinal));
        Assert.Contains("getMontan()", problems.Single(problem => problem.Code == "CLS-1012").Message, StringComparison.Ordinal);
    }

    [Theory]
    // Circles.
    [InlineData("s>a a>b b>a", "1010")]
    [InlineData("s>a a>a", "1010")]
    [InlineData("s>a a>e e>a", "")]
    [InlineData("s>a a>d d.True>a d.False>b", "")]
    [InlineData("s>a a>d d.True>a", "1013 warning")]
    [InlineData("s>d d.True>a d.False>b a>d b>d", "1010")]
    // What nothing leads to.
    [InlineData("s>a", "1011 warning b")]
    [InlineData("s>a a>b b>e", "")]
    // Joins that wait for all.
    [InlineData("s>d d.True>a d.False>b a>all b>all", "1014")]
    [InlineData("s>d d.True>all d.False>all", "1014")]
    [InlineData("s>d d.True>a d.False>b a>any b>any", "")]
    [InlineData("s>f f.A>a f.B>b a>all b>all", "")]
    [InlineData("s>f f.A>d f.B>b d.True>all d.False>a a>all b>all", "1014")]
    [InlineData("s>d d.True>f d.False>end f.A>a f.B>b a>all b>all", "")]
    [InlineData("s>a a>d d.True>all d.False>b b>a b>all", "")]
    public async Task A_drawing_is_judged_by_its_connections(string drawing, string expected)
    {
        JsonObject[] all =
        [
            Activity("s", "Elsa.Start"), Line("a", "a"), Line("b", "b"), Event("e", "suite"), Activity("end", "Elsa.End"),
            Activity("d", "Elsa.FlowDecision", ("condition", Input("Variable", """{"id":"var-x","name":"x"}"""))),
            Activity("f", "Elsa.FlowFork", ("branches", Input("Object", """["A","B"]""", "String[]"))),
            Activity("all", "Elsa.FlowJoin", ("mode", Literal("WaitAll"))), Activity("any", "Elsa.FlowJoin", ("mode", Literal("WaitAny"))),
        ];
        var named = drawing.Split(' ', '>', '.').Append(expected.Split(' ')[^1]).ToHashSet(StringComparer.Ordinal);

        var problems = await CheckAsync(Definition(
            Flowchart([.. all.Where(activity => named.Contains(activity["id"]!.GetValue<string>()))], drawing.Split(' ')), Variable("x", "Boolean")));

        if (expected.Length == 0)
        {
            Assert.Empty(problems);
            return;
        }

        var problem = Assert.Single(problems);
        Assert.Equal("CLS-" + expected.Split(' ')[0], problem.Code);
        Assert.Equal(expected.Contains("warning", StringComparison.Ordinal) ? ProblemSeverity.Warning : ProblemSeverity.Error, problem.Severity);
    }

    [Theory]
    [InlineData(true, "Elsa.Start", "CLS-1010 $.root.activities[0].condition")]
    [InlineData(false, "Elsa.Start", "")]
    [InlineData(true, "Elsa.Break", "")]
    [InlineData(true, "Elsa.Finish", "")]
    [InlineData(true, "Elsa.Event", "")]
    public async Task A_loop_that_is_always_true_must_wait_or_be_left(bool condition, string last, string expected)
    {
        var body = Sequence(Line("a", "x"), Activity(
            "si", "Elsa.If", ("condition", Input("Variable", """{"id":"var-x","name":"x"}""")), ("then", last == "Elsa.Event" ? Event("e", "suite") : Activity("b", last))));

        var problems = await CheckAsync(Definition(
            Sequence(Activity("boucle", "Elsa.While", ("condition", Input("Literal", condition, "Boolean")), ("body", body.With("id", "corps")))), Variable("x", "Boolean")));

        Assert.Equal(expected, string.Join(' ', problems.Select(problem => $"{problem.Code} {problem.Path}")));
    }

    [Theory]
    [InlineData("JavaScript", "getMontant() + variables.Montant + getVariable('montant') + variables['inconnu'] + getVariable(cle)", "")]
    [InlineData("JavaScript", "variables.inconnu", "« inconnu »")]
    [InlineData("JavaScript", "1;\ngetVariable(\"inconnu\")", "ligne 2")]
    [InlineData("JavaScript", "setInconnu(3)", "setInconnu()")]
    [InlineData("JavaScript", "variables.neuf = 1; getNeuf() + variables.neuf", "")]
    [InlineData("JavaScript", "setVariable('neuf', 1); variables.neuf", "")]
    [InlineData("JavaScript", "if (variables.inconnu == 1) 2", "« inconnu »")]
    [InlineData("JavaScript", "// variables.inconnu\n/* getInconnu() */ 'getInconnu()' + /variables.inconnu/.test('x') + `variables.inconnu`", "")]
    [InlineData("JavaScript", "`${variables.inconnu}`", "« inconnu »")]
    [InlineData("JavaScript", "const getNom = () => 1; function setNom(x) {} const o = { getAge() { return 1 }, getTaille: 1 }; getNom() + setNom(1) + o.getAge() + new Date().getTime()", "")]
    [InlineData("JavaScript", "class C { getAge() { return 1 } } [1].map((getX) => getX(1)); new C().getAge()", "")]
    [InlineData("JavaScript", "getInput('dossier') + getDossier() + getResultFromE() + getOutputFrom('e', 'Result') + getLastResult() + getGuidString()", "")]
    [InlineData("JavaScript", "getInput('absent')", "l'entrée « absent »")]
    [InlineData("JavaScript", "getOutputFrom('absent')", "l'activité « absent »")]
    [InlineData("JavaScript", "getResultFromAbsent()", "getResultFromAbsent()")]
    [InlineData("Liquid", "{{ Variables.Montant | plus: 1 }} {{ Input.dossier }} {{ 'Variables.inconnu' }} Variables.inconnu", "")]
    [InlineData("Liquid", "a\n{% if Variables.inconnu == 1 %}x{% endif %}", "ligne 2")]
    public async Task Scripts_may_only_name_what_exists(string language, string source, string expected)
    {
        var problems = await CheckAsync(Definition(
            Sequence(Event("e", "suite"), Activity("a", "Elsa.WriteLine", ("text", Input(language, source, "String")))), Variable("Montant", "Int32"))
            .With("inputs", JsonNode.Parse("""[{"name":"dossier","type":"String"}]""")));

        if (expected.Length == 0)
        {
            Assert.Empty(problems);
            return;
        }

        var problem = Assert.Single(problems);
        Assert.Equal(("CLS-1012", "$.root.activities[1].text"), (problem.Code, problem.Path));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_cannot_be_read_is_named_with_its_line()
    {
        var problems = await CheckAsync(
            Definition(Sequence(Activity("s", "Elsa.RunJavaScript", ("script", Literal("const a = 1;\nb("))))),
            new SameMistake(new ScriptMistake("SyntaxError: unexpected end.", 2)));

        var problem = Assert.Single(problems);
        Assert.Equal(("CLS-1015", "$.root.activities[0].script"), (problem.Code, problem.Path));
        Assert.Contains("ligne 2 : SyntaxError: unexpected end.", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Elsa.Cron", "cronExpression", "0 9 * *", "CLS-1016")]
    [InlineData("Elsa.Cron", "cronExpression", "0 0 9 * * MON-FRI", null)]
    [InlineData("Elsa.DispatchWorkflow", "workflowDefinitionId", "inconnue", "CLS-1017")]
    [InlineData("Elsa.DispatchWorkflow", "workflowDefinitionId", "essai", null)]
    public async Task A_literal_must_mean_something(string type, string input, string value, string? code)
    {
        var problems = await CheckAsync(Definition(Sequence(Activity("a", type, (input, Literal(value))))));

        Assert.Equal(code is null ? [] : [$"{code} $.root.activities[0].{input}"], problems.Select(problem => $"{problem.Code} {problem.Path}"));
    }

    [Fact]
    public async Task A_beginning_that_does_not_exist_is_named()
    {
        var problems = await CheckAsync(Definition(Flowchart([Line("a", "x")]).With("start", "debut")));

        Assert.Equal(("CLS-1019", "$.root.start"), (Assert.Single(problems).Code, problems[0].Path));
    }

    [Fact]
    public async Task A_warning_is_told_and_the_definition_published()
    {
        await using var host = new WorkflowTestHost();
        var publisher = host.Get<DefinitionPublisher>();
        var definition = Definition(Flowchart([Activity("s", "Elsa.Start"), Line("a", "x"), Line("perdue", "y")], "s>a"));

        var (published, warnings, _) = await publisher.PublishWithWarningsAsync("essai", definition, CancellationToken.None);

        Assert.True(published.IsPublished);
        Assert.Equal("CLS-1011", Assert.Single(warnings).Code);
        await Assert.ThrowsAsync<DefinitionException>(() => publisher.PublishAsync(
            "essai", Definition(Flowchart([Line("a", "x")]).With("start", "b")), CancellationToken.None));
    }

    private static JsonObject Script(string id, string source) => Activity(id, "Elsa.WriteLine", ("text", Input("JavaScript", source, "String")));

    private static async Task<IReadOnlyList<DefinitionProblem>> CheckAsync(JsonObject definition, IScriptChecker? checker = null)
    {
        await using var host = new WorkflowTestHost(services =>
        {
            if (checker is not null)
            {
                services.AddSingleton(checker);
            }
        });
        return await host.Get<DefinitionPublisher>().CheckAsync("essai", definition, CancellationToken.None);
    }

    private sealed class SameMistake(ScriptMistake mistake) : IScriptChecker
    {
        public Task<IReadOnlyList<ScriptMistake?>> CheckAsync(IReadOnlyList<ScriptExpression> expressions, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ScriptMistake?>>([.. expressions.Select(_ => mistake)]);
    }
}
