using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>The list of definitions: found, sorted, leafed through, published, exported, deleted and brought back, singly and together.</summary>
[Collection(StudioCollection.Name)]
public sealed class ListStoryTests(StudioProduct product)
{
    [Fact]
    public Task An_owner_keeps_a_long_list_in_order() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var lot = Concepteur.NewName("Lot").Replace(' ', '-');
        foreach (var number in Enumerable.Range(1, 12))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{lot} n° {number:00}");
            var model = Definition(Sequence(Line("ligne", name)));
            model["name"] = name;
            model["definitionId"] = string.Create(CultureInfo.InvariantCulture, $"{lot}-{number:00}");
            await elsa.SaveAsync(model, publish: false);
        }

        var page = studio.Page;
        var rows = page.Locator("tbody tr");
        await studio.SearchAsync(lot);
        await Assertions.Expect(page.GetByText("1-10 de 12")).ToBeVisibleAsync();
        await page.Locator("thead").GetByText("Nom", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync($"{lot} n° 01");
        await page.Locator("thead").GetByText("Nom", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync($"{lot} n° 12");
        await page.Locator(".mud-table-pagination-actions button").Nth(2).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.Last).ToContainTextAsync($"{lot} n° 01");
        await studio.SeeAsync("liste-triee");

        // Published, retracted and exported one by one.
        await studio.RowMenuAsync($"{lot} n° 01", "Publier");
        await studio.TakeNoteAsync("Processus publié");
        Assert.True((await elsa.NamedAsync($"{lot} n° 01"))["isPublished"]!.GetValue<bool>());
        await studio.RowMenuAsync($"{lot} n° 01", "Retirer");
        await studio.TakeNoteAsync("Processus retiré");
        var file = JsonNode.Parse(await studio.ExportAsync(() => studio.RowMenuAsync($"{lot} n° 01", "Exporter")))!;
        Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", file["$schema"]!.GetValue<string>(), StringComparison.Ordinal);

        // Then two at a time.
        string[] both = [$"{lot} n° 01", $"{lot} n° 02"];
        await studio.TogetherAsync("Publier", both);
        await studio.ConfirmAsync();
        await studio.TakeNoteAsync("2 processus sont publiés");
        await studio.TogetherAsync("Retirer", both);
        await studio.ConfirmAsync();
        await studio.TakeNoteAsync("2 processus sont retirés");
        await studio.SeeAsync("retires-ensemble");
        var zip = await studio.ExportAsync(() => studio.TogetherAsync("Exporter", both));
        using (var archive = new ZipArchive(new MemoryStream(zip)))
        {
            Assert.Equal(2, archive.Entries.Count);
        }

        await studio.TogetherAsync("Supprimer", both);
        await studio.ConfirmAsync();
        await Assertions.Expect(page.Locator("tbody").GetByText(both[0])).ToHaveCountAsync(0);
        await page.Locator(".mud-table-pagination-actions button").First.ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(10);
        await studio.SeeAsync("supprimes-ensemble");

        // And back from the files: the archive, and the single one once more under its name.
        Task Import() => page.GetByText("Importer", new() { Exact = true }).Last.ClickAsync();
        await page.Locator(".mud-button-group-root button").Last.ClickAsync();
        await studio.UploadAsync(Import, new FilePayload { Name = "procedures.zip", MimeType = "application/zip", Buffer = zip });
        await studio.TakeNoteAsync("2 processus importés");
        file["definitionId"] = lot + "-copie";
        file["id"] = lot + "-copie-1";
        file["name"] = lot + " copie";
        await page.Locator(".mud-button-group-root button").Last.ClickAsync();
        await studio.UploadAsync(Import, new FilePayload { Name = "procedure.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(file.ToJsonString()) });
        await studio.TakeNoteAsync("1 processus importé");
        await Assertions.Expect(page.GetByText("de 13")).ToBeVisibleAsync();
        Assert.Equal(both[0], Text(await elsa.NamedAsync(both[0])));
        await studio.SeeAsync("importes");

        // A duplicate takes no name that is taken. A new name is on the list and nowhere else.
        await studio.SearchAsync(lot + "-copie");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await studio.RowMenuAsync(lot + "-copie", "Dupliquer");
        await Concepteur.FillAsync(studio.Dialog, "Nom", both[1]);
        await Assertions.Expect(studio.Dialog).ToContainTextAsync("Un processus porte déjà ce nom");
        await studio.SeeAsync("double-refuse");
        await Concepteur.FillAsync(studio.Dialog, "Nom", lot + "-copie double");
        await studio.Dialog.GetByRole(AriaRole.Button, new() { Name = "Valider" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await page.Locator("tbody").GetByText(lot + "-copie", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("Enregistrement automatique").First).ToBeVisibleAsync();
        await studio.QuietAsync();
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Beside, "Nom", lot + " renommé"));
        await studio.TabAsync("Définitions");
        await studio.SearchAsync(lot + " renommé");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows.First).ToContainTextAsync(lot + "-copie");
        await studio.SeeAsync("renomme");
    });

    private static string Text(JsonNode definition) => definition["root"]!["activities"]![0]!["text"]!["expression"]!["value"]!.GetValue<string>();
}
