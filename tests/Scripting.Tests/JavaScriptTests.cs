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
    [InlineData("streamToBase64(streamToBytes([97, 98]))", "\"YWI=\"")]
    [InlineData("new Uint8Array([1, 2])", "[1,2]")]
    [InlineData("parseGuid(' 7F0B6A0E-0000-4000-8000-000000000001 ')", "\"7f0b6a0e-0000-4000-8000-000000000001\"")]
    [InlineData("Guid.Empty.length + Guid.NewGuid().length", "72")]
    [InlineData("TimeSpan.FromDays(1.5)", "\"1.12:00:00\"")]
    [InlineData("TimeSpan.Parse('1.02:03:04.5').TotalMilliseconds", "93784500")]
    [InlineData("TimeSpan.FromMinutes(1).Subtract(TimeSpan.FromHours(1))", "\"-00:59:00\"")]
    [InlineData("DateTime.UtcNow.AddDays(3).ToString('yyyy-MM-dd HH:mm')", "\"2026-03-13 09:00\"")]
    [InlineData("new DateTime(2026, 1, 31).AddMonths(1).ToString('dd/MM/yyyy')", "\"28/02/2026\"")]
    [InlineData("DateTimeOffset.Parse('2026-03-11T08:00:00Z').Subtract(DateTimeOffset.Now)", "\"1.00:00:00\"")]
    [InlineData("new Random().Next(3, 4)", "3")]
    [InlineData("getItem() + args.Item", "\"xx\"")]
    [InlineData("getMissing === undefined", null)]
    [InlineData("setCorrelationId(null); getCorrelationId()", "null")]
    [InlineData("toJson = function () { return 'mine' }; toJson({})", "\"mine\"")]
    [InlineData("'getVariable' in globalThis && !Object.keys(globalThis).includes('getVariable')", "true")]
    [InlineData("typeof process + typeof require + typeof fetch", "\"undefinedundefinedundefined\"")]
    public async Task An_expression_has_the_value_Elsa_gives_it(string source, string? json)
    {
        if (json is null)
        {
            await Assert.ThrowsAsync<ScriptException>(() => scripts.RunAsync(source));
            return;
        }

        var result = await scripts.RunAsync(source);

        Assert.Equal(json, result.Values.Single()?.ToJsonString() ?? "null");
    }

    [Fact]
    public async Task The_sandbox_has_the_functions_of_the_table_and_no_others()
    {
        var result = await scripts.RunAsync("Object.getOwnPropertyNames(globalThis)");
        var standard = (await scripts.RunAsync("'Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError InternalError AggregateError Array "
            + "parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Infinity NaN undefined Number Boolean String Math "
            + "Reflect Symbol eval globalThis Date RegExp JSON Proxy Map Set WeakMap WeakSet ArrayBuffer SharedArrayBuffer Uint8ClampedArray Int8Array Uint8Array Int16Array "
            + "Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array DataView Atomics Promise BigInt WeakRef FinalizationRegistry "
            + "performance Iterator variables args queueMicrotask DOMException navigator console InternalError CallSite'.split(' ')")).Values[0]!.AsArray().Select(n => n!.GetValue<string>());
        var accessors = new[] { "getCount", "setCount", "getPeriods", "setPeriods", "getCountry", "getResultFromUserTask1", "getItem" };

        var names = result.Values[0]!.AsArray().Select(n => n!.GetValue<string>()).Except(standard).Except(accessors);

        Assert.Equal(ScriptFunctions.Names.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Random_values_differ_from_call_to_call() =>
        Assert.NotEqual(
            (await scripts.RunAsync("Math.random()")).Values[0]!.GetValue<double>(),
            (await scripts.RunAsync("Math.random()")).Values[0]!.GetValue<double>());

    [Fact]
    public async Task Scripts_are_checked_without_being_run()
    {
        ScriptExpression[] expressions =
        [
            new("JavaScript", "getCount( > 1"), new("Liquid", "{{ Variables.Count }}"), new("JavaScript", "return missing"), new("JavaScript", "while (true) {}"),
            new("Liquid", "a\n{% if %}"),
        ];

        var mistakes = await scripts.Get<IScriptChecker>().CheckAsync(expressions, CancellationToken.None);

        Assert.Equal([1, null, null, null, 2], mistakes.Select(mistake => mistake?.Line));
        Assert.Contains("SyntaxError", mistakes[0]!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_says_which_expression_and_line()
    {
        var failure = await Assert.ThrowsAsync<ScriptException>(() => scripts.RunAsync("1", "2;\nmissing()"));

        Assert.Equal((1, 2, "ReferenceError: 'missing' is not defined."), (failure.Index, failure.Line, failure.Cause));
    }

    [Fact]
    public async Task A_value_deeper_than_the_interpreter_can_hold_stops_only_its_own_script()
    {
        await Assert.ThrowsAsync<ScriptException>(() => scripts.RunAsync("JSON.parse('['.repeat(1e6))"));

        Assert.Equal(2, (await scripts.RunAsync("1 + 1")).Values[0]!.GetValue<int>());
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
