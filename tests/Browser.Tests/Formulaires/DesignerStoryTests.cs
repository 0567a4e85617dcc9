using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Browser.Tests.Formulaires;

/// <summary>From an empty page to a partner's PDF: a process owner designs ESSAI-01, an officer fills it in.</summary>
[Collection(ConceptionCollection.Name)]
public sealed partial class DesignerStoryTests(Product product)
{
    private const string Key = "essai-01";

    [Fact]
    public async Task An_owner_designs_a_form_in_two_languages_and_an_officer_fills_it_in()
    {
        await using var owner = await product.OpenAsync();
        await owner.SignInAsync("proprietaire");
        await CreateAsync(owner);
        await DesignAsync(owner);
        await TryAsync(owner);
        await PublishAsync(owner);
        var pdf = await FillAsync();
        await TwoWindowsAsync(owner);
        await NextVersionAsync(owner);

        var printed = new PrintedFile(pdf);
        var text = await printed.TextAsync();
        Assert.Contains("Demande de renseignements", text, StringComparison.Ordinal);
        Assert.Contains("Cerere de informații", text, StringComparison.Ordinal);
        Assert.Contains("Acte de stare civilă", text, StringComparison.Ordinal);
        Assert.Contains("Extrait d'acte de naissance", text, StringComparison.Ordinal);
        Assert.Contains("TotaldespagesTotalpagini7", await printed.RunningTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("Précisez le motif", text, StringComparison.Ordinal);
        var facts = await printed.InfoAsync();
        Assert.Matches(Tagged(), facts);
        Assert.True(printed.SaysItIsUniversallyAccessible);
        var structure = await printed.TagsAsync();
        Assert.Contains("H1", structure, StringComparison.Ordinal);
        // Head and three rows of the group that is repeated, at least.
        Assert.True(Row().Count(structure) >= 4, structure);
        Golden.MatchPicture(await printed.DrawAsync(48), "essai-01.picture.txt");
    }

    private static ILocator Body(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Main);

    private static ILocator Settings(Visitor visitor) => visitor.Page.Locator("[data-fd-properties]");

    private static async Task CreateAsync(Visitor owner)
    {
        var page = owner.Page;
        await page.GotoAsync("/formulaires");
        await owner.SeeAsync("concepteur-1-liste");
        await Body(owner).GetByRole(AriaRole.Link, new() { Name = "Créer un formulaire" }).ClickAsync();
        await page.GetByLabel("Titre en français").FillAsync("Demande de renseignements");
        await page.GetByLabel("Nom technique").FillAsync(Key);
        await page.GetByLabel("Langue du partenaire").SelectOptionAsync("ro");
        await owner.SeeAsync("concepteur-2-nouveau");
        await Body(owner).GetByRole(AriaRole.Button, new() { Name = "Créer le formulaire" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-fd-meters]")).ToContainTextAsync("Roumain : 0 texte sur 1");
        await owner.SeeAsync("concepteur-3-vide");
    }

    private static async Task DesignAsync(Visitor owner)
    {
        var page = owner.Page;
        await page.Locator("#fd-titre-partenaire").FillAsync("Cerere de informații");
        await page.Locator("#fd-code").FillAsync("ESSAI-01");

        await AddAsync(owner, "Choix visible d'un coup d'œil", "Motif", "Motivul");
        await AddChoiceAsync(owner, 0, "Détachement", "Detașare");
        await AddChoiceAsync(owner, 1, "Autre motif", "Alt motiv");

        // First condition: shown only when…
        await AddAsync(owner, "Texte court", "Précisez le motif", "Precizați motivul");
        await page.Locator("#fd-visible").SelectOptionAsync("shown");
        await page.Locator("#fd-visible-si-ajouter").ClickAsync();
        await page.Locator("#fd-visible-si-0-champ").SelectOptionAsync(new SelectOptionValue { Label = "Motif" });
        await page.Locator("#fd-visible-si-0-valeur").SelectOptionAsync(new SelectOptionValue { Label = "Autre motif" });

        await AddAsync(owner, "Oui ou non", "La réponse est urgente", "Răspunsul este urgent");
        await page.Locator("#fd-choix-0-partenaire").FillAsync("Da");
        await page.Locator("#fd-choix-1-partenaire").FillAsync("Nu");

        // Second condition: required only when…
        await AddAsync(owner, "Date", "Réponse attendue le", "Răspuns așteptat la");
        await page.Locator("#fd-obligatoire").SelectOptionAsync("when");
        await page.Locator("#fd-obligatoire-si-ajouter").ClickAsync();
        await page.Locator("#fd-obligatoire-si-0-champ").SelectOptionAsync(new SelectOptionValue { Label = "La réponse est urgente" });
        await page.Locator("#fd-obligatoire-si-0-valeur").SelectOptionAsync(new SelectOptionValue { Label = "Oui" });

        await AddAsync(owner, "Groupe répétable", "Pièces demandées", "Documente solicitate");
        await page.Locator("#fd-cleiss-row-title").FillAsync("Pièce");
        await page.Locator("#fd-cleiss-row-title-partenaire").FillAsync("Document");
        await AddAsync(owner, "Texte court", "Intitulé", "Denumire");
        await AddAsync(owner, "Nombre", "Nombre de pages", "Număr de pagini");

        // The computed value stands after the group, at the form's first level.
        await AddAsync(owner, "Valeur calculée", "Total des pages", "Total pagini");
        await page.Locator("#fd-dans").SelectOptionAsync(new SelectOptionValue { Label = "Premier niveau du formulaire" });
        await page.Locator("#fd-calcul-0").SelectOptionAsync(new SelectOptionValue { Label = "Pièces demandées › Nombre de pages" });

        await SavedAsync(page);
        await Assertions.Expect(page.Locator("[data-fd-canvas]")).ToContainTextAsync("Total des pages : valeur calculée");
        await owner.SeeAsync("concepteur-4-dessine");
        await page.SetViewportSizeAsync(360, 740);
        await owner.SeeAsync("concepteur-4-dessine-360");
        await page.SetViewportSizeAsync(1440, 900);
    }

    /// <summary>With the keyboard alone: the kind is a button, its label takes the focus.</summary>
    private static async Task AddAsync(Visitor owner, string kind, string french, string romanian)
    {
        var page = owner.Page;
        await page.Locator("[data-fd-palette]").GetByRole(AriaRole.Button, new() { Name = kind, Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Settings(owner).Locator("#fd-libelle")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(french);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(romanian);
        await page.Keyboard.PressAsync("Tab");
    }

    private static async Task AddChoiceAsync(Visitor owner, int index, string french, string romanian)
    {
        await owner.Page.Locator("#fd-choix-ajouter").ClickAsync();
        await owner.Page.Locator($"#fd-choix-{index}").FillAsync(french);
        await owner.Page.Locator($"#fd-choix-{index}-partenaire").FillAsync(romanian);
        await owner.Page.Keyboard.PressAsync("Tab");
    }

    /// <summary>The draft is kept, and the preview shows it.</summary>
    private static async Task SavedAsync(IPage page)
    {
        await Assertions.Expect(page.Locator("[data-fd-status]")).ToContainTextAsync("Brouillon enregistré", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("[data-fd-frame]:not([aria-busy])")).ToHaveCountAsync(1, new() { Timeout = 30_000 });
    }

    /// <summary>Undo and redo, then the preview as an officer sees it, whose answers become the sample.</summary>
    private static async Task TryAsync(Visitor owner)
    {
        var page = owner.Page;
        var canvas = page.Locator("[data-fd-canvas]");
        await page.Locator("[data-fd-palette]").GetByRole(AriaRole.Button, new() { Name = "Case à cocher", Exact = true }).ClickAsync();
        await Assertions.Expect(canvas.GetByRole(AriaRole.Group, new() { Name = "Case à cocher sans libellé (Case à cocher)" })).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Annuler" }).ClickAsync();
        await Assertions.Expect(canvas.GetByRole(AriaRole.Group, new() { Name = "Case à cocher sans libellé (Case à cocher)" })).ToHaveCountAsync(0);
        await SavedAsync(page);
        await Assertions.Expect(page.Locator("[data-fd-meters]")).ToContainTextAsync("Roumain : 14 textes sur 14", new() { Timeout = 30_000 });

        var preview = page.FrameLocator("[data-fd-frame]");
        await preview.GetByLabel("Autre motif").CheckAsync();
        await Assertions.Expect(preview.GetByLabel("Précisez le motif")).ToBeVisibleAsync();
        await preview.GetByLabel("Détachement").CheckAsync();
        await Assertions.Expect(preview.GetByLabel("Précisez le motif")).ToBeHiddenAsync();
        // The form changes while somebody tries it: what is typed stays.
        await page.Locator("[data-fd-palette]").GetByRole(AriaRole.Button, new() { Name = "Case à cocher", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Annuler" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rétablir" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Annuler" }).ClickAsync();
        await SavedAsync(page);
        await Assertions.Expect(preview.GetByLabel("Détachement")).ToBeCheckedAsync();
        await preview.GetByLabel("Oui").CheckAsync();
        await preview.GetByRole(AriaRole.Button, new() { Name = "Vérifier", Exact = true }).Last.ClickAsync();
        await Assertions.Expect(preview.Locator("[data-cl-error-summary]")).ToContainTextAsync("Réponse attendue le");
        await preview.GetByLabel("Réponse attendue le").FillAsync("12/05/2026");
        await preview.GetByLabel("Intitulé").FillAsync("Attestation d'emploi");
        await preview.GetByLabel("Nombre de pages").FillAsync("2");
        await preview.GetByRole(AriaRole.Button, new() { Name = "Garder comme exemple" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-fd-status]")).ToContainTextAsync("Exemple enregistré", new() { Timeout = 30_000 });
        await page.Locator("[data-fd-view=telephone]").ClickAsync();
        await Assertions.Expect(page.Locator("[data-fd-frame].fd-phone:not([aria-busy])")).ToHaveCountAsync(1);
        await Assertions.Expect(preview.GetByLabel("Intitulé")).ToHaveValueAsync("Attestation d'emploi");
        await owner.SeeAsync("concepteur-5-telephone");

        // The document, with the sample as its data.
        var address = (await page.Locator("[data-fd-open]").GetAttributeAsync("href"))! + ".pdf";
        var pdf = await page.Context.APIRequest.GetAsync(address);
        Assert.Equal("application/pdf", pdf.Headers["content-type"]);
        var text = await new PrintedFile(await pdf.BodyAsync()).TextAsync();
        Assert.Contains("Attestation d'emploi", text, StringComparison.Ordinal);
        Assert.Contains("Cerere de informații", text, StringComparison.Ordinal);
    }

    private static async Task PublishAsync(Visitor owner)
    {
        var page = owner.Page;
        var dialog = page.Locator("[data-fd-dialog]");

        // What is missing is listed, with a way to it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Réglages du formulaire" }).ClickAsync();
        await page.Locator("#fd-titre-partenaire").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Publier…" }).ClickAsync();
        await Assertions.Expect(dialog).ToContainTextAsync("1 point à compléter", new() { Timeout = 30_000 });
        await owner.SeeAsync("concepteur-6-bloque");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Le formulaire", Exact = true }).ClickAsync();
        await page.Locator("#fd-titre-partenaire").FillAsync("Cerere de informații");

        await page.GetByRole(AriaRole.Button, new() { Name = "Publier…" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Publier la version" }).ClickAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("[data-fd-state]")).ToContainTextAsync("Version 1, publiée", new() { Timeout = 30_000 });
    }

    private async Task<byte[]> FillAsync()
    {
        using var client = new ProductClient(product.Host.Address, "proprietaire");
        await client.SignInAsync();
        await client.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = Flow(), ["publish"] = true });
        await client.PostAsync($"elsa/api/workflow-definitions/{Key}/execute", new JsonObject());

        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        var page = agent.Page;
        await page.GotoAsync("/taches");
        if (await Body(agent).GetByRole(AriaRole.Link, new() { Name = "Remplir ESSAI-01" }).CountAsync() == 0)
        {
            await page.GotoAsync("/taches?vue=a-prendre");
        }

        await Body(agent).GetByRole(AriaRole.Link, new() { Name = "Remplir ESSAI-01" }).First.ClickAsync();
        var take = Body(agent).GetByRole(AriaRole.Button, new() { Name = "Prendre la tâche" });
        if (await take.CountAsync() > 0)
        {
            await take.First.ClickAsync();
        }

        await page.GetByLabel("Détachement").CheckAsync();
        await page.GetByLabel("Non", new() { Exact = false }).Last.CheckAsync();
        await page.Locator("[name='champ-piecesDemandees[0].intitule']").FillAsync("Extrait d'acte de naissance");
        await page.Locator("[name='champ-piecesDemandees[0].nombreDePages']").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter : pièce" }).ClickAsync();
        await page.Locator("[name='champ-piecesDemandees[1].intitule']").FillAsync("Acte de stare civilă");
        await page.Locator("[name='champ-piecesDemandees[1].nombreDePages']").FillAsync("5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter : pièce" }).ClickAsync();
        await page.Locator("[name='champ-piecesDemandees[2].intitule']").FillAsync("Relevé");
        await page.Locator("[name='champ-piecesDemandees[2].nombreDePages']").FillAsync("-");

        // With what is wrong shown, at the place and in a summary, on a screen and on a phone.
        await page.Locator("[name='champ-laReponseEstUrgente'][value=oui]").CheckAsync();
        await Body(agent).GetByRole(AriaRole.Button, new() { Name = "Fait" }).Last.ClickAsync();
        await Assertions.Expect(page.Locator("[data-cl-error-summary]")).ToContainTextAsync("Réponse attendue le");
        await agent.SeeAsync("concepteur-7-agent-erreurs");
        await page.SetViewportSizeAsync(360, 740);
        await agent.SeeAsync("concepteur-7-agent-erreurs-360");
        await page.SetViewportSizeAsync(1440, 900);
        await page.Locator("[name='champ-laReponseEstUrgente'][value=non]").CheckAsync();
        await page.Locator("[name='champ-piecesDemandees[2].nombreDePages']").FillAsync("0");
        await Assertions.Expect(page.Locator("[data-cl-computed]")).ToContainTextAsync("7");
        await agent.SeeAsync("concepteur-8-agent");
        await Body(agent).GetByRole(AriaRole.Button, new() { Name = "Fait" }).Last.ClickAsync();
        await page.WaitForLoadStateAsync();

        for (var attempt = 0; ; attempt++)
        {
            var documents = (await client.GetAsync("api/documents"))!["items"]!.AsArray();
            if (documents.FirstOrDefault(document => document!["title"]!.GetValue<string>() == "Demande de renseignements") is { } issued && issued["state"]!.GetValue<string>() != "pending")
            {
                return await client.DownloadAsync($"api/documents/{issued["id"]}/content");
            }

            Assert.True(attempt < 120, $"No document was printed:\n{product.Host.Output}");
            await page.WaitForTimeoutAsync(500);
        }
    }

    /// <summary>Two windows change the same draft: nobody overwrites the other unseen, and the text that gives way is kept.</summary>
    private async Task TwoWindowsAsync(Visitor owner)
    {
        await using var other = await product.OpenAsync();
        await other.SignInAsync("proprietaire");
        foreach (var window in new[] { owner, other })
        {
            await window.Page.GotoAsync("/formulaires/" + Key);
            await Assertions.Expect(window.Page.Locator("[data-fd-meters]")).ToContainTextAsync("Roumain : 14 textes sur 14");
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Réglages du formulaire" }).ClickAsync();
        }

        await other.Page.Locator("#fd-code-partenaire").FillAsync("MD/FR 99");
        await SavedAsync(other.Page);
        var page = owner.Page;
        await page.Locator("#fd-famille").FillAsync("essais");
        var dialog = page.Locator("[data-fd-dialog]");
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Garder mon texte" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await owner.SeeAsync("concepteur-9-deux-fenetres");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Garder mon texte" }).ClickAsync();
        await SavedAsync(page);
        await page.GotoAsync($"/formulaires/{Key}/versions");
        await Assertions.Expect(Body(owner)).ToContainTextAsync("Mis de côté");
    }

    /// <summary>A field less and another title: the page of versions says so.</summary>
    private static async Task NextVersionAsync(Visitor owner)
    {
        var page = owner.Page;
        await page.GotoAsync("/formulaires/" + Key);
        var canvas = page.Locator("[data-fd-canvas]");
        await canvas.GetByRole(AriaRole.Group, new() { Name = "Précisez le motif (Texte court)" }).FocusAsync();
        await page.Keyboard.PressAsync("Delete");
        await Assertions.Expect(page.Locator("[data-fd-meters]")).ToContainTextAsync("Roumain : 13 textes sur 13", new() { Timeout = 30_000 });
        await SavedAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Publier…" }).ClickAsync();
        await page.Locator("[data-fd-dialog]").GetByRole(AriaRole.Button, new() { Name = "Publier la version" }).ClickAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator("[data-fd-state]")).ToContainTextAsync("Version 2, publiée", new() { Timeout = 30_000 });
        await page.GotoAsync($"/formulaires/{Key}/versions?de=1&a=2");
        owner.DemandNoFault();
        await Assertions.Expect(Body(owner)).ToContainTextAsync("Précisez le motif");
        await owner.SeeAsync("concepteur-10-versions");
        await page.SetViewportSizeAsync(360, 740);
        await owner.SeeAsync("concepteur-10-versions-360");
    }

    private static JsonObject Flow() => Definition(
        Flowchart(
            [
                Activity("remplir", "Elsa.UserTask", ("title", Literal("Remplir ESSAI-01")), ("candidateGroups", Input("Object", """["agent"]""")), ("outcomes", Input("Object", """["Fait"]""")),
                    ("form", Literal(Key)), ("result", new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = "var-Reponse" } })),
                Activity("imprimer", "Cleiss.RenderDocument", ("template", Literal("formulaire-de-liaison/formulaire-bilingue")), ("series", Literal("MD")),
                    ("title", Literal("Demande de renseignements")), ("specimen", Literal(true)), ("formKey", Literal(Key)), ("formCode", Literal("ESSAI-01")), ("language", Literal("ro")),
                    ("answerOf", Input("Variable", """{"id":"var-Reponse","name":"Reponse"}"""))),
            ],
            "remplir.Fait>imprimer"),
        Variable("Reponse", "Object")).With("definitionId", Key).With("name", "Essai 01");

    [GeneratedRegex(@"^ +TR", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"Tagged:\s+yes")]
    private static partial Regex Tagged();
}
