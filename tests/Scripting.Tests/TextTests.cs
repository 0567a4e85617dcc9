using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Feel;
using Cleiss.Scripting.Liquid;
using Cleiss.Scripting.Qr;
using Cleiss.Scripting.Typst;
using Xunit;

namespace Cleiss.Scripting.Tests;

[Collection(nameof(Scripts))]
public sealed class TextTests(Scripts scripts)
{
    [Theory]
    [InlineData("a + 1", "2")]
    [InlineData("a +", "null")]
    [InlineData("missing", "null")]
    [InlineData("today()", "\"2026-03-10\"")]
    [InlineData("date(\"2026-03-01\") < today()", "true")]
    [InlineData("list[item > 1]", "[2,3]")]
    [InlineData("some x in list satisfies x = 3", "true")]
    [InlineData("if a = 1 then \"oui\" else \"non\"", "\"oui\"")]
    public async Task Feel_expressions_have_their_value(string expression, string json)
    {
        var context = new JsonObject { ["a"] = 1, ["list"] = new JsonArray(1, 2, 3) };

        var results = await scripts.Get<IFeelEvaluator>().EvaluateAsync([new FeelJob([expression], context)], CancellationToken.None);

        Assert.Equal(json, results[0][0]?.ToJsonString() ?? "null");
    }

    [Fact]
    public async Task Liquid_expressions_see_what_scripts_before_them_changed()
    {
        var batch = Scripts.Batch([new("JavaScript", "setCount(9)"), new("Liquid", "{{ Variables.Count }} {{ Input.Country }} {{ CorrelationId }}")]);

        var result = await scripts.Get<IScriptEvaluator>().EvaluateAsync(batch, CancellationToken.None);

        Assert.Equal("9 MD case-1", result.Values[1]!.GetValue<string>());
    }

    [Fact]
    public async Task A_wrong_template_names_its_number_and_line()
    {
        var failure = await Assert.ThrowsAsync<ScriptException>(
            () => scripts.Get<ILiquidRenderer>().RenderAsync(["fine", "a\n{% if %}"], [], CancellationToken.None));

        Assert.Contains("Template 2 of 2 failed at line 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_template_is_stopped_and_the_next_one_rendered()
    {
        var renderer = scripts.Get<ILiquidRenderer>();
        var loops = string.Concat(Enumerable.Repeat("{% for i in (1..9999) %}", 4)) + string.Concat(Enumerable.Repeat("{% endfor %}", 4));

        var failure = await Assert.ThrowsAsync<ScriptException>(() => renderer.RenderAsync([loops], [], CancellationToken.None));

        Assert.Contains("limit", failure.Message, StringComparison.Ordinal);
        Assert.Equal("1", (await renderer.RenderAsync(["{{ a }}"], new JsonObject { ["a"] = 1 }, CancellationToken.None))[0]);
    }

    [Fact]
    public async Task A_qr_code_is_an_svg() =>
        Assert.StartsWith("<svg", await scripts.Get<IQrCodes>().DrawAsync("https://example.org/verifier/AB", CancellationToken.None), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_document_template_names_file_and_line()
    {
        var failure = await Assert.ThrowsAsync<TypstException>(() => CompileAsync("Bonjour\n\n#inconnu()"));

        Assert.Equal(("/main.typ", 3), (failure.Diagnostics[0].File, failure.Diagnostics[0].Line));
        Assert.Contains("line 3: unknown variable: inconnu", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_without_title_is_refused_by_the_accessibility_standard() =>
        Assert.Contains("title", (await Assert.ThrowsAsync<TypstException>(() => CompileAsync("Bonjour"))).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task Templates_cannot_read_files_of_the_machine() =>
        await Assert.ThrowsAsync<TypstException>(() => CompileAsync("#read(\"../../etc/passwd\")"));

    [Fact]
    public async Task Templates_reach_no_network_and_no_packages()
    {
        await Assert.ThrowsAsync<TypstException>(() => CompileAsync("#import \"@preview/cetz:0.3.1\": *"));
        await Assert.ThrowsAsync<TypstException>(() => CompileAsync("#import \"@local/cetz:0.3.1\": *"));

        var environment = (await File.ReadAllTextAsync($"/proc/{scripts.Host.Typst.ProcessIds[0]}/environ")).Split('\0');
        Assert.Contains("HTTPS_PROXY=http://127.0.0.1:1", environment);
        Assert.Contains("XDG_DATA_HOME=/nonexistent", environment);
    }

    [Fact]
    public async Task A_template_that_takes_too_much_memory_is_killed_and_its_neighbours_print()
    {
        var greedy = CompileAsync(
            "#set document(title: \"T\")\n#let a = range(700).map(i => str(i) + \"x\" * 1000000)\n#let n = 0\n#for i in range(9000) { for j in range(9000) { for k in range(9000) { n += 1 } } }\n#a.len()");
        var neighbours = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => CompileAsync($"#set document(title: \"T\")\nVoisin {i}")));

        Assert.All(neighbours, pdf => Assert.StartsWith("%PDF-1.7", Encoding.ASCII.GetString(pdf, 0, 8), StringComparison.Ordinal));
        Assert.Contains("memory limit", (await Assert.ThrowsAsync<TypstStoppedException>(() => greedy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_in_the_middle_loses_nothing()
    {
        await CompileAsync("#set document(title: \"T\")\nun");
        var prints = Enumerable.Range(0, 30).Select(i => CompileAsync($"#set document(title: \"T\")\n#for i in range(2000) [{i} #i ]")).ToList();
        await Task.WhenAny(prints);
        foreach (var process in scripts.Host.Typst.ProcessIds)
        {
            System.Diagnostics.Process.GetProcessById(process).Kill();
        }

        Assert.Equal(30, (await Task.WhenAll(prints)).Count(pdf => pdf.Length > 1000));
    }

    [Fact]
    public async Task Equal_input_gives_equal_bytes()
    {
        const string Source = "#set document(title: \"T\", date: auto)\n#set text(lang: \"ro\")\nChișinău #sys.inputs.data";

        Assert.Equal(await CompileAsync(Source), await CompileAsync(Source));
    }

    private Task<byte[]> CompileAsync(string source) => scripts.Get<ITypstCompiler>().CompileAsync(
        new TypstJob(
            new Dictionary<string, byte[]> { ["/main.typ"] = Encoding.UTF8.GetBytes(source) },
            "/main.typ", new JsonObject { ["a"] = 1 }, "ua-1", new DateTimeOffset(2026, 3, 10, 8, 0, 0, TimeSpan.Zero)),
        CancellationToken.None);
}
