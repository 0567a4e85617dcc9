using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Cleiss.Host.Hosting;
using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>A public address with a path: https://portail.example/liaison.</summary>
[Collection(HostCollection.Name)]
public sealed class PublicPrefixTests(HostFixture host)
{
    private const string Prefix = "/liaison";

    [Fact]
    public async Task Everything_stays_below_the_path_of_the_public_address()
    {
        await using var product = await StartAsync();
        using var passed = new Caller(new Uri(product.Address));
        using var taken = new Caller(new Uri(product.Address));

        // The proxy passes the path on, or takes it away: what people are sent is the same.
        foreach (var (caller, path) in new[] { (passed, "liaison/"), (taken, "") })
        {
            var page = await caller.GetAsync(path + "connexion");
            Assert.Equal(HttpStatusCode.OK, page.Status);
            AssertBelow(page.Text);
            Assert.Contains($"path={Prefix}", page.Headers["Set-Cookie"], StringComparison.OrdinalIgnoreCase);
            var away = await caller.GetAsync(path + "dossiers?q=a");
            Assert.Equal(HttpStatusCode.Redirect, away.Status);
            Assert.StartsWith($"{Prefix}/connexion?retour=", new Uri(new Uri(product.Address), away.Location).PathAndQuery, StringComparison.Ordinal);

            var token = Regex.Match(page.Text, "name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["token"].Value;
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = token,
                ["identifiant"] = "proprietaire",
                ["motDePasse"] = "cleiss-demo",
                ["retour"] = "",
            });
            var signedIn = await caller.SendAsync(HttpMethod.Post, path + "connexion", form);
            Assert.StartsWith(Prefix, signedIn.Location, StringComparison.Ordinal);
        }

        (await passed.SignInAsync("proprietaire")).Dispose();
    }

    [Fact]
    public async Task The_designer_and_its_files_work_below_the_path()
    {
        await using var product = await StartAsync();
        using var caller = new Caller(new Uri(new Uri(product.Address), Prefix.TrimStart('/') + "/"));
        await caller.SignInAsync("proprietaire");

        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("studio/_framework/blazor.webassembly.js")).Status);
        Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("_content/Cleiss.Studio/concepteur/concepteur.js")).Status);
        Assert.NotEmpty((await caller.GetAsync("elsa/api/workflow-definitions")).Ok()["items"]!.AsArray());
        var redirected = await caller.GetAsync("studio");
        Assert.Equal($"{Prefix}/studio/workflows/definitions", redirected.Location);
        var page = await caller.GetAsync("studio/workflows/definitions");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains($"<base href=\"{Prefix}/studio/\"", page.Text, StringComparison.Ordinal);
        AssertBelow(page.Text);
    }

    [Theory]
    [InlineData("/studio/_framework/../package.json")]
    [InlineData("/studio/_framework/..%2f..%2f..%2fpackage.json")]
    [InlineData("/studio/_framework/%2e%2e/%2e%2e/package.json")]
    [InlineData("/studio/_content/..%5c..%5cpackage.json")]
    [InlineData("/studio/_content//etc/passwd")]
    [InlineData("/studio/_content/..;/..;/etc/passwd")]
    [InlineData("/studio/package.json")]
    [InlineData("/studio/index.html")]
    [InlineData("/studio/_framework/blazor.boot.json%00.js")]
    public async Task No_address_of_Studios_files_leads_out_of_its_package(string path)
    {
        // Byte for byte: a client of .NET would tidy the address up.
        using var client = new TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);

        var answer = await reader.ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 (400|401|403|404|302) ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"dependencies\"", answer, StringComparison.Ordinal);
    }

    private Task<HostApplication> StartAsync() => HostApplication.StartAsync(
        [.. HostFixture.Settings("Demo", host.ConnectionString, demo: true).Where(setting => !setting.StartsWith("--PublicUrl", StringComparison.Ordinal)), $"--PublicUrl=https://portail.example{Prefix}"],
        _ => { });

    private static void AssertBelow(string page)
    {
        var links = Regex.Matches(page, "\\s(?:href|src|action|formaction)=\"(?<link>/[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(match => match.Groups["link"].Value).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Matches($"^{Prefix}(/(?!liaison)|$)", link));
    }
}
