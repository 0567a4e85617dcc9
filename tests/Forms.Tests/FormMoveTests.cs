using Cleiss.Forms.Answers;

namespace Cleiss.Forms.Tests;

public sealed class FormMoveTests(FormsKit kit) : IClassFixture<FormsKit>
{
    private const string Choices = "\"values\":[{\"label\":\"A\",\"value\":\"a\"},{\"label\":\"B\",\"value\":\"b\"}]";
    private const string OneChoice = "\"values\":[{\"label\":\"A\",\"value\":\"a\"}]";

    [Fact]
    public void Values_FollowTheirKey_AndWhatHasNoPlaceIsNamed()
    {
        var old = kit.Form(Field("text", "nom"), Field("text", "ville"), Field("text", "telex"), Field("choice", "etat", Choices), Field("text", "age"));
        var now = kit.Form(Field("person-name", "nom"), Was(Field("text", "localite"), "ville"), Field("choice", "etat", OneChoice), Field("number", "age"));

        var moved = FormMove.Plan(old, now, FormsKit.Json("""{"nom":"POPESCU","ville":"Bălți","telex":"123","etat":"b","age":"42"}"""));

        Assert.Equal("""{"nom":"POPESCU","localite":"Bălți","age":42}""", System.Text.RegularExpressions.Regex.Unescape(moved.Data.ToJsonString()));
        Assert.Equal([new RenamedValue("ville", "localite")], moved.Renamed);
        Assert.Equal(["etat", "telex"], moved.Lost.Select(lost => lost.Path));
        Assert.All(moved.Lost, lost => Assert.EndsWith(".", lost.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_AreCarriedOneByOne()
    {
        var old = kit.Form(Rows(Field("date", "du"), Field("text", "lieu")));
        var now = kit.Form(Rows(Field("date", "du"), Field("text", "pays")));

        var moved = FormMove.Plan(old, now, FormsKit.Json("""{"lignes":[{"du":"2020-01-01","lieu":"Paris"},{"du":"pas une date"}]}"""));

        // What its author had wrong in a draft stays for its author to mend.
        Assert.Equal("""{"lignes":[{"du":"2020-01-01"},{"du":"pas une date"}]}""", moved.Data.ToJsonString());
        Assert.Equal(["lignes[0].lieu"], moved.Lost.Select(lost => lost.Path));
    }

    [Fact]
    public void Sections_DoNotMatter()
    {
        var field = Field("text", "nom");
        var inSection = kit.Form($$$"""{"id":"s","type":"group","label":"Partie","components":[{{{field}}}],"properties":{"cleiss.type":"section"}}""");

        var moved = FormMove.Plan(kit.Form(field), inSection, FormsKit.Json("""{"nom":"X"}"""));

        Assert.Equal("""{"nom":"X"}""", moved.Data.ToJsonString());
        Assert.Empty(moved.Lost);
    }

    [Fact]
    public void SameVersion_LosesNothing()
    {
        foreach (var shipped in FormsKit.Shipped)
        {
            var form = kit.ShippedForm(shipped.Key);
            Assert.Empty(FormMove.Plan(form, form, form.Sample!).Lost);
        }
    }

    private string Field(string type, string key, string extra = "") => kit.Component(type, extra, key, "c_" + key);

    private static string Rows(params string[] fields) =>
        $$$"""{"id":"c_lignes","type":"dynamiclist","label":"Lignes","path":"lignes","components":[{{{string.Join(",", fields)}}}],"properties":{"cleiss.type":"rows"}}""";

    private static string Was(string component, string key) =>
        component.Replace("\"cleiss.type\":", $"\"cleiss.was\":\"{key}\",\"cleiss.type\":", StringComparison.Ordinal);
}
