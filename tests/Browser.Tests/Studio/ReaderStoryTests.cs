using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>Who may look only changes nothing; who may not look does not get in.</summary>
public sealed class ReaderStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task Who_may_only_read_sees_everything_and_changes_nothing()
    {
        await using var visitor = await product.OpenAsync();
        await visitor.SignInAsync("admin");
        var studio = new Concepteur(visitor);
        var page = studio.Page;
        await studio.OpenListAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Créer un processus" })).ToBeDisabledAsync();
        await studio.SeeAsync("lecture-liste");

        await page.Locator("tbody").GetByText("formulaire-de-liaison").ClickAsync();
        await Assertions.Expect(studio.Nodes.First).ToBeAttachedAsync();
        await Assertions.Expect(page.GetByText("Vous consultez en lecture seule").Or(page.GetByText("est en lecture seule")).First).ToBeVisibleAsync();
        await studio.SeeAsync("lecture-schema");
    }

    [Fact]
    public async Task Without_the_role_nobody_gets_in()
    {
        await using var stranger = await product.OpenAsync();
        await stranger.Page.GotoAsync("/studio/workflows/instances");
        await Assertions.Expect(stranger.Page.GetByLabel("Nom d'utilisateur")).ToBeVisibleAsync();

        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Link, new() { Name = "Concepteur" })).ToHaveCountAsync(0);
        await agent.Page.GotoAsync("/studio/workflows/definitions");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Accès réservé");
        await agent.SeeAsync("concepteur-refuse");
    }
}
