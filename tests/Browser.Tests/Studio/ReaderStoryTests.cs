using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>Who may look only changes nothing; who may not look does not get in.</summary>
[Collection(StudioCollection.Name)]
public sealed class ReaderStoryTests(StudioProduct product)
{
    [Fact]
    public async Task Who_may_only_read_sees_everything_and_changes_nothing()
    {
        await using var visitor = await product.OpenAsync();
        await visitor.SignInAsync("admin");
        var studio = new Concepteur(visitor);
        var page = studio.Page;
        await studio.TellAsync("lecture", async () =>
        {
            await studio.StartAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Créer un processus" })).ToBeDisabledAsync();
            await studio.SeeAsync("lecture-liste");

            await studio.OpenAsync("formulaire-de-liaison");
            await Assertions.Expect(page.GetByText("Vous consultez en lecture seule").Or(page.GetByText("est en lecture seule")).First).ToBeVisibleAsync();
            await studio.SeeAsync("lecture-schema");
        });
    }

    [Fact]
    public async Task Without_the_role_nobody_gets_in()
    {
        await using var stranger = await product.OpenAsync();
        await stranger.GoAsync("/studio/workflows/instances");
        await Assertions.Expect(stranger.Page.GetByLabel("Nom d'utilisateur")).ToBeVisibleAsync();

        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Link, new() { Name = "Concepteur" })).ToHaveCountAsync(0);
        await agent.GoAsync("/studio/workflows/definitions");
        await Assertions.Expect(agent.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Accès réservé");
        await agent.SeeAsync("concepteur-refuse");
    }
}
