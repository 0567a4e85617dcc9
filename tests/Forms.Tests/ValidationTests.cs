using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.Tests;

public sealed class ValidationTests(FormsKit kit) : IClassFixture<FormsKit>
{
    [Fact]
    public void ARuleWithoutMessage_IsMissingSomething()
    {
        var schema = FormsKit.Schema(kit.Component("text").Replace("\"cleiss.type\":\"text\"", "\"cleiss.type\":\"text\",\"cleiss.check\":\"=v != null\"", StringComparison.Ordinal));

        var (_, problems) = kit.Reader.Check("essai", 1, FormState.Draft, schema, null);

        Assert.Contains(problems, problem => problem is { Code: "rule-message-missing", Blocking: false });
    }

    [Theory]
    [InlineData("0197a1b2c3d47e5f8a9b0c1d2e3f4a5b", true)]
    [InlineData("inconnu", false)]
    public async Task AFileNobodyUploaded_IsRefused(string id, bool valid)
    {
        var judged = await kit.JudgeAsync(kit.Form(kit.Component("file")), $$$"""{"v":{"id":"{{{id}}}","name":"a.pdf"}}""");

        Assert.Equal(valid, judged.Valid);
    }

    [Fact]
    public async Task AllMistakes_AreNamedAtOnce_WithTheirPaths()
    {
        var result = await kit.JudgeAsync(kit.ShippedForm("se-151-08"), """{"nir":"1","periodes":[{"du":"2020-01-01","au":"2019-01-01"},7],"inconnu":1}""");
        var codes = result.Errors.Select(error => (error.Path, error.Code)).ToList();
        Assert.Contains(("nomNaissance", "required"), codes);
        Assert.Contains(("nir", "nir-length"), codes);
        Assert.Contains(("periodes[0].au", "end-before-start"), codes);
        Assert.Contains(("periodes[0].employeur", "required"), codes);
        Assert.Contains(("periodes[1]", "object"), codes);
        Assert.Contains(("inconnu", "unknown-field"), codes);
        Assert.Contains(("organisme.nom", "required"), codes);
        Assert.Contains(("adresse.pays", "required"), codes);
    }

    [Fact]
    public async Task HiddenField_IsNotRequired_AndItsValueIsDropped()
    {
        var form = kit.ShippedForm("se-151-08");
        var data = form.Sample!.DeepClone().AsObject();
        data["periodesManquantes"] = "Années 1992 à 2000";
        var row = data["periodes"]![0]!.AsObject();
        row["naturePrecision"] = "reste d'une saisie";

        var result = await kit.JudgeAsync(form, data.ToJsonString());

        Assert.Empty(result.Errors);
        Assert.Equal(["periodes[0].naturePrecision", "periodesManquantes"], result.Dropped);
        Assert.False(result.Data.ContainsKey("periodesManquantes"));
        Assert.False(result.Data["periodes"]![0]!.AsObject().ContainsKey("naturePrecision"));
    }

    [Fact]
    public async Task ShownField_IsRequired()
    {
        var form = kit.ShippedForm("se-151-08");
        var data = form.Sample!.DeepClone().AsObject();
        data["carriereComplete"] = "non";
        var result = await kit.JudgeAsync(form, data.ToJsonString());
        Assert.Equal([("periodesManquantes", "required")], result.Errors.Select(error => (error.Path, error.Code)));
    }

    [Fact]
    public async Task HiddenSection_HidesItsFieldsWithIt()
    {
        var form = kit.ShippedForm("se-151-06");
        var data = form.Sample!.DeepClone().AsObject();
        data["situationFamiliale"] = "celibataire";
        var result = await kit.JudgeAsync(form, data.ToJsonString());
        Assert.Empty(result.Errors);
        Assert.Contains("nomNaissanceConjoint", result.Dropped);
    }

    [Fact]
    public async Task ConditionOnAHiddenField_SeesItAbsent()
    {
        // c shows only while b does, b only while a is « oui »: hiding b must hide c although its old value still stands in the data.
        var form = kit.Form(
            kit.Component("text", key: "a", id: "a"),
            kit.Component("text", "\"conditional\":{\"hide\":\"=a != \\\"oui\\\"\"}", "b", "b"),
            kit.Component("text", "\"conditional\":{\"hide\":\"=b = null\"}", "c", "c"));
        var result = await kit.JudgeAsync(form, """{"a":"non","b":"x","c":"y"}""");
        Assert.Equal(["b", "c"], result.Hidden);
        Assert.Equal(["b", "c"], result.Dropped);
    }

    [Fact]
    public async Task RequiredWhen_FollowsTheActionOfTheTask()
    {
        var form = kit.ShippedForm("decision-validation");
        Assert.True((await kit.JudgeAsync(form, "{}", "approuver")).Valid);
        Assert.True((await kit.JudgeAsync(form, "{}")).Valid);
        var sentBack = await kit.JudgeAsync(form, "{}", "renvoyer");
        Assert.Equal([("motif", "required")], sentBack.Errors.Select(error => (error.Path, error.Code)));
    }

    [Fact]
    public async Task OneOfNirAndIdnp_IsEnough()
    {
        var form = kit.ShippedForm("se-151-08");
        var data = form.Sample!.DeepClone().AsObject();
        data.Remove("nir");
        Assert.True((await kit.JudgeAsync(form, data.ToJsonString())).Valid);
        data.Remove("idnp");
        Assert.Equal(["nir", "idnp"], (await kit.JudgeAsync(form, data.ToJsonString())).Errors.Select(error => error.Path));
    }

    [Theory]
    [InlineData("2020-01-01", "2020-12-31", "2020-12-31", "2021-05-01", true)]
    [InlineData("2020-01-01", "2020-12-31", "2021-01-01", "2021-05-01", false)]
    [InlineData("2021-01-01", "2021-05-01", "2020-01-01", "2020-12-31", false)]
    [InlineData("2020-01-01", "2022-12-31", "2021-01-01", "2021-05-01", true)]
    public async Task Periods_OfDifferentRowsMustNotOverlap(string from1, string to1, string from2, string to2, bool overlap)
    {
        var form = kit.ShippedForm("se-151-08");
        var data = form.Sample!.DeepClone().AsObject();
        data["periodes"] = JsonNode.Parse($$"""[{"du":"{{from1}}","au":"{{to1}}","employeur":"A","nature":"salarie"},{"du":"{{from2}}","au":"{{to2}}","employeur":"B","nature":"salarie"}]""");
        var result = await kit.JudgeAsync(form, data.ToJsonString());
        Assert.Equal(overlap ? [("periodes[1].du", "overlap")] : [], result.Errors.Select(error => (error.Path, error.Code)));
    }

    [Fact]
    public async Task FrenchPostalCode_HasFiveDigits_ForeignOnesAreFree()
    {
        var form = kit.ShippedForm("se-151-08");
        var data = form.Sample!.DeepClone().AsObject();
        data["adresse"]!["codePostal"] = "9310";
        Assert.Equal("adresse.codePostal", Assert.Single((await kit.JudgeAsync(form, data.ToJsonString())).Errors).Path);
        data["adresse"]!["pays"] = "MD";
        Assert.True((await kit.JudgeAsync(form, data.ToJsonString())).Valid);
    }

    [Fact]
    public async Task Messages_AreRomanianWhenAsked()
    {
        var result = await kit.Validator.ValidateAsync(kit.ShippedForm("se-151-08"), [], "ro", CancellationToken.None);
        Assert.Contains(result.Errors, error => error.Message == "Completați „Numele la naștere”.");
    }

    [Fact]
    public async Task ComputedValue_IsTheServersOwn()
    {
        var form = kit.Form(
            kit.Component("number", key: "a", id: "a"),
            kit.Component("number", key: "b", id: "b"),
            kit.Component("computed", "\"expression\":\"=a + b\"", "somme", "s"));
        var result = await kit.JudgeAsync(form, """{"a":2,"b":3,"somme":99}""");
        Assert.True(result.Valid);
        Assert.Equal(5m, result.Data["somme"]!.GetValue<decimal>());
    }

    [Fact]
    public async Task TooManyRows_AreRefusedInOneSentence()
    {
        var rows = string.Join(",", Enumerable.Repeat("{}", 1000));
        var result = await kit.JudgeAsync(kit.ShippedForm("se-151-08"), $$"""{"periodes":[{{rows}}]}""");
        Assert.Single(result.Errors, error => error.Path.StartsWith("periodes", StringComparison.Ordinal));
    }

    [Fact]
    public void FlowSees_OnlyDeclaredFields()
    {
        var form = kit.ShippedForm("reponse-partenaire");
        Assert.Equal("""{"dateReception":"2026-05-04","natureReponse":"complete"}""", form.SelectVisibleToFlow(form.Sample!).ToJsonString());
        Assert.Empty(kit.ShippedForm("se-151-08").VisibleToFlow);
    }

    [Fact]
    public void Schema_AllProblemsAreReportedAtOnce()
    {
        var schema = FormsKit.Json(
            """
            {"type":"form","properties":{"cleiss.flow.visible":"absent","cleiss.n":3},"components":[
              {"id":"a","type":"textfield","key":"é","label":"A"},
              {"id":"a","type":"textfield","key":"action","label":"B"},
              {"id":"c","type":"bidule","key":"c","label":"C"},
              {"id":"d","type":"select","key":"d","label":"D"},
              {"id":"e","type":"textfield","key":"e"},
              {"id":"f","type":"textfield","key":"e","label":"F","validate":{"pattern":"("}},
              {"id":"g","type":"textfield","key":"g","label":"G","properties":{"cleiss.type":"amount"}},
              7]}
            """);
        var (_, problems) = kit.Reader.Check("essai", 1, FormState.Draft, schema, null);
        foreach (var code in new[] { "form-type", "title-missing", "flow-visible-unknown", "property-not-text", "key-form", "id-twice", "key-reserved", "field-type-unknown", "choices-missing", "label-missing", "key-twice", "pattern", "base-type", "component-not-object" })
        {
            Assert.Contains(problems, problem => problem.Code == code);
        }

        Assert.All(problems, problem => Assert.True(problem.Path.StartsWith('$') && problem.Mend.Length > 0));
    }
}
