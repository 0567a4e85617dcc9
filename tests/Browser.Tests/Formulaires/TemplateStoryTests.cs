using Cleiss.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Formulaires;

/// <summary>A process owner changes what is printed: sees it as one types, is told a mistake with its line, publishes, and goes back.</summary>
[Collection(ConceptionCollection.Name)]
public sealed class TemplateStoryTests(Product product)
{
    private const string Code = "formulaire-de-liaison/bordereau";

    [Fact]
    public async Task An_owner_changes_a_template_and_cannot_publish_one_that_does_not_print()
    {
        await using var owner = await product.OpenAsync();
        await owner.SignInAsync("proprietaire");
        var page = owner.Page;
        await page.GotoAsync("/modeles");
        await owner.SeeAsync("modeles-1-liste");
        await page.GetByRole(AriaRole.Link, new() { Name = Code, Exact = true }).ClickAsync();
        var source = page.Locator("textarea[data-fichier$='.typ']");
        var picture = page.Locator("[data-apercu] img");
        await Assertions.Expect(picture).ToBeVisibleAsync();
        await owner.SeeAsync("modeles-2-source");
        var kept = await source.InputValueAsync();
        var before = await picture.GetAttributeAsync("src");

        // The preview follows the typing; what cannot be printed is told with its line, and the last good picture stays.
        await source.FillAsync(kept + "\n#strong[Merci de vérifier chaque pièce.]\n");
        await Assertions.Expect(page.Locator("[data-etat]")).ToContainTextAsync("L’aperçu est à jour.");
        Assert.NotEqual(before, await picture.GetAttributeAsync("src"));
        var lines = kept.Split('\n').Length;
        await source.FillAsync(kept + "\n#read(\"/etc/passwd\")\n");
        var mistake = page.Locator("[data-problemes]").GetByRole(AriaRole.Link, new() { Name = $"bordereau.typ, ligne {lines + 1}" });
        await Assertions.Expect(mistake).ToBeVisibleAsync();
        await owner.SeeAsync("modeles-3-erreur");
        await mistake.ClickAsync();
        await Assertions.Expect(source).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publier le modèle" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Le modèle n'est pas publié : il ne se compose pas.");
        await Assertions.Expect(source).ToHaveValueAsync(kept + "\n#read(\"/etc/passwd\")\n");

        // What is published prints, and its history tells the two texts apart.
        await source.FillAsync(kept + "\n#strong[Merci de vérifier chaque pièce.]\n");
        await Assertions.Expect(page.Locator("[data-etat]")).ToContainTextAsync("L’aperçu est à jour.");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Télécharger l'aperçu en PDF" }).ClickAsync());
        Assert.Contains("Merci de vérifier chaque pièce.", await new PrintedFile(await File.ReadAllBytesAsync(await download.PathAsync())).TextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Publier le modèle" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("est en service");
        await page.GetByRole(AriaRole.Link, new() { Name = "Voir les versions" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Merci de vérifier chaque pièce.");
        await owner.SeeAsync("modeles-4-versions");

        // A lawyer reads and tries it out; an officer has no business here.
        await using var reader = await product.OpenAsync(360, 740);
        await reader.SignInAsync("juriste");
        await reader.Page.GotoAsync("/modeles/" + Code);
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Essayer sans enregistrer" })).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Publier le modèle" })).ToHaveCountAsync(0);
        await reader.SeeAsync("modeles-5-lecture-360");
        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        Assert.Equal(403, (await agent.Page.GotoAsync("/modeles/" + Code))!.Status);
    }
}
