using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>What runs: seen live, with its incidents, found by every filter, cancelled, deleted and brought back, with nothing of a person in it.</summary>
[Collection(StudioCollection.Name)]
public sealed class InstanceStoryTests(StudioProduct product)
{
    private const string Nir = "1 85 05 78 006 084 36";

    [Fact]
    public Task A_run_is_watched_live_and_shows_no_personal_number() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var name = Concepteur.NewName("Attente");
        var signal = name.Replace(' ', '-');
        var panne = Activity("Panne", "Elsa.WriteLine", ("text", Input("JavaScript", $"(() => {{ throw new Error('Refusé pour {Nir}') }})()", "String")));
        var flow = Flowchart([Placed(Line("Début", $"Dossier {Nir}"), 0, 0), Placed(Event("Réponse", signal), 260, 0), Placed(Line("Suite", "suite"), 520, 0), Placed(panne, 260, 180)],
            "Début>Réponse", "Réponse>Suite", "Début>Panne");
        var model = Definition(flow, Variable("Pays", value: "MD"), Variable("nir", value: Nir), Variable("Note", value: $"NIR {Nir}"));
        model["name"] = name;
        model["definitionId"] = signal;
        await elsa.SaveAsync(model, publish: true);

        var page = studio.Page;
        await studio.OpenAsync(signal);
        await Assertions.Expect(studio.Nodes).ToHaveCountAsync(4);
        await studio.Toolbar.Locator("button.mud-success-text").ClickAsync();
        await studio.Visitor.ArriveAsync(Concepteur.ViewerAddress());
        var journal = page.Locator(".mud-timeline-item-content");
        await Assertions.Expect(journal.GetByText("Réponse", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(studio.Nodes.Nth(1).Locator(".mud-badge.mud-theme-warning")).ToBeAttachedAsync();
        await Assertions.Expect(studio.Nodes.Nth(3).Locator(".mud-badge.mud-theme-error")).ToBeAttachedAsync();
        await Assertions.Expect(journal.GetByText("Suite", new() { Exact = true })).ToHaveCountAsync(0);

        // Somebody else's answer arrives: the page, once it listens, shows it by itself.
        await studio.QuietAsync();
        using (var operations = await ElsaCalls.OfAsync(product, "admin"))
        {
            await operations.PostAsync($"events/{signal}/trigger", new JsonObject());
        }

        await Assertions.Expect(journal.GetByText("Suite", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(studio.Nodes.Nth(2).Locator(".mud-badge.mud-theme-success")).ToBeAttachedAsync();
        await studio.SeeAsync("en-direct");

        await Concepteur.PaneTabAsync(studio.Beside, "Incidents");
        await Assertions.Expect(studio.Beside).ToContainTextAsync("Refusé pour •••");
        await studio.SeeAsync("incidents");
        await Concepteur.PaneTabAsync(studio.Beside, "Variables");
        await Assertions.Expect(studio.Beside).ToContainTextAsync("NIR •••");
        await Assertions.Expect(studio.Beside).ToContainTextAsync("MD");
        await Assertions.Expect(studio.Beside).Not.ToContainTextAsync("85 05 78");
        await Concepteur.PaneTabAsync(studio.Beside, "Entrées et sorties");
        await Assertions.Expect(studio.Beside).ToContainTextAsync("Aucune entrée");

        // One execution in full, and the calls that led to it.
        await journal.GetByText("Début", new() { Exact = true }).First.ClickAsync();
        await Assertions.Expect(studio.Below).ToContainTextAsync("•••");
        await Concepteur.PaneTabAsync(studio.Below, "Exécutions");
        await Assertions.Expect(studio.Below.Locator("tbody")).ToContainTextAsync("Terminée");
        await studio.Below.Locator("tbody tr").First.ClickAsync();
        await Assertions.Expect(page.Locator(".mud-drawer--open").Last).ToContainTextAsync("Dossier •••");
        await studio.SeeAsync("execution");
        await page.Mouse.ClickAsync(20, 400);
        await Concepteur.PaneTabAsync(page.Locator("elsa-workflow-instance-viewer"), "Enchaînement des appels");
        await Assertions.Expect(page.Locator(".rz-splitter-pane").First).ToContainTextAsync("Début");
        await studio.SeeAsync("appels");
        Assert.DoesNotContain("85 05 78", await page.Locator("elsa-workflow-instance-viewer").InnerTextAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Instances_are_found_cancelled_deleted_and_brought_back() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var name = Concepteur.NewName("Instances");
        var key = name.Replace(' ', '-');
        var model = Definition(Flowchart([Line("Début", "a"), Event("Attente", key)], "Début>Attente"));
        model["name"] = name;
        model["definitionId"] = key;
        await elsa.SaveAsync(model, publish: true);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await elsa.RunAsync(key));
        }

        var page = studio.Page;
        var list = page.Locator("elsa-workflow-instance-list");
        var rows = list.Locator("tbody tr[class]");
        var none = list.GetByText("Aucune instance ne correspond.");
        await studio.TabAsync("Instances");
        await Assertions.Expect(list.GetByText(ids[0])).ToBeVisibleAsync();

        // By process, by state, by incidents, by date, by id.
        await FilterAsync("Processus", name);
        await FilterAsync("Statut détaillé", "En attente");
        await FilterAsync("Statut", "En cours");
        await studio.ChooseAsync(list, "Avec incidents", "Oui");
        await Assertions.Expect(none).ToBeVisibleAsync();
        await studio.ChooseAsync(list, "Avec incidents", "Non");
        await Assertions.Expect(rows).ToHaveCountAsync(ids.Count);
        await list.GetByRole(AriaRole.Button, new() { Name = "Filtrer par date" }).ClickAsync();
        await studio.Floating.GetByRole(AriaRole.Button, new() { Name = "Ajouter" }).ClickAsync();
        var dates = studio.Floating;
        await studio.ChooseAsync(page.Locator("body"), "Colonne", "Créée le");
        await studio.ChooseAsync(page.Locator("body"), "Opérateur", "Est avant le");
        await Concepteur.Field(page.Locator("body"), "Date").ClickAsync();
        await page.Locator(".mud-picker-calendar-day.mud-current").ClickAsync();
        await dates.GetByRole(AriaRole.Button, new() { Name = "Appliquer" }).ClickAsync();
        await Assertions.Expect(none).ToBeVisibleAsync();
        await studio.SeeAsync("instances-avant-aujourd-hui");
        await list.GetByRole(AriaRole.Button, new() { Name = "Filtrer par date" }).ClickAsync();
        await dates.Locator("button", new() { HasText = "Effacer" }).ClickAsync();
        await dates.GetByRole(AriaRole.Button, new() { Name = "Appliquer" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(ids.Count);
        await page.GetByPlaceholder("Chercher par identifiant ou corrélation").FillAsync(ids[2]);
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await studio.SeeAsync("instances-filtrees");
        await page.GetByPlaceholder("Chercher par identifiant ou corrélation").FillAsync("");
        await Assertions.Expect(rows).ToHaveCountAsync(ids.Count);

        // One is cancelled and deleted, then two together, then all that the filters show; one comes back from its file.
        await studio.RowMenuAsync(ids[0], "Annuler");
        await studio.ConfirmAsync();
        await Assertions.Expect(list.GetByText(ids[0])).ToHaveCountAsync(0);
        await studio.TogetherAsync("Annuler", ids[1], ids[2]);
        await studio.ConfirmAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await studio.TogetherAsync("Annuler", ids[3]);
        await studio.Dialog.GetByText("Appliquer à tous les résultats").ClickAsync();
        await studio.SeeAsync("annuler-tous-les-resultats");
        await studio.ConfirmAsync();
        await Assertions.Expect(none).ToBeVisibleAsync();
        foreach (var id in ids)
        {
            Assert.Equal("Cancelled", (await elsa.GetAsync($"workflow-instances/{id}"))["subStatus"]!.GetValue<string>());
        }

        var file = await elsa.DownloadAsync($"workflow-instances/{ids[1]}/export");
        await studio.BeginAtListAsync();
        await studio.TabAsync("Instances");
        await Assertions.Expect(list.GetByText(ids[1])).ToBeVisibleAsync();
        await Assertions.Expect(rows.Filter(new() { HasText = ids[1] })).ToContainTextAsync("Annulée");
        await studio.RowMenuAsync(ids[0], "Supprimer");
        await studio.ConfirmAsync();
        await Assertions.Expect(list.GetByText(ids[0])).ToHaveCountAsync(0);
        await studio.TogetherAsync("Supprimer", ids[1], ids[2]);
        await studio.ConfirmAsync();
        await Assertions.Expect(list.GetByText(ids[2])).ToHaveCountAsync(0);
        await studio.SeeAsync("instances-supprimees");
        await list.GetByRole(AriaRole.Button, new() { Name = "Actions", Exact = true }).ClickAsync();
        await studio.UploadAsync(
            () => page.GetByText("Importer", new() { Exact = true }).Last.ClickAsync(), new FilePayload { Name = "instance.json", MimeType = "application/json", Buffer = file });
        await studio.TakeNoteAsync("Une instance a été importée");
        await Assertions.Expect(list.GetByText(ids[1])).ToBeVisibleAsync();
        await studio.SeeAsync("instance-importee");

        async Task FilterAsync(string label, string choice)
        {
            await studio.ChooseAsync(list, label, choice);
            await page.Mouse.ClickAsync(5, 600);
            await Assertions.Expect(page.Locator(".mud-popover-open")).ToHaveCountAsync(0);
            await Assertions.Expect(rows).ToHaveCountAsync(ids.Count);
        }
    });

    private static JsonObject Placed(JsonObject activity, int x, int y) => activity.With("metadata", new JsonObject
    {
        ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = y } },
    });
}
