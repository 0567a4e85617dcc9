using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Rendering;
using Cleiss.Forms.Validation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Cleiss.Forms.Tests;

public sealed class RenderingTests(FormsKit kit) : IClassFixture<FormsKit>
{
    private async Task<string> DrawAsync<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var services = new ServiceCollection().AddSingleton(kit.Conditions).AddSingleton<FormDirectories>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            System.Net.WebUtility.HtmlDecode((await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString()));
    }

    private async Task<string> DrawFormAsync(FormDefinition form, JsonObject data, IReadOnlyList<FormError>? errors = null, bool readOnly = false) =>
        await DrawAsync<FormView>(new() { ["Definition"] = form, ["Data"] = data, ["Errors"] = errors ?? [], ["ReadOnly"] = readOnly });

    [Fact]
    public async Task Label_StandsInBothLanguages_AndBelongsToItsInput()
    {
        var html = await DrawFormAsync(kit.ShippedForm("se-151-08"), []);
        Assert.Contains("""<label class="form-label" for="f-nomNaissance">""", html, StringComparison.Ordinal);
        Assert.Contains(""" <span class="cl-partner text-muted" lang="ro">Numele la naștere</span>""", html, StringComparison.Ordinal);
        Assert.Contains("""name="periodes[0].du" """.TrimEnd(), html, StringComparison.Ordinal);
        Assert.Contains("""value="add:periodes" """.TrimEnd(), html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_IsLinkedFromTheSummaryToTheField()
    {
        var form = kit.ShippedForm("se-151-08");
        var judged = await kit.JudgeAsync(form, """{"periodes":[{"du":"x"}]}""");
        var html = await DrawFormAsync(form, judged.Data, judged.Errors);
        var summary = await DrawAsync<FormErrorSummary>(new() { ["Errors"] = judged.Errors, ["Definition"] = form });
        Assert.Contains("href=\"#f-periodes-0--du\"", summary, StringComparison.Ordinal);
        Assert.Contains("Période 1, Du : ", summary, StringComparison.Ordinal);
        Assert.Contains("id=\"f-periodes-0--du\"", html, StringComparison.Ordinal);
        Assert.Contains("aria-describedby=\"f-periodes-0--du-erreur f-periodes-0--du-aide\"", html, StringComparison.Ordinal);
        foreach (var error in judged.Errors)
        {
            Assert.Contains($"id=\"{FieldContext.IdOf("", error.Path)}\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReadOnly_MasksTheNir_AndHasNoInput()
    {
        var form = kit.ShippedForm("se-151-08");
        var html = await DrawFormAsync(form, form.Sample!, readOnly: true);
        Assert.Contains("2 58 •• •• ••• ••• ••", html, StringComparison.Ordinal);
        Assert.DoesNotContain(form.Sample!["nir"]!.GetValue<string>(), html, StringComparison.Ordinal);
        Assert.DoesNotContain("<input", html, StringComparison.Ordinal);
        Assert.Contains("Activité salariée", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HiddenField_IsInThePageButHidden()
    {
        var form = kit.ShippedForm("se-151-08");
        var html = await DrawFormAsync(form, form.Sample!);
        Assert.Matches("data-cl-path=\"periodesManquantes\" hidden", html);
        Assert.DoesNotMatch("data-cl-path=\"totalMois\" hidden", html);
    }

    [Fact]
    public void PostedInputs_RebuildTheAnswer()
    {
        var form = kit.ShippedForm("se-151-08");
        var posted = new FormCollection(new Dictionary<string, StringValues>(StringComparer.Ordinal)
        {
            ["nomNaissance"] = "POPESCU",
            ["dateNaissance"] = "14/03/1958",
            ["adresse.pays"] = "FR",
            ["periodes[0]._row"] = "1",
            ["periodes[2].du"] = "2001-02-01",
            ["periodes[2].nature"] = "salarie",
            ["totalTrimestres"] = "soixante",
            ["_op"] = "up:periodes[1]",
        });

        var data = PostedForm.ToJson(posted, form);

        Assert.Equal("1958-03-14", data["dateNaissance"]!.GetValue<string>());
        Assert.Equal("soixante", data["totalTrimestres"]!.GetValue<string>());
        Assert.Equal(2, data["periodes"]!.AsArray().Count);
        Assert.True(PostedForm.ApplyOperation(posted, data));
        Assert.Equal("salarie", data["periodes"]![0]!["nature"]!.GetValue<string>());
        Assert.True(PostedForm.ApplyOperation("remove:periodes[0]", data));
        Assert.True(PostedForm.ApplyOperation("add:periodes", data));
        Assert.Equal(2, data["periodes"]!.AsArray().Count);
        Assert.False(PostedForm.ApplyOperation("remove:periodes[9]", data));
        Assert.False(PostedForm.ApplyOperation("boum", data));
    }

    [Fact]
    public async Task EveryForm_IsDrawnWithItsSample()
    {
        foreach (var key in FormsKit.Shipped.Select(shipped => shipped.Key))
        {
            var form = kit.ShippedForm(key);
            var html = await DrawFormAsync(form, form.Sample!);
            Assert.Contains("data-cl-form=\"" + key + "\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PersonalNumber_IsCoveredWhereItIsTyped()
    {
        var html = await DrawFormAsync(kit.ShippedForm("se-151-08"), []);
        Assert.Matches("<input id=\"f-nir\" name=\"nir\" class=\"form-control cl-masked", html);
        Assert.Contains("data-cl-show", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HiddenValue_IsSaidToBeDropped()
    {
        var html = await DrawFormAsync(kit.ShippedForm("se-151-08"), FormsKit.Json("""{"carriereComplete":"oui","periodesManquantes":"1992"}"""));
        Assert.Matches("data-cl-dropped=\"periodesManquantes\" role=\"status\">", html);
        Assert.Matches("data-cl-dropped=\"periodes\\[0\\].naturePrecision\" role=\"status\" hidden>", html);
    }

    [Fact]
    public async Task OtherAnswer_IsPostedAsItsText()
    {
        var form = kit.Form(kit.Component("radio", """ "values":[{"label":"A","value":"a"}] """).Replace("\"cleiss.type\":\"radio\"", "\"cleiss.type\":\"radio\",\"cleiss.other\":\"true\"", StringComparison.Ordinal));
        var html = await DrawFormAsync(form, FormsKit.Json("""{"v":"Marin"}"""));
        Assert.Matches("value=\"__autre\" checked", html);
        Assert.Matches("value=\"Marin\" maxlength=\"200\"", html);
        Assert.Equal("Pêcheur", Post("__autre", "Pêcheur"));
        Assert.Equal("a", Post("a", "Pêcheur"));
        Assert.Equal("__autre", Post("__autre", ""));

        string? Post(params string[] values) =>
            PostedForm.ToJson(new FormCollection(new Dictionary<string, StringValues>(StringComparer.Ordinal) { ["v"] = values }), form)["v"]?.GetValue<string>();
    }

    [Fact]
    public async Task Table_HasOneLinePerRow()
    {
        var form = kit.ShippedForm("se-151-15");
        var html = await DrawFormAsync(form, form.Sample!);
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(html, "<tr data-cl-row="));
        Assert.Contains("<label class=\"form-label\" for=\"f-documents-1--langue\">", html, StringComparison.Ordinal);
    }
}
