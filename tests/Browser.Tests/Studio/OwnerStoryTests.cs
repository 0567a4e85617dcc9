using System.Text.Json;
using Cleiss.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>A process owner draws, runs and looks at a process in the real Elsa Studio, in French.</summary>
[Collection(StudioCollection.Name)]
public sealed class OwnerStoryTests(StudioProduct product)
{
    [Fact]
    public Task An_owner_draws_a_process_runs_it_and_reads_its_journal() => product.AsOwnerAsync(async studio =>
    {
        var page = studio.Page;
        await studio.SeeAsync("1-liste");

        // A name that is an English label of Studio stays what its author wrote.
        await studio.CreateAsync("Status", "Schéma");
        await studio.DropAsync("Début", 80, 120);
        await studio.DropAsync("Écrire une ligne", 330, 120);
        await studio.ConnectAsync(0, 1);
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await studio.SavedByAsync(() => Concepteur.FillAsync(page.Locator("body"), "Texte", "Bonjour"));
        await page.Locator(".mud-tab", new() { HasText = "Général" }).ClickAsync();
        await studio.SavedByAsync(() => Concepteur.FillAsync(page.Locator(".rz-splitter-vertical"), "Nom", "Name"));
        await Assertions.Expect(studio.Nodes.GetByText("Name", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".mud-dynamic-tabs .mud-tab").First).ToHaveTextAsync("Status");
        await studio.SeeAsync("2-schema");

        // Reloading leads back to the same process with everything in it.
        await page.ReloadAsync();
        await Assertions.Expect(studio.Nodes).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);

        await studio.Toolbar.Locator("button.mud-success-text").ClickAsync();
        await studio.Visitor.ArriveAsync(Concepteur.ViewerAddress());
        var journal = page.Locator(".mud-timeline-item-content");
        await Assertions.Expect(journal.GetByText("Name", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(journal.GetByText("Terminée").First).ToBeVisibleAsync();
        await Assertions.Expect(studio.Nodes).ToHaveCountAsync(2);
        await studio.SeeAsync("3-visualisation");

        await studio.TabAsync("Instances");
        await Assertions.Expect(page.Locator("tbody td[data-label=SubStatus]").First).ToHaveTextAsync("Terminée");
        await Assertions.Expect(page.Locator("tbody").GetByText("Status", new() { Exact = true }).First).ToBeVisibleAsync();
        await studio.SeeAsync("4-instances");
        await studio.TabAsync("Définitions");
        await studio.SearchAsync("Status");
        await Assertions.Expect(page.Locator("tbody").GetByText("Status", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("thead").GetByText("Nom", new() { Exact = true })).ToBeVisibleAsync();
        await studio.SeeAsync("5-liste");
    });

    [Fact]
    public Task An_owner_creates_the_other_kinds_and_no_name_twice() => product.AsOwnerAsync(async studio =>
    {
        var page = studio.Page;
        var sequence = Concepteur.NewName("Suite");
        await studio.CreateAsync(sequence, "Suite d’étapes");
        await Assertions.Expect(page.Locator(".mud-dynamic-tabs .mud-tab").First).ToHaveTextAsync(sequence);
        await studio.TabAsync("Définitions");
        await studio.CreateAsync(Concepteur.NewName("Machine"), "Machine à états");
        await Assertions.Expect(page.Locator(".state-machine-designer")).ToBeVisibleAsync();
        await studio.SeeAsync("machine-a-etats");

        await studio.TabAsync("Définitions");
        await page.GetByRole(AriaRole.Button, new() { Name = "Créer un processus" }).ClickAsync();
        await Concepteur.FillAsync(studio.Dialog, "Nom", sequence);
        await Assertions.Expect(studio.Dialog).ToContainTextAsync("Un processus porte déjà ce nom");
        await studio.SeeAsync("nom-deja-pris");
        await studio.Dialog.GetByRole(AriaRole.Button, new() { Name = "Annuler" }).ClickAsync();

        await studio.SearchAsync(sequence);
        await studio.RowMenuAsync(sequence, "Supprimer");
        await Assertions.Expect(studio.Dialog).ToContainTextAsync("Ce processus sera supprimé");
        await studio.Dialog.GetByRole(AriaRole.Button, new() { Name = "Supprimer" }).ClickAsync();
        await Assertions.Expect(page.Locator("tbody tr", new() { HasText = sequence })).ToHaveCountAsync(0);
        await studio.SeeAsync("supprime");
    });

    [Fact]
    public Task A_lost_sign_in_is_told_and_nothing_is_lost() => product.AsOwnerAsync(async studio =>
    {
        var page = studio.Page;

        // A token that is taken no longer is exchanged for a new one and the call made again: nobody notices.
        var search = page.GetByPlaceholder("Chercher par nom, description, identifiant");
        await page.RouteAsync("**/elsa/api/workflow-definitions?**", route => route.FulfillAsync(new() { Status = 401 }), new() { Times = 1 });
        await search.FillAsync("formulaire-de");
        await Assertions.Expect(page.GetByText("1-1 de 1")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Votre session est terminée" })).ToBeHiddenAsync();
        studio.DemandRefused(401);

        // The session ends on the server: the cookie is gone and the token is refused once.
        var cookies = await page.Context.CookiesAsync();
        await page.Context.ClearCookiesAsync();
        await page.RouteAsync("**/elsa/api/workflow-definitions?**", route => route.FulfillAsync(new() { Status = 401 }), new() { Times = 1 });
        await search.FillAsync("liaison");
        var told = page.GetByRole(AriaRole.Dialog, new() { Name = "Votre session est terminée" });
        await Assertions.Expect(told).ToContainTextAsync("Rien n’est perdu");
        studio.DemandRefused(401);

        await page.Context.AddCookiesAsync(cookies.Select(cookie => new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path }));
        await told.GetByRole(AriaRole.Button, new() { Name = "J’ai terminé, reprendre" }).ClickAsync();
        await Assertions.Expect(told).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await studio.SeeAsync("session-reprise");
    });

    [Fact]
    public void The_dictionary_is_whole_and_says_each_thing_once()
    {
        using var dictionary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFolder.Path, "src", "Studio", "wwwroot", "concepteur", "textes-fr.json")));
        var texts = dictionary.RootElement.GetProperty("texts").EnumerateObject().ToList();

        Assert.True(texts.Count >= 250, $"{texts.Count} texts");
        Assert.Empty(texts.GroupBy(text => text.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(dictionary.RootElement.EnumerateObject().SelectMany(part => part.Value.EnumerateObject()), text => Assert.False(string.IsNullOrWhiteSpace(text.Value.GetString()), text.Name));
    }
}
