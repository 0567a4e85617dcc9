using System.Diagnostics;
using Cleiss.Engine.Expressions;
using Xunit;

namespace Cleiss.Scripting.Tests;

[Collection(nameof(Scripts))]
public sealed class JavaScriptTests(Scripts scripts)
{
    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("undefined", "null")]
    [InlineData("const a = 2; a * 3", "6")]
    [InlineData("if (getCount() > 0) return 'yes'; return 'no'", "\"yes\"")]
    [InlineData("[1, 2].map(function (x) { return x + 1 })", "[2,3]")]
    [InlineData("(async () => { return 4 })()", "4")]
    [InlineData("getVariable('Count')", "1")]
    [InlineData("variables.Count", "1")]
    [InlineData("setVariable('Count', 5); getCount()", "5")]
    [InlineData("setCount(7); variables.Count", "7")]
    [InlineData("getInput('country')", "\"MD\"")]
    [InlineData("getCountry()", "\"MD\"")]
    [InlineData("getOutputFrom('UserTask1').action", "\"approve\"")]
    [InlineData("getOutputFrom('UserTask1', 'Result').action", "\"approve\"")]
    [InlineData("getResultFromUserTask1().action", "\"approve\"")]
    [InlineData("getLastResult()", "\"last\"")]
    [InlineData("getWorkflowDefinitionId()", "\"formulaire-de-liaison\"")]
    [InlineData("getWorkflowDefinitionVersionId()", "\"version-3\"")]
    [InlineData("getWorkflowDefinitionVersion()", "3")]
    [InlineData("getWorkflowInstanceId()", "\"instance-1\"")]
    [InlineData("getWorkflowInstanceName()", "\"FL-2026-0042\"")]
    [InlineData("getCorrelationId()", "\"case-1\"")]
    [InlineData("isNullOrEmpty('') && isNullOrWhiteSpace('  ') && !isNullOrEmpty('a')", "true")]
    [InlineData("parseJson(toJson({ a: [1] })).a[0]", "1")]
    [InlineData("stringFromBase64(stringToBase64('Chișinău'))", "\"Chi\\u0219in\\u0103u\"")]
    [InlineData("bytesToString(bytesFromBase64(bytesToBase64(bytesFromString('été'))))", "\"\\u00E9t\\u00E9\"")]
    [InlineData("newGuid().length + newGuidString().length", "72")]
    [InlineData("newShortGuid().length > 15", "true")]
    [InlineData("new Date().toISOString()", "\"2026-03-10T08:00:00.000Z\"")]
    [InlineData("Date.now()", "1773129600000")]
    [InlineData("typeof process + typeof require + typeof fetch", "\"undefinedundefinedundefined\"")]
    public async Task An_expression_has_the_value_Elsa_gives_it(string source, string json)
    {
        var result = await scripts.RunAsync(source);

        Assert.Equal(json, result.Values.Single()?.ToJsonString() ?? "null");
    }

    [Fact]
    public async Task Only_assigned_variables_come_back()
    {
        var result = await scripts.RunAsync("getCount()", "variables.Periods.push(2)", "setCorrelationId('c2'); setWorkflowInstanceName('n2'); setOutcome('Done')");

        Assert.Equal("""{"Periods":[1,2]}""", result.ChangedVariables.ToJsonString());
        Assert.Equal(("c2", "n2", "Done"), (result.CorrelationId, result.WorkflowInstanceName, result.Outcomes?.Single()));
    }

    [Fact]
    public async Task Nothing_leaks_from_one_batch_to_the_next()
    {
        await scripts.RunAsync("globalThis.secret = 42; String.prototype.trim = null; 1");

        Assert.Equal("undefined", (await scripts.RunAsync("typeof secret + ' '.trim()")).Values[0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("const a = 1;\nfoo()", "line 2")]
    [InlineData("const a = 1;\nconst b = ;", "cannot be read at line 2")]
    [InlineData("throw new Error('caisse inconnue')", "caisse inconnue")]
    [InlineData("while (true) {}", "time limit of 500 ms")]
    [InlineData("const l = []; while (true) l.push(new Array(10000).fill(1))", "memory limit of 32 MB")]
    [InlineData("const f = () => f() + 1; f()", "stack limit")]
    public async Task A_failing_script_names_its_cause_and_harms_nobody(string source, string expected)
    {
        var neighbours = Enumerable.Range(0, 5).Select(_ => scripts.RunAsync("1 + 1")).ToArray();

        var failure = await Assert.ThrowsAsync<ScriptException>(() => scripts.RunAsync(source));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(neighbours), result => Assert.Equal(2, result.Values[0]!.GetValue<int>()));
        Assert.Equal(2, (await scripts.RunAsync("1 + 1")).Values[0]!.GetValue<int>());
    }

    [Fact]
    public async Task A_call_whose_worker_is_killed_is_answered_by_another()
    {
        await scripts.RunAsync("1");
        var call = scripts.RunAsync("const end = 1; let n = 0; for (let i = 0; i < 300000; i++) n += i; n");
        foreach (var process in scripts.Host.Expressions.ProcessIds)
        {
            Process.GetProcessById(process).Kill();
        }

        Assert.Equal(44999850000, (await call).Values[0]!.GetValue<long>());
    }
}
