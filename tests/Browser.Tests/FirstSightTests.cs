using Cleiss.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>Every page that exists without a case, as the people who use it see it on a desk and on a phone.</summary>
public sealed class FirstSightTests(Product product) : IClassFixture<Product>
{
    [Theory]
    [InlineData(1440)]
    [InlineData(360)]
    public async Task A_visitor_can_sign_in_read_help_and_verify_a_document(int width)
    {
        await using var visitor = await product.OpenAsync(width);
        foreach (var (path, name) in new[]
        {
            ("/connexion", "connexion"), ("/aide", "aide"), ("/aide/tables-de-decision", "aide-tables-de-decision"), ("/verifier", "verifier"), ("/verifier?lang=ro", "verifier-ro"), ("/verifier/AAAA-BBBB-CCCC", "verifier-inconnu"),
        })
        {
            await visitor.Page.GotoAsync(path);
            await visitor.SeeAsync($"{name}-{width}");
        }
    }

    [Fact]
    public async Task The_sheet_of_every_procedure_is_printed_on_one_page()
    {
        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await agent.Page.GotoAsync("/procedures");
        var sheets = await agent.Page.Locator("main .plain-list a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.True(sheets.Length >= 8, $"{sheets.Length} procedures");
        await agent.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        foreach (var sheet in sheets)
        {
            await agent.Page.GotoAsync(sheet);
            var smallest = await agent.Page.EvaluateAsync<double>("Math.min(...Array.from(document.querySelectorAll('.one-page *'), one => parseFloat(getComputedStyle(one).fontSize)))");
            Assert.True(smallest * 72 / 96 >= 7.5, $"{sheet} is printed with letters of {smallest} px");
            var pdf = await agent.Page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true });
            var info = await new PrintedFile(pdf).InfoAsync();
            Assert.Matches(@"(?m)^Pages:\s+1$", info);
            Assert.Contains("A4", info, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(360)]
    public async Task An_officer_finds_every_page_of_the_left_column(int width)
    {
        await using var agent = await product.OpenAsync(width);
        await agent.SignInAsync("agent1");
        await agent.SeeAsync($"accueil-{width}");
        var links = await agent.Page.Locator("#navigation li a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        Assert.Contains("/dossiers/nouveau", links);
        foreach (var link in links)
        {
            var answer = await agent.Page.GotoAsync(link);
            Assert.Equal(200, answer!.Status);
            await agent.SeeAsync($"vide{link.Replace('/', '-')}-{width}");
        }
    }

    [Fact]
    public async Task The_slash_key_moves_to_the_search()
    {
        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await agent.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(agent.Page.Locator("#recherche")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task An_unknown_case_says_so_kindly()
    {
        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        var answer = await agent.Page.GotoAsync("/dossiers/inconnu");
        Assert.Equal(404, answer!.Status);
        await agent.SeeAsync("dossier-inconnu");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Ce dossier n'existe pas");

        answer = await agent.Page.GotoAsync("/nulle-part");
        Assert.Equal(404, answer!.Status);
        await agent.SeeAsync("adresse-inconnue");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Page introuvable");
    }
}
