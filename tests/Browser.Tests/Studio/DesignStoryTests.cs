using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>An owner designs with our own activities and every kind of editor, publishes, is refused, and goes back.</summary>
[Collection(StudioCollection.Name)]
public sealed class DesignStoryTests(StudioProduct product)
{
    [Fact]
    public Task An_owner_designs_a_procedure_with_the_right_editors() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var page = studio.Page;
        var name = Concepteur.NewName("Procédure");
        await studio.CreateAsync(name, "Schéma");

        // What the definition holds: variables, an input, an output, an outcome.
        await Concepteur.PaneTabAsync(studio.Beside, "Variables");
        await AddAsync(studio, "Ajouter une variable", "Pays", "Texte");
        await AddAsync(studio, "Ajouter une variable", "Suite", "Valeurs par clé");
        await Concepteur.PaneTabAsync(studio.Beside, "Entrées et sorties");
        await AddAsync(studio, "Ajouter une entrée", "Demande", "Texte");
        await AddAsync(studio, "Ajouter une sortie", "Accord", "Texte");
        var outcomes = Concepteur.Field(studio.Beside, "Issues").Locator("input").First;
        await outcomes.FillAsync("Accordé");
        await studio.SavedByAsync(() => outcomes.PressAsync("Enter"));

        // The user task: a script with completion, the pickers fed by the server, outcomes of its own.
        await studio.DropAsync("Début", 30, 60);
        await studio.DropAsync("Tâche humaine", 220, 60);
        await studio.ConnectAsync(0, 1);
        await studio.SyntaxAsync("Titre", "JavaScript");
        var script = Concepteur.Field(studio.Below, "Titre").Locator(".monaco-editor").First;
        await script.Locator(".view-lines").ClickAsync();
        await page.Keyboard.TypeAsync("getPa", new() { Delay = 40 });
        await Assertions.Expect(page.Locator(".suggest-widget .monaco-list-row", new() { HasText = "getPays" }).First).ToBeVisibleAsync();
        await studio.SeeAsync("completion");
        await page.Keyboard.PressAsync("Escape");
        // Without quotes: the editor closes a back tick that is typed closed already once more.
        await studio.CodeAsync("Titre", "getPays() || getCorrelationId()");
        // Typed through several saves, nothing is lost.
        await studio.SyntaxAsync("Résumé", "Liquid");
        await studio.CodeAsync("Résumé", "Demande de {{ Variables.Pays }}");
        const string Strokes = " a traiter avec soin, sans perdre une seule lettre en chemin, meme quand on ecrit longtemps";
        await page.Keyboard.TypeAsync(Strokes, new() { Delay = 40 });
        await studio.UntilStoredAsync(elsa, name, stored => Find(stored, "Elsa.UserTask")["summary"]!["expression"]!["value"]!.GetValue<string>() == "Demande de {{ Variables.Pays }}" + Strokes);
        await studio.SyntaxAsync("Référence", "Variable");
        await studio.SavedByAsync(() => studio.ChooseAsync(studio.Below, "Référence", "Pays"));
        await studio.SyntaxAsync("Consigne", "Entrée");
        await studio.SavedByAsync(() => studio.ChooseAsync(studio.Below, "Consigne", "Demande", exact: false));
        await studio.SavedByAsync(() => studio.ChooseAsync(studio.Below, "Attribuée à", "agent1", exact: false));
        await studio.SavedByAsync(() => Concepteur.Field(studio.Below, "Rôles candidats").GetByText("juriste", new() { Exact = true }).ClickAsync());
        await studio.SavedByAsync(() => studio.ChooseAsync(studio.Below, "Formulaire", "Décision de validation"));
        foreach (var outcome in new[] { "Valider", "Rejeter" })
        {
            var issues = Concepteur.Field(studio.Below, "Issues").Locator("input").First;
            await issues.FillAsync(outcome);
            await studio.SavedByAsync(() => issues.PressAsync("Enter"));
        }

        await Assertions.Expect(studio.Nodes.Nth(1)).ToContainTextAsync("Rejeter");
        await Concepteur.PaneTabAsync(studio.Below, "Sorties");
        await studio.SavedByAsync(() => studio.ChooseAsync(studio.Below, "Résultat", "Suite"));
        await studio.SeeAsync("tache-humaine");

        // The mail: template and partner by name. The switch: a case, which becomes an outcome.
        await studio.DropAsync("Envoyer un courriel", 480, 20);
        await studio.ConnectAsync(1, 2, "Valider");

        // All that is missing is named in French, where it stands, and nothing is published.
        await studio.RefusePublicationAsync("renseignez « Modèle »", "L'issue « Rejeter » de « UserTask1 » ne mène nulle part");
        await studio.SeeAsync("publication-refusee");
        await studio.DismissAsync();
        Assert.False((await elsa.NamedAsync(name))["isPublished"]!.GetValue<bool>());
        await Concepteur.PaneTabAsync(studio.Below, "Entrées");
        await studio.SavedByAsync(async () =>
        {
            await Concepteur.Field(studio.Below, "Modèle").ClickAsync();
            await studio.Floating.Locator(".mud-list-item-clickable, .mud-list-item-clickable-extended").Last.ClickAsync();
        });
        await studio.SavedByAsync(async () =>
        {
            await Concepteur.Field(studio.Below, "Partenaire").ClickAsync();
            await studio.Floating.Locator(".mud-list-item-clickable, .mud-list-item-clickable-extended").First.ClickAsync();
        });
        await studio.SeeAsync("courriel");
        await studio.DropAsync("Aiguillage", 250, 240);
        await studio.AddCaseAsync("Moldavie", "getPays() === 'MD'");
        await Assertions.Expect(studio.Nodes.Last).ToContainTextAsync("Moldavie");
        await studio.SeeAsync("aiguillage");

        var stored = await elsa.NamedAsync(name);
        var task = Find(stored, "Elsa.UserTask");
        Assert.Equal("JavaScript", task["title"]!["expression"]!["type"]!.GetValue<string>());
        Assert.Equal("Liquid", task["summary"]!["expression"]!["type"]!.GetValue<string>());
        Assert.Equal("Variable", task["reference"]!["expression"]!["type"]!.GetValue<string>());
        Assert.Equal("Input", task["instructions"]!["expression"]!["type"]!.GetValue<string>());
        Assert.Equal("agent1", task["assignee"]!["expression"]!["value"]!.GetValue<string>());
        Assert.Contains("juriste", task["candidateGroups"]!["expression"]!["value"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("decision-validation", task["form"]!["expression"]!["value"]!.GetValue<string>());
        Assert.Equal(stored["variables"]!.AsArray().Single(variable => variable!["name"]!.GetValue<string>() == "Suite")!["id"]!.GetValue<string>(), task["result"]!["memoryReference"]!["id"]!.GetValue<string>());
        Assert.NotEqual("", Find(stored, "Cleiss.SendMail")["partner"]!["expression"]!["value"]!.ToString());
        Assert.Equal("JavaScript", Find(stored, "Elsa.FlowSwitch")["cases"]![0]!["condition"]!["type"]!.GetValue<string>());
        Assert.Equal("Accordé", stored["outcomes"]![0]!.GetValue<string>());
        Assert.Equal(("Demande", "Accord"), (stored["inputs"]![0]!["name"]!.GetValue<string>(), stored["outputs"]![0]!["name"]!.GetValue<string>()));

        await studio.ConnectAsync(1, 3, "Rejeter");
        await studio.PublishAsync();
        await studio.SeeAsync("issues-reliees");
        Assert.True((await elsa.NamedAsync(name))["isPublished"]!.GetValue<bool>());
    });

    [Fact]
    public Task Each_case_of_a_switch_holds_a_flow_of_its_own() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var page = studio.Page;
        var name = Concepteur.NewName("Selon le pays");
        await studio.CreateAsync(name, "Schéma");
        await studio.DropAsync("Selon le cas", 250, 120);
        await studio.AddCaseAsync("Moldavie", "true");

        // The box around a chosen activity lies over its cases; beside it, nothing is chosen any more.
        await studio.Canvas.ClickAsync(new() { Position = new() { X = 20, Y = 20 } });
        await studio.Nodes.First.Locator("[data-port-name=Moldavie]").ClickAsync();
        await Assertions.Expect(studio.Dialog).ToContainTextAsync("Créer la branche « Moldavie »");
        await studio.SeeAsync("branche");
        await studio.SavedByAsync(() => studio.Dialog.GetByRole(AriaRole.Button, new() { Name = "Valider" }).ClickAsync());
        await Assertions.Expect(studio.Nodes).ToHaveCountAsync(0);
        await studio.DropAsync("Écrire une ligne", 200, 100);
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Below, "Texte", "pour la Moldavie"));
        await Assertions.Expect(page.Locator(".mud-breadcrumbs")).ToContainTextAsync("Processus entier");
        await studio.SeeAsync("dans-la-branche");

        var held = Find(await elsa.NamedAsync(name), "Elsa.Switch")["cases"]![0]!;
        Assert.Equal("Moldavie", held["label"]!.GetValue<string>());
        Assert.Equal("pour la Moldavie", held["activity"]!["activities"]![0]!["text"]!["expression"]!["value"]!.GetValue<string>());
        await studio.PublishAsync();
        await studio.Toolbar.Locator("button.mud-success-text").ClickAsync();
        await studio.Visitor.ArriveAsync(Concepteur.ViewerAddress());
        await studio.Nodes.First.Locator("[data-port-name=Moldavie]").ClickAsync();
        await Assertions.Expect(page.Locator(".mud-timeline-item-content").GetByText("Écrire une ligne", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(studio.Nodes.First.Locator(".mud-badge.mud-theme-success")).ToBeAttachedAsync();
        await studio.SeeAsync("branche-suivie");
    });

    [Fact]
    public Task Versions_fork_come_back_and_go() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var page = studio.Page;
        var name = Concepteur.NewName("Versions");
        await studio.CreateAsync(name, "Schéma");
        await studio.DropAsync("Écrire une ligne", 200, 100);
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Below, "Texte", "version une"));
        await studio.PublishAsync();

        // The next stroke is a draft of its own; what is published stays.
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Below, "Texte", "version deux"));
        var draft = await elsa.NamedAsync(name);
        Assert.Equal((2, false), (draft["version"]!.GetValue<int>(), draft["isPublished"]!.GetValue<bool>()));
        await Assertions.Expect(studio.Beside).ToContainTextAsync("Brouillon");

        // One activity alone, with what is typed at the moment.
        await Concepteur.PaneTabAsync(studio.Below, "Essai");
        await studio.Below.GetByRole(AriaRole.Button, new() { Name = "Lancer" }).ClickAsync();
        await Assertions.Expect(studio.Below).ToContainTextAsync("version deux");
        await studio.SeeAsync("essai-d-une-activite");

        await Concepteur.PaneTabAsync(studio.Beside, "Versions");
        var rows = studio.Beside.Locator("tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await rows.Nth(1).Locator(".mud-menu button").ClickAsync();
        await studio.Floating.GetByText("Revenir à cette version", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync("2");
        await page.ReloadAsync();
        await Assertions.Expect(studio.Nodes).ToHaveCountAsync(1);
        Assert.Equal("version une", Find(await elsa.NamedAsync(name), "Elsa.WriteLine")["text"]!["expression"]!["value"]!.GetValue<string>());

        // A draft can go; then the published version is the latest again.
        await Concepteur.PaneTabAsync(studio.Beside, "Versions");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await studio.SeeAsync("versions");
        await rows.First.Locator(".mud-menu button").ClickAsync();
        await studio.Floating.GetByText("Supprimer", new() { Exact = true }).ClickAsync();
        await studio.ConfirmAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        var left = await elsa.NamedAsync(name);
        Assert.Equal((1, true), (left["version"]!.GetValue<int>(), left["isPublished"]!.GetValue<bool>()));
        await studio.SeeAsync("version-supprimee");
    });

    [Fact]
    public Task A_process_is_used_as_an_activity_and_its_users_follow() => product.AsOwnerAsync(async studio =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var part = Concepteur.NewName("Accuser réception");
        await studio.CreateAsync(part, "Schéma");
        await studio.DropAsync("Écrire une ligne", 200, 100);
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Below, "Texte", "reçu"));
        await studio.SavedByAsync(() => studio.Beside.GetByText("S’emploie comme activité").ClickAsync());
        await studio.SavedByAsync(() => studio.Beside.GetByText("Mettre à jour les processus qui l’emploient").ClickAsync());
        await studio.PublishAsync();

        await studio.TabAsync("Définitions");
        var whole = Concepteur.NewName("Traiter");
        await studio.CreateAsync(whole, "Schéma");
        await studio.DropAsync(part, 200, 100);
        await studio.PublishAsync();
        await studio.SeeAsync("processus-comme-activite");
        var before = (await elsa.NamedAsync(whole))["root"]!["activities"]![0]!["version"]!.GetValue<int>();

        // A new version of the part: who uses it goes on with that one.
        await studio.TabAsync("Définitions");
        await studio.OpenAsync((await elsa.NamedAsync(part))["definitionId"]!.GetValue<string>());
        await studio.Nodes.First.ClickAsync();
        await studio.SavedByAsync(() => Concepteur.FillAsync(studio.Below, "Texte", "bien reçu"));
        await studio.PublishAsync("qui l’emploie");
        await studio.SeeAsync("utilisateurs-mis-a-jour");
        Assert.Equal(before + 1, (await elsa.NamedAsync(whole))["root"]!["activities"]![0]!["version"]!.GetValue<int>());
    });

    [Fact]
    public Task The_second_of_two_owners_is_told_and_overwrites_nothing() => product.AsOwnerAsync(async one =>
    {
        using var elsa = await ElsaCalls.OfAsync(product);
        var name = Concepteur.NewName("À deux");
        await one.CreateAsync(name, "Schéma");
        await one.DropAsync("Écrire une ligne", 200, 100);
        await one.SavedByAsync(() => Concepteur.FillAsync(one.Below, "Texte", "début"));

        await using var beside = await one.Visitor.OpenBesideAsync();
        var two = new Concepteur(beside);
        await two.TellAsync("seconde", async () =>
        {
            await two.Page.GotoAsync(new Uri(one.Page.Url).AbsolutePath);
            await two.Nodes.First.ClickAsync();
            await Assertions.Expect(Concepteur.Field(two.Below, "Texte").Locator("input, textarea").First).ToHaveValueAsync("début");
            await two.QuietAsync();
            await one.SavedByAsync(() => Concepteur.FillAsync(one.Below, "Texte", "de la première"));

            await Concepteur.FillAsync(two.Below, "Texte", "de la seconde");
            await Assertions.Expect(two.Told.Filter(new() { HasText = "Rouvrez la procédure" }).First).ToBeVisibleAsync();
            two.DemandRefused(400);
            await two.SeeAsync("seconde-avertie");
        });
        Assert.Equal("de la première", Find(await elsa.NamedAsync(name), "Elsa.WriteLine")["text"]!["expression"]!["value"]!.GetValue<string>());
    });

    private static async Task AddAsync(Concepteur studio, string button, string name, string type)
    {
        await studio.Beside.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await Assertions.Expect(studio.Dialog).ToBeVisibleAsync();
        await studio.QuietAsync();
        await Concepteur.FillAsync(studio.Dialog, "Nom", name);
        if (await Concepteur.Field(studio.Dialog, "Nom affiché").CountAsync() > 0)
        {
            await Concepteur.FillAsync(studio.Dialog, "Nom affiché", name);
        }

        await studio.ChooseAsync(studio.Dialog, "Type", type);
        await studio.SavedByAsync(() => studio.Dialog.GetByRole(AriaRole.Button, new() { Name = "Valider" }).ClickAsync());
        await Assertions.Expect(studio.Dialog).ToHaveCountAsync(0);
    }

    private static JsonNode Find(JsonNode definition, string type) =>
        definition["root"]!["activities"]!.AsArray().Single(activity => activity!["type"]!.GetValue<string>() == type)!;
}
