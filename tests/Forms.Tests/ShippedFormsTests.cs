using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Printing;

namespace Cleiss.Forms.Tests;

public sealed class ShippedFormsTests(FormsKit kit) : IClassFixture<FormsKit>
{
    public static TheoryData<string> Keys => [.. FormsKit.Shipped.Select(form => form.Key)];

    [Fact]
    public void TheFormsOfTheProcess_AreAllThere() =>
        Assert.Empty(Enumerable.Range(1, 18).Select(number => $"se-151-{number:00}")
            .Concat(["decision-validation", "ouverture-formulaire-de-liaison", "reponse-partenaire"])
            .Except(FormsKit.Shipped.Select(form => form.Key), StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Form_IsCompleteInBothLanguages_AndItsSampleIsValid(string key)
    {
        var shipped = FormsKit.Shipped.Single(form => form.Key == key);
        var (form, problems) = kit.Reader.Check(key, 1, FormState.Published, shipped.Schema, shipped.Sample);
        Assert.Empty(problems);
        Assert.NotNull(form.Sample);
        var judged = await kit.JudgeAsync(form, form.Sample.ToJsonString());
        Assert.Empty(judged.Errors);
        Assert.Empty(judged.Dropped);
        var text = shipped.Schema.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.True(text.IndexOfAny(['ş', 'ţ', 'Ş', 'Ţ']) < 0, "Romanian takes a comma below, never a cedilla");
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task NormalisedAnswer_IsStable(string key)
    {
        var form = kit.ShippedForm(key);
        var once = await kit.JudgeAsync(form, form.Sample!.ToJsonString());
        var twice = await kit.JudgeAsync(form, once.Data.ToJsonString());
        Assert.True(twice.Valid);
        Assert.True(JsonNode.DeepEquals(once.Data, twice.Data));
    }

    [Fact]
    public async Task RandomJson_NeverThrows()
    {
        var random = new Random(20260310);
        var form = kit.ShippedForm("se-151-06");
        for (var i = 0; i < 300; i++)
        {
            var data = form.Sample!.DeepClone().AsObject();
            for (var change = 0; change < 6; change++)
            {
                Disturb(random, data);
            }

            var judged = await kit.Validator.ValidateAsync(form, data, i % 2 == 0 ? "fr" : "ro", CancellationToken.None);
            Assert.Equal(judged.Errors.Count == 0, judged.Valid);
            Assert.All(judged.Errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Message)));
            Assert.NotNull(FormPrint.Build(form, judged.Data, "ro"));
        }
    }

    [Theory]
    [InlineData("""{"nomNaissance":"\ud800","nir":"\u0000"}""")]
    [InlineData("""{"nir":"1","nir":"2"}""")]
    [InlineData("""{"\ud800":1,"":2,"a.b[3]":{"x":[]}}""")]
    [InlineData("""{"periodes":{"0":{}},"adresse":[],"organisme":"x","pieces":[[],null,1]}""")]
    [InlineData("""{"totalTrimestres":1e999,"totalMois":-0.0000000000000000000000000001}""")]
    public async Task HostileJson_GetsAnAnswer(string json)
    {
        var form = kit.ShippedForm("se-151-08");
        var asPosted = (JsonObject)Cleiss.Forms.Validation.SafeJson.Parse(json)!;
        foreach (var data in new[] { asPosted, FormsKit.Json(json) })
        {
            var judged = await kit.Validator.ValidateAsync(form, data, "fr", CancellationToken.None);
            Assert.False(judged.Valid);
            Assert.NotNull(judged.Data.ToJsonString());
        }
    }

    [Fact]
    public async Task Print_HasBothLanguagesAndTheNirInFull()
    {
        var form = kit.ShippedForm("se-151-08");
        var data = (await kit.JudgeAsync(form, form.Sample!.ToJsonString())).Data;

        var print = FormPrint.Build(form, data, "ro");

        Assert.Equal(("SE 151-08", "MD/FR 08", "Atestarea perioadelor de asigurare"), (print.Code, print.PartnerCode, print.TitlePartner));
        Assert.Equal(print.Sections.Select((_, i) => $"{i + 1}"), print.Sections.Select(section => section.Number));
        var rows = print.Sections.SelectMany(section => section.Rows).ToList();
        Assert.Contains(rows, row => row.LabelFr == "Date de naissance" && row.LabelPartner == "Data nașterii" && row.ValueFr == "14/03/1958" && row.ValuePartner == "14.03.1958");
        Assert.Contains(rows, row => row.ValueFr == "Moldavie" && row.ValuePartner == "Republica Moldova");
        Assert.Contains(rows, row => row.LabelFr.StartsWith("Numéro de sécurité sociale", StringComparison.Ordinal) && row.ValueFr.StartsWith("2 58 03 99 151 042 ", StringComparison.Ordinal));
        var periods = print.Sections.SelectMany(section => section.Tables).Single(table => table.TitleFr == "Périodes d'assurance");
        Assert.Equal(3, periods.Rows.Count);
        Assert.Equal(new PrintText("Activité salariée", "Activitate salariată"), periods.Rows[0][3]);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Print_HasEveryAnswerInBothLanguages(string key)
    {
        var form = kit.ShippedForm(key);
        var data = (await kit.JudgeAsync(form, form.Sample!.ToJsonString())).Data;

        var print = FormPrint.Build(form, data, "ro");

        var rows = print.Sections.SelectMany(section => section.Rows).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.False(string.IsNullOrWhiteSpace(row.ValueFr) || string.IsNullOrWhiteSpace(row.LabelPartner)));
        foreach (var field in form.Fields.SelectMany(section => section.Children).Where(field => field.Key.Length > 0 && field.Type.Shape == FieldTypes.FieldShape.Value && data[field.Key] is not null))
        {
            Assert.Contains(rows, row => row.LabelFr == field.Label.Fr);
        }
    }

    private static void Disturb(Random random, JsonObject target)
    {
        JsonNode?[] oddities = [null, true, 3.5, -1, "", "x", "2020-13-45", "\u0000\u200f", new JsonArray(), new JsonArray(1, "a", null), new JsonObject(), new JsonObject { ["id"] = 4 }];
        var keys = target.Select(entry => entry.Key).Append("inconnu").ToList();
        var key = keys[random.Next(keys.Count)];
        switch (target[key])
        {
            case JsonObject inner when inner.Count > 0 && random.Next(2) == 0:
                Disturb(random, inner);
                break;
            case JsonArray rows when rows.Count > 0 && rows[0] is JsonObject row && random.Next(2) == 0:
                Disturb(random, row);
                break;
            default:
                target[key] = oddities[random.Next(oddities.Length)]?.DeepClone();
                break;
        }
    }
}
