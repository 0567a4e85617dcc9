using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class TemplateRouteTests(HostFixture host)
{
    private const string Mail = "api/templates/formulaire-de-liaison/relance";

    [Fact]
    public async Task Agents_do_not_see_templates_readers_do_not_write_them_owners_do()
    {
        var agent = await host.AsAsync("agent1");
        var reader = await host.AsAsync("juriste");
        var owner = await host.AsAsync("proprietaire");
        var files = (await owner.GetAsync(Mail)).Ok()["files"]!.AsObject();

        Assert.Equal(HttpStatusCode.Forbidden, (await agent.GetAsync("api/templates")).Status);
        Assert.Contains((await reader.GetAsync("api/templates")).Ok().AsArray(), row => row!["code"]!.GetValue<string>() == "formulaire-de-liaison/relance");
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsync(Mail, Body(files))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(Mail + "/publish", new JsonObject())).Status);
        var preview = (await reader.PostAsync(Mail + "/preview", Body(files))).Ok();
        Assert.Contains("Relance", preview["subject"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_does_not_print_is_kept_as_a_draft_and_not_published()
    {
        const string Path = "api/templates/essai/lettre";
        var owner = await host.AsAsync("proprietaire");
        var broken = new JsonObject { ["lettre.typ"] = "#set document(title: \"T\")\n#inconnu", ["sample.json"] = "{}" };
        var draft = (await owner.PutAsync(Path, Body(broken))).Ok();

        var refused = (await owner.PostAsync(Path + "/publish", new JsonObject())).IsProblem(HttpStatusCode.UnprocessableEntity, "template-broken");

        var problem = refused.Body!["problems"]![0]!;
        Assert.Equal(("lettre.typ", 2), (problem["file"]!.GetValue<string>(), problem["line"]!.GetValue<int>()));
        Assert.Contains("n'existe pas", problem["explanation"]!.GetValue<string>(), StringComparison.Ordinal);
        var mended = Body(new JsonObject { ["lettre.typ"] = "#set document(title: \"T\")\n#set text(lang: \"fr\")\nBonjour", ["sample.json"] = "{}" });
        (await owner.PutAsync(Path, With(mended, "autre"))).IsProblem(HttpStatusCode.Conflict, "template-changed");
        (await owner.PutAsync(Path, With(mended, draft["hash"]!.GetValue<string>()))).Ok();
        var published = (await owner.PostAsync(Path + "/publish", new JsonObject())).Ok();
        Assert.Equal(("Published", 1), (published["state"]!.GetValue<string>(), published["version"]!.GetValue<int>()));
        (await owner.PostAsync(Path + "/publish", new JsonObject())).IsProblem(HttpStatusCode.Conflict, "no-draft");
        (await owner.GetAsync("api/templates/essai/inconnu")).IsProblem(HttpStatusCode.NotFound, "unknown-template");
        (await owner.PutAsync("api/templates/essai/Majuscule", Body(new JsonObject()))).IsProblem(HttpStatusCode.UnprocessableEntity, "template-unusable");
    }

    private static JsonObject Body(JsonObject files) => new() { ["files"] = files.DeepClone() };

    private static JsonObject With(JsonObject body, string hash)
    {
        var copy = body.DeepClone().AsObject();
        copy["expectedHash"] = hash;
        return copy;
    }
}
