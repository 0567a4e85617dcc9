using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests;

/// <summary>What somebody without an account may do with a one-time link, over HTTP.</summary>
[Collection(HostCollection.Name)]
public sealed class PartnerPageTests(HostFixture host)
{
    [Fact]
    public async Task A_stranger_with_the_token_reads_as_often_as_they_like_and_answers_once()
    {
        var token = await AskAsync();
        for (var i = 0; i < 3; i++)
        {
            var page = await host.Stranger.GetAsync("partenaire/" + token);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Contains("no-store", page.Headers["Cache-Control"], StringComparison.Ordinal);
            Assert.Equal("same-origin", page.Headers["Referrer-Policy"]);
            Assert.Contains("Accepter", page.Text, StringComparison.Ordinal);
        }

        var read = (await host.Stranger.PostAsync("api/partner-links/read", Body(token))).Ok();
        Assert.True(read["open"]!.GetValue<bool>());
        (await host.Stranger.PostAsync("api/partner-links/answer", Body(token, "Décliner"))).IsProblem(HttpStatusCode.UnprocessableEntity, "reason-required");
        (await host.Stranger.PostAsync("api/partner-links/answer", Body(token, "Accepter"))).Ok();
        (await host.Stranger.PostAsync("api/partner-links/answer", Body(token, "Accepter"))).IsProblem(HttpStatusCode.Gone, "link-closed");
        Assert.Contains("Ce lien a déjà servi", WebUtility.HtmlDecode((await host.Stranger.GetAsync("partenaire/" + token)).Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_without_a_token_gets_nothing()
    {
        var unknown = new string('A', 43);

        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.GetAsync("partenaire/" + unknown)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.GetAsync($"partenaire/{unknown}/fichiers/0")).Status);
        (await host.Stranger.PostAsync("api/partner-links/read", Body(unknown))).IsProblem(HttpStatusCode.NotFound, "unknown-link");
        (await host.Stranger.PostAsync("api/partner-links/answer", Body(unknown, "Accepter"))).IsProblem(HttpStatusCode.NotFound, "unknown-link");
        (await host.Stranger.UploadAsync("api/partner-links/files", "a.txt", [65])).IsProblem(HttpStatusCode.NotFound, "unknown-link");
        (await host.Stranger.PostAsync("api/partner-links/read", new JsonObject())).IsProblem(HttpStatusCode.NotFound, "unknown-link");
    }

    private static JsonObject Body(string token, string? action = null) => new() { ["token"] = token, ["actionKey"] = action };

    private async Task<string> AskAsync()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        var ask = Activity(
            "demander", "Cleiss.AwaitPartner",
            ("template", Literal("traduction/commande")), ("to", Literal("prestataire@exemple.fr")), ("title", Literal("Bon de commande d'essai")),
            ("outcomes", Input("Object", """["Accepter","Décliner"]""")), ("actionDefinitions", Input("Object", """[{"key":"Décliner","reasonRequired":true}]""")));
        var model = Definition(Sequence(ask)).With("definitionId", "lien-page");
        var saved = (await (await host.AsAsync("proprietaire")).PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true })).Ok();
        var version = (saved["workflowDefinition"] ?? saved)["id"]!.GetValue<string>();
        await host.Get<WorkflowRuntime>().StartAsync(new StartWorkflow(version, CorrelationId: opened.Id), CancellationToken.None);
        var mail = await opened.MailAsync("sent");
        return Regex.Match(mail["body"]!.GetValue<string>(), "/partenaire/(?<token>[A-Za-z0-9_-]{43})", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["token"].Value;
    }
}
