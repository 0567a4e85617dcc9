using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class SignInTests(HostFixture host)
{
    [Theory]
    [InlineData("budget", "wrong")]
    [InlineData("nobody", "cleiss-demo")]
    public async Task A_program_with_the_wrong_password_learns_only_that(string user, string password)
    {
        var body = (await LoginAsync(user, password)).Ok();

        Assert.False(body["isAuthenticated"]!.GetValue<bool>());
        Assert.Null(body["accessToken"]);
        Assert.Null(body["refreshToken"]);
    }

    [Fact]
    public async Task A_token_opens_the_api_and_the_refresh_token_brings_another()
    {
        var first = (await LoginAsync("agent2", "cleiss-demo")).Ok();
        var refreshed = (await RefreshAsync(first["refreshToken"]!.GetValue<string>())).Ok();
        var misused = (await RefreshAsync(first["accessToken"]!.GetValue<string>())).Ok();
        using var caller = new Caller(host.Address);
        caller.UseToken(refreshed["accessToken"]!.GetValue<string>());
        var session = (await caller.GetAsync("api/session")).Ok();

        Assert.Equal("agent2", session["id"]!.GetValue<string>());
        Assert.Equal("Karim Benali", session["name"]!.GetValue<string>());
        Assert.False(misused["isAuthenticated"]!.GetValue<bool>());
        caller.UseToken(refreshed["refreshToken"]!.GetValue<string>());
        (await caller.GetAsync("api/session")).IsProblem(HttpStatusCode.Unauthorized, "not-signed-in");
    }

    [Fact]
    public async Task After_five_failures_even_the_right_password_waits()
    {
        for (var i = 0; i < 5; i++)
        {
            await LoginAsync("comptable", "wrong");
        }

        Assert.False((await LoginAsync("comptable", "cleiss-demo")).Ok()["isAuthenticated"]!.GetValue<bool>());
        Assert.True((await LoginAsync("reviseur", "cleiss-demo")).Ok()["isAuthenticated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Guessing_from_one_address_behind_the_proxy_holds_up_nobody_elsewhere()
    {
        for (var i = 0; i < 5; i++)
        {
            await LoginAsync("sdl2", "wrong", "203.0.113.1");
        }

        // What stands before the proxy's own word anybody may have written.
        Assert.False((await LoginAsync("sdl2", "cleiss-demo", "203.0.113.2, 203.0.113.1")).Ok()["isAuthenticated"]!.GetValue<bool>());
        Assert.True((await LoginAsync("sdl2", "cleiss-demo", "203.0.113.2")).Ok()["isAuthenticated"]!.GetValue<bool>());
        Assert.True((await LoginAsync("traducteur", "cleiss-demo", "203.0.113.1")).Ok()["isAuthenticated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Cookies_are_secure_and_browsers_kept_on_https_at_the_public_address()
    {
        using var newcomer = new Caller(host.Address);
        var outside = await newcomer.SendAsync(HttpMethod.Get, "connexion", null, ("Host", "liaison.cleiss.example"));
        var inside = await host.Stranger.GetAsync("connexion");

        Assert.Contains("secure", outside.Headers["Set-Cookie"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age", outside.Headers["Strict-Transport-Security"], StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", inside.Headers.Keys);
        Assert.Equal(HttpStatusCode.OK, inside.Status);
    }

    [Theory]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("/dossiers/\r\nX: y", "/")]
    [InlineData("/dossiers?q=été d", "/dossiers?q=%C3%A9t%C3%A9%20d")]
    public async Task An_odd_return_address_leads_to_a_page_of_ours(string asked, string expected)
    {
        using var browser = new Caller(host.Address);

        var answer = await SignInAsync(browser, "agent1", "cleiss-demo", asked);

        Assert.Equal((HttpStatusCode.Redirect, expected), (answer.Status, answer.Location));
    }

    [Fact]
    public async Task What_the_api_answers_stays_in_no_cache()
    {
        var agent = await host.AsAsync("agent1");
        var owner = await host.AsAsync("proprietaire");

        Assert.Equal("no-store", (await agent.GetAsync("api/cases")).Headers["Cache-Control"]);
        Assert.Equal("no-store", (await agent.GetAsync("elsa/api/user-tasks")).Headers["Cache-Control"]);
        Assert.Equal("no-cache, private", (await owner.GetAsync("elsa/api/descriptors/activities")).Headers["Cache-Control"]);
    }

    [Fact]
    public async Task A_person_signs_in_by_the_form_and_comes_back_to_the_page()
    {
        using var browser = new Caller(host.Address);
        var signedIn = await SignInAsync(browser, "agent1", "cleiss-demo", "/dossiers");

        Assert.Equal((HttpStatusCode.Redirect, "/dossiers"), (signedIn.Status, signedIn.Location));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("dossiers")).Status);
        Assert.Equal("agent1", (await browser.GetAsync("api/session")).Ok()["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_form_refuses_a_wrong_password_a_foreign_page_and_a_foreign_return_address()
    {
        using var browser = new Caller(host.Address);
        var wrong = await SignInAsync(browser, "budget", "wrong", "/");
        var foreign = await browser.SendAsync(HttpMethod.Post, "connexion", Form(("identifiant", "agent1"), ("motDePasse", "cleiss-demo")));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("dossiers")).Status);
        var elsewhere = await SignInAsync(browser, "agent1", "cleiss-demo", "//evil.example/");

        Assert.Equal("/connexion?erreur=identifiants", wrong.Location);
        Assert.Equal("/connexion?erreur=page-expiree", foreign.Location);
        Assert.Equal("/", elsewhere.Location);
    }

    [Fact]
    public async Task A_cookie_alone_changes_nothing_under_api_and_opens_nothing_under_elsa()
    {
        using var browser = new Caller(host.Address);
        await SignInAsync(browser, "agent1", "cleiss-demo", "/");
        var before = await host.CountAsync("select count(*) from cases");

        (await browser.PostAsync(LiaisonCase.Cases, LiaisonCase.Opening())).IsProblem(HttpStatusCode.BadRequest, "antiforgery");
        (await browser.SendAsync(HttpMethod.Post, LiaisonCase.Cases, JsonContent.Create(LiaisonCase.Opening()), ("X-CSRF-TOKEN", "guessed")))
            .IsProblem(HttpStatusCode.BadRequest, "antiforgery");
        (await browser.SendAsync(HttpMethod.Post, LiaisonCase.Cases, JsonContent.Create(LiaisonCase.Opening()), ("Authorization", "Basic eDp5")))
            .IsProblem(HttpStatusCode.BadRequest, "antiforgery");
        Assert.Equal(before, await host.CountAsync("select count(*) from cases"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("elsa/api/user-tasks")).Status);

        var token = (await browser.GetAsync("api/session")).Ok()["antiforgeryToken"]!.GetValue<string>();
        var opened = await browser.SendAsync(HttpMethod.Post, LiaisonCase.Cases, JsonContent.Create(LiaisonCase.Opening()), ("X-CSRF-TOKEN", token));
        Assert.Equal(HttpStatusCode.Created, opened.Status);

        var exchanged = (await browser.SendAsync(HttpMethod.Post, "api/session/token", null, ("X-CSRF-TOKEN", token))).Ok();
        using var program = new Caller(host.Address);
        program.UseToken(exchanged["accessToken"]!.GetValue<string>());
        (await program.GetAsync("elsa/api/user-tasks")).Ok();
    }

    [Fact]
    public async Task A_role_without_the_permission_is_refused()
    {
        var admin = await host.AsAsync("admin");
        var agent = await host.AsAsync("agent1");

        (await admin.PostAsync(LiaisonCase.Cases, LiaisonCase.Opening())).IsProblem(HttpStatusCode.Forbidden, "not-allowed");
        (await agent.PostAsync("api/clock/advance", new JsonObject { ["by"] = "1.00:00:00" })).IsProblem(HttpStatusCode.Forbidden, "not-allowed");
        Assert.Equal(HttpStatusCode.Forbidden, (await agent.GetAsync("elsa/api/workflow-definitions")).Status);
    }

    /// <param name="chain">What the proxy on this machine says the request came through.</param>
    private Task<Answer> LoginAsync(string user, string password, string chain = "203.0.113.200") => host.Stranger.SendAsync(
        HttpMethod.Post,
        "elsa/api/identity/login",
        JsonContent.Create(new JsonObject { ["username"] = user, ["password"] = password }),
        ("X-Forwarded-For", chain));

    private Task<Answer> RefreshAsync(string token) =>
        host.Stranger.SendAsync(HttpMethod.Post, "elsa/api/identity/refresh-token", null, ("Authorization", new AuthenticationHeaderValue("Bearer", token).ToString()));

    internal static async Task<Answer> SignInAsync(Caller browser, string user, string password, string back)
    {
        var page = (await browser.GetAsync("connexion")).Text;
        var token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["token"].Value;
        Assert.NotEqual("", token);
        return await browser.SendAsync(
            HttpMethod.Post, "connexion", Form(("identifiant", user), ("motDePasse", password), ("retour", back), ("__RequestVerificationToken", token)));
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
