using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>What nobody types but programs send: it is the sender's mistake, never ours.</summary>
[Collection(HostCollection.Name)]
public sealed class OddInputTests(HostFixture host)
{
    [Theory]
    [InlineData("api/cases?q=%00")]
    [InlineData("api/cases/%00")]
    [InlineData("api/documents/a%00b/content")]
    [InlineData("elsa/api/user-tasks?search=%00")]
    [InlineData("workflows/x%00?correlationId=%00")]
    public async Task A_NUL_in_an_address_is_refused(string path) =>
        Assert.True((await (await host.AsAsync("proprietaire")).GetAsync(path)).Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound);

    [Theory]
    [InlineData("dossiers?q=%00")]
    [InlineData("documents?q=%00")]
    [InlineData("taches?q=%00")]
    public async Task A_NUL_in_the_search_of_a_page_is_refused(string path)
    {
        using var browser = new Caller(host.Address);
        await SignInTests.SignInAsync(browser, "agent1", "cleiss-demo", "/");

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("2147483647")]
    [InlineData("99999999999")]
    [InlineData("-5")]
    public async Task Any_page_number_shows_a_page(string page)
    {
        using var browser = new Caller(host.Address);
        await SignInTests.SignInAsync(browser, "agent1", "cleiss-demo", "/");

        foreach (var list in new[] { "dossiers", "documents", "taches", "courriers" })
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"{list}?page={page}")).Status);
        }
    }

    [Theory]
    [InlineData("api/cases")]
    [InlineData("api/documents")]
    [InlineData("api/mails")]
    public async Task A_page_far_beyond_the_last_is_empty(string path) =>
        Assert.Empty((await (await host.AsAsync("agent1")).GetAsync(path + "?page=2147483647")).Ok()["items"]!.AsArray());

    [Theory]
    [InlineData("""{"input":{"accord":"MD","accord":"RO"}}""")]
    [InlineData("""{"input":{"accord":"MD","formulaire":"se-151-08","nomNaissance":"\ud800"}}""")]
    [InlineData("""{"input":{"accord":"M\u0000D","formulaire":"se-151-08\u0000"}}""")]
    [InlineData("""{"input":{},"operationId":"a\u0000b"}""")]
    public async Task A_case_is_not_opened_with_text_that_cannot_be_kept(string body)
    {
        var refused = await (await host.AsAsync("agent1")).SendAsync(HttpMethod.Post, LiaisonCase.Cases, Json(body));

        Assert.True(refused.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, refused.Text);
    }

    [Fact]
    public async Task Strangers_get_no_further_with_a_NUL()
    {
        var login = await host.Stranger.SendAsync(HttpMethod.Post, "elsa/api/identity/login", Json("""{"username":"a\u0000b","password":"x"}"""));
        var form = await host.Stranger.SendAsync(
            HttpMethod.Post, "connexion", new StringContent("identifiant=%00&motDePasse=x", Encoding.ASCII, "application/x-www-form-urlencoded"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (login.Status, form.Status));
    }

    [Fact]
    public async Task A_cursor_beyond_all_numbers_is_refused() =>
        (await (await host.AsAsync("agent1")).GetAsync("elsa/api/user-tasks?cursor=" + Convert.ToBase64String("999999999999"u8)))
            .IsRefused(HttpStatusCode.UnprocessableEntity, "invalid-cursor");

    [Fact]
    public async Task An_upload_that_breaks_off_or_has_no_form_is_told_so_and_not_that_it_is_too_large()
    {
        var agent = await host.AsAsync("agent1");

        (await agent.SendAsync(HttpMethod.Post, "api/files", Multipart("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc", "b")))
            .IsProblem(HttpStatusCode.BadRequest, "file-unreadable");
        (await agent.SendAsync(HttpMethod.Post, "api/files", Multipart("abc", null))).IsProblem(HttpStatusCode.BadRequest, "file-unreadable");
        (await agent.SendAsync(HttpMethod.Post, "api/files", Multipart($"--b\r\nContent-Disposition: form-data; name=\"{new string('n', 40_000)}\"\r\n\r\nabc\r\n--b--", "b")))
            .IsProblem(HttpStatusCode.BadRequest, "file-unreadable");
    }

    [Fact]
    public async Task A_search_finds_the_signs_that_mean_something_to_the_database()
    {
        var opened = await LiaisonCase.OpenAsync(host);
        await host.CountAsync($"with u as (update cases set last_name = 'A_B%C\\D' where id = '{opened.Id}' returning 1) select count(*) from u");
        using var browser = new Caller(host.Address);
        await SignInTests.SignInAsync(browser, "agent1", "cleiss-demo", "/");
        var agent = await host.AsAsync("agent1");

        foreach (var typed in new[] { "A_B", "B%C", "C\\D" })
        {
            var asked = Uri.EscapeDataString(typed);
            Assert.Equal(opened.Id, Assert.Single((await agent.GetAsync("api/cases?q=" + asked)).Ok()["items"]!.AsArray())!["id"]!.GetValue<string>());
            Assert.Single((await agent.GetAsync($"elsa/api/user-tasks?scope=all&search={asked}")).Ok()["items"]!.AsArray());
            Assert.Contains(opened.Id, (await browser.GetAsync("dossiers?q=" + asked)).Text, StringComparison.Ordinal);
        }

        Assert.Empty((await agent.GetAsync("api/cases?q=A%25B%25C")).Ok()["items"]!.AsArray());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static StringContent Multipart(string body, string? boundary)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("multipart/form-data");
        if (boundary is not null)
        {
            content.Headers.ContentType.Parameters.Add(new NameValueHeaderValue("boundary", boundary));
        }

        return content;
    }
}
