using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class FormApiTests(HostFixture host)
{
    [Fact]
    public async Task Any_json_gets_an_answer_from_validate()
    {
        var agent = await host.AsAsync("agent1");
        var random = new Random(151);
        var sample = (await agent.GetAsync("api/forms/se-151-07")).Ok()["sample"]!.AsObject();
        var keys = sample.Select(entry => entry.Key).ToList();
        for (var i = 0; i < 150; i++)
        {
            var text = i % 3 == 0 ? Anything(random, keys, 0) : $$"""{"data":{{(i % 3 == 1 ? Anything(random, keys, 0) : Disturbed(random, sample, keys))}},"language":"{{(i % 2 == 0 ? "fr" : "ro")}}"}""";

            var answer = await agent.SendAsync(HttpMethod.Post, "api/forms/se-151-07/validate", new StringContent(text, Encoding.UTF8, "application/json"));

            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{answer.Status} for {text}");
            Assert.True(answer.Body is JsonObject, text);
        }
    }

    [Fact]
    public async Task A_covered_number_is_shown_once_the_history_says_who_asked()
    {
        var (opened, _) = await LiaisonCase.OpenFilledAsync(host);
        var nir = (await opened.SampleAsync())["nir"]!.GetValue<string>();
        var answerId = await host.TextAsync($"select id from form_answers where case_id = '{opened.Id}' and form_key = 'se-151-08'");
        var reveal = $"api/forms/answers/{answerId}/reveal";
        var agent = await host.AsAsync("agent1");

        var shown = (await agent.PostAsync(reveal, new JsonObject { ["path"] = "nir" })).Ok();

        Assert.Equal(nir, string.Concat(shown["value"]!.GetValue<string>().Where(char.IsLetterOrDigit)));
        Assert.Equal(1, await host.CountAsync($"select count(*) from trail_entries where trail_id = 'case:{opened.Id}' and kind = 'answer.revealed'"));
        Assert.Equal(0, await host.CountAsync($"select count(*) from trail_entries where trail_id = 'case:{opened.Id}' and (sentence || coalesce(facts::text, '')) like '%{nir}%'"));
        (await agent.PostAsync(reveal, new JsonObject { ["path"] = "nomNaissance" })).IsProblem(HttpStatusCode.NotFound, "value-not-found");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.PostAsync(reveal, new JsonObject { ["path"] = "nir" })).Status);
    }

    [Fact]
    public async Task An_answer_is_carried_to_a_version_with_what_it_could_not_keep()
    {
        var agent = await host.AsAsync("agent1");
        var data = new JsonObject { ["nomNaissance"] = "POPESCU", ["ancien"] = "x" };

        var moved = (await agent.PostAsync("api/forms/se-151-08/move", new JsonObject { ["from"] = 1, ["data"] = data })).Ok();

        Assert.Equal("POPESCU", moved["data"]!["nomNaissance"]!.GetValue<string>());
        Assert.Contains(moved["errors"]!.AsArray(), error => error!["path"]!.GetValue<string>() == "prenoms");
        (await agent.PostAsync("api/forms/se-151-08/move", new JsonObject { ["from"] = 99, ["data"] = data.DeepClone() })).IsProblem(HttpStatusCode.NotFound, "form-unknown");
    }

    [Fact]
    public async Task Rules_that_take_too_long_are_said_to_and_fail_nothing()
    {
        var owner = await host.AsAsync("proprietaire");
        var slow = JsonNode.Parse(
            """
            {"type":"default","id":"essai-lent","properties":{"cleiss.title.fr":"Essai lent"},"components":[
              {"id":"c","type":"expression","key":"total","label":"Total","computeOn":"change","properties":{"cleiss.type":"computed"},
               "expression":"=count(for a in 1..400, b in 1..400, c in 1..400 return a + b + c)"}]}
            """)!;
        (await owner.PutAsync("api/forms/essai-lent", new JsonObject { ["schema"] = slow })).Ok();
        (await owner.PostAsync("api/forms/essai-lent/publish", new JsonObject())).Ok();

        (await owner.PostAsync("api/forms/essai-lent/validate", new JsonObject { ["data"] = new JsonObject() })).IsProblem(HttpStatusCode.ServiceUnavailable, "rules-stopped");
        (await owner.PostAsync("api/forms/se-151-08/validate", new JsonObject { ["data"] = new JsonObject() })).Ok();
    }

    [Fact]
    public async Task A_file_that_nobody_uploaded_is_refused_and_every_sample_is_an_answer()
    {
        var agent = await host.AsAsync("agent1");
        var sample = (await agent.GetAsync("api/forms/reponse-partenaire")).Ok()["sample"]!.AsObject();
        var unknown = sample.DeepClone().AsObject();
        unknown["piece"] = new JsonObject { ["id"] = "0197ffffffff7e5f8a9b0c1d2e3f4a5b", ["name"] = "inventé.pdf" };

        Assert.True((await agent.PostAsync("api/forms/reponse-partenaire/validate", new JsonObject { ["data"] = sample.DeepClone() })).Ok()["valid"]!.GetValue<bool>());
        var refused = (await agent.PostAsync("api/forms/reponse-partenaire/validate", new JsonObject { ["data"] = unknown })).Ok();
        Assert.Equal(("piece", "file"), (refused["errors"]![0]!["path"]!.GetValue<string>(), refused["errors"]![0]!["code"]!.GetValue<string>()));
    }

    private static string Anything(Random random, List<string> keys, int depth) => random.Next(depth > 4 ? 8 : 11) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-5, 3000).ToString(CultureInfo.InvariantCulture),
        3 => "-1.5e308",
        4 => "1e999",
        5 => "\"\\ud800\\u0000<script>\"",
        6 => "\"2020-13-45\"",
        7 => $"\"{new string('9', random.Next(1, 400))}\"",
        8 => $"[{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => Anything(random, keys, depth + 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{Key(random, keys)}\":{Anything(random, keys, depth + 1)}"))}}}",
    };

    private static string Disturbed(Random random, JsonObject sample, List<string> keys)
    {
        var changed = new HashSet<string>(Enumerable.Range(0, 5).Select(_ => keys[random.Next(keys.Count)]), StringComparer.Ordinal);
        return $"{{{string.Join(',', sample.Select(entry => $"\"{entry.Key}\":{(changed.Contains(entry.Key) ? Anything(random, keys, 1) : entry.Value?.ToJsonString() ?? "null")}"))}}}";
    }

    private static string Key(Random random, List<string> keys) => random.Next(4) switch
    {
        0 => "data",
        1 => "a.b[3]\\u0000",
        _ => keys[random.Next(keys.Count)],
    };
}
