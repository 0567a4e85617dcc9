using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cleiss.Host.Hosting;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>Two Studio pages over one definition; each names itself in a header.</summary>
[Collection(HostCollection.Name)]
public sealed class TwoOwnersTests(HostFixture host)
{
    private const string Base = "elsa/api/workflow-definitions";

    [Fact]
    public async Task The_second_to_save_is_told_and_nothing_is_overwritten()
    {
        var owner = await host.AsAsync("proprietaire");
        await SaveAsync(owner, "page-creation", Model("deux-mains", "début"));
        await OpenAsync(owner, "page-premiere", "deux-mains");
        await OpenAsync(owner, "page-seconde", "deux-mains");
        (await SaveAsync(owner, "page-premiere", Model("deux-mains", "première"))).Ok();
        // One page saves as often as it likes: what it saved is what it shows.
        (await SaveAsync(owner, "page-premiere", Model("deux-mains", "première, encore"))).Ok();

        var refused = await SaveAsync(owner, "page-seconde", Model("deux-mains", "seconde"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        var text = Assert.Single(refused.Body!["errors"]!.AsObject().Single().Value!.AsArray())!.GetValue<string>();
        Assert.Contains("Rouvrez la procédure", text, StringComparison.Ordinal);
        Assert.Contains("dans une autre fenêtre", text, StringComparison.Ordinal);
        Assert.Equal("première, encore", await TextAsync(owner, "deux-mains"));
        var published = await SaveAsync(owner, "page-seconde", Model("deux-mains", "seconde"), publish: true);
        Assert.Equal(HttpStatusCode.BadRequest, published.Status);
        Assert.False((await owner.GetAsync($"{Base}/by-definition-id/deux-mains")).Ok()["isPublished"]!.GetValue<bool>());

        await OpenAsync(owner, "page-seconde", "deux-mains");
        (await SaveAsync(owner, "page-seconde", Model("deux-mains", "seconde"))).Ok();
        Assert.Equal("seconde", await TextAsync(owner, "deux-mains"));
    }

    [Fact]
    public async Task Pages_of_two_hosts_are_judged_alike_and_a_program_is_not_judged()
    {
        var owner = await host.AsAsync("proprietaire");
        await using var other = await HostApplication.StartAsync(HostFixture.Settings("Demo", host.ConnectionString, demo: true), _ => { });
        using var elsewhere = await new Caller(new Uri(other.Address)).SignInAsync("proprietaire");
        (await SaveAsync(owner, "page-hote-a", Model("deux-hôtes", "a"))).Ok();
        await OpenAsync(elsewhere, "page-hote-b", "deux-hôtes");

        // The balancer sends a page's next save to another host than the one that showed it the definition.
        (await SaveAsync(elsewhere, "page-hote-a", Model("deux-hôtes", "a2"))).Ok();
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync(owner, "page-hote-b", Model("deux-hôtes", "b"))).Status);
        (await SaveAsync(owner, null, Model("deux-hôtes", "programme"))).Ok();
        Assert.Equal("programme", await TextAsync(elsewhere, "deux-hôtes"));
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync(owner, "page-hote-a", Model("deux-hôtes", "a3"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync(owner, "court", Model("deux-hôtes", "x"))).Status);
    }

    [Fact]
    public async Task Saves_that_one_page_sends_at_once_all_come_through()
    {
        var owner = await host.AsAsync("proprietaire");
        (await SaveAsync(owner, "page-rapide", Model("rafale", "0"))).Ok();

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => SaveAsync(owner, "page-rapide", Model("rafale", $"{i}"))));

        Assert.All(answers, answer => answer.Ok());
    }

    [Fact]
    public async Task Publishing_retracting_and_going_back_leave_the_page_that_did_it_up_to_date()
    {
        var owner = await host.AsAsync("proprietaire");
        (await SaveAsync(owner, "page-entiere", Model("cycle", "un"), publish: true)).Ok();
        (await SaveAsync(owner, "page-entiere", Model("cycle", "deux"))).Ok();
        (await owner.SendAsync(HttpMethod.Post, $"{Base}/cycle/publish", JsonContent.Create(new JsonObject()), ("X-Cleiss-Page", "page-entiere"))).Ok();
        (await owner.SendAsync(HttpMethod.Post, $"{Base}/cycle/retract", JsonContent.Create(new JsonObject()), ("X-Cleiss-Page", "page-entiere"))).Ok();
        (await owner.SendAsync(HttpMethod.Post, $"{Base}/cycle/revert/1", JsonContent.Create(new JsonObject()), ("X-Cleiss-Page", "page-entiere"))).Ok();
        (await SaveAsync(owner, "page-entiere", Model("cycle", "trois"))).Ok();
    }

    private static JsonObject Model(string definitionId, string text) => Definition(Sequence(Line("l", text))).With("definitionId", definitionId).With("name", definitionId);

    private static async Task OpenAsync(Caller owner, string page, string definitionId) =>
        (await owner.SendAsync(HttpMethod.Get, $"{Base}/by-definition-id/{definitionId}?versionOptions=Latest", null, ("X-Cleiss-Page", page))).Ok();

    private static Task<Answer> SaveAsync(Caller owner, string? page, JsonObject model, bool publish = false) => owner.SendAsync(
        HttpMethod.Post, Base, JsonContent.Create(new JsonObject { ["model"] = model, ["publish"] = publish }), page is null ? [] : [("X-Cleiss-Page", page)]);

    private static async Task<string> TextAsync(Caller owner, string definitionId) =>
        (await owner.GetAsync($"{Base}/by-definition-id/{definitionId}")).Ok()["root"]!["activities"]![0]!["text"]!["expression"]!["value"]!.GetValue<string>();
}
