using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>The owner brings the agreement and a form into force; an officer's next document is a real one, and is corrected.</summary>
public sealed class AgreementInForceStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task An_owner_brings_a_form_into_force_and_the_officer_sees_a_real_document()
    {
        await using var visitor = await product.OpenAsync();
        await visitor.SignInAsync("proprietaire");
        var page = visitor.Page;
        var main = page.GetByRole(AriaRole.Main);
        await page.GotoAsync("/accords");
        await Assertions.Expect(main).ToContainTextAsync("42 accords et décrets");
        await page.GetByLabel("État").SelectOptionAsync("signed");
        await Assertions.Expect(main.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await visitor.SeeAsync("vigueur-1-accords-signes");
        await main.GetByRole(AriaRole.Link, new() { Name = "Moldavie" }).ClickAsync();

        // Everything wrong is said at once, and what was typed stays.
        await page.GetByRole(AriaRole.Link, new() { Name = "Modifier l'accord" }).ClickAsync();
        await page.GetByLabel("En vigueur à compter du").FillAsync("2026-01-01");
        await page.GetByLabel("Dernier jour").FillAsync("2025-12-31");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer l'accord" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("3 corrections sont nécessaires");
        await visitor.SeeAsync("vigueur-2-accord-refuse");
        await page.GetByLabel("État").SelectOptionAsync("in force");
        await page.GetByLabel("Dernier jour").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer l'accord" }).ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("L'accord est enregistré.");
        await Assertions.Expect(main).ToContainTextAsync("Hélène Rousseau a modifié l'accord Moldavie");
        await visitor.SeeAsync("vigueur-3-accord");

        await main.GetByRole(AriaRole.Link, new() { Name = "SE 151-08" }).ClickAsync();
        await visitor.SeeAsync("vigueur-4-formulaire");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rouvrir la négociation" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Dites pourquoi le formulaire revient en arrière.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dire notifié par les autorités" }).ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Le formulaire est maintenant à l'état « notifié par les autorités ».");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mettre en vigueur" }).ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Le formulaire est maintenant à l'état « en vigueur ».");
        await visitor.SeeAsync("vigueur-5-formulaire-en-vigueur");
        await page.GotoAsync("/accords/vie-des-formulaires");
        await visitor.SeeAsync("vigueur-6-qui-peut");

        using var people = new CaseDriver([product.Host], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
        var caseId = await people.SendAsync(test: false);
        await using var agent = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await agent.Page.GotoAsync($"/dossiers/{caseId}");
        var file = agent.Page.GetByRole(AriaRole.Main);
        await Assertions.Expect(file).ToContainTextAsync(new Regex(@"MD-2\d{3}-0001"));
        await Assertions.Expect(file).Not.ToContainTextAsync("SPÉCIMEN");
        await agent.SeeAsync("vigueur-7-vrai-document");

        await file.GetByRole(AriaRole.Link, new() { Name = "Corriger le document" }).ClickAsync();
        await agent.SeeAsync("vigueur-8-corriger");
        await agent.Page.GetByLabel("Motif").FillAsync("Une période manque.");
        await file.GetByRole(AriaRole.Button, new() { Name = "Corriger le document" }).ClickAsync();
        await Assertions.Expect(file).ToContainTextAsync("La demande est enregistrée.");
        await file.GetByRole(AriaRole.Link, new() { Name = "Corriger le formulaire" }).ClickAsync();
        await Assertions.Expect(agent.Page.GetByLabel("Nom de naissance").First).Not.ToHaveValueAsync("");
        await agent.SeeAsync("vigueur-9-formulaire-a-corriger");
    }

    [Fact]
    public async Task On_a_phone_two_forms_leave_in_one_envelope()
    {
        using var people = new CaseDriver([product.Host], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
        await using var visitor = await product.OpenAsync(width: 390, height: 844);
        await visitor.SignInAsync("agent1");
        var page = visitor.Page;
        var main = page.GetByRole(AriaRole.Main);
        await page.GotoAsync("/enveloppes");
        await Assertions.Expect(main).ToContainTextAsync("Aucune enveloppe n'attend.");
        var caseId = await people.ValidateAsync(grouped: true);
        using var officer = new ProductClient(product.Host.Address, "agent1");
        await officer.SignInAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await officer.GetAsync("api/envelopes"))!["items"]!.AsArray().Count == 0)
        {
            await Task.Delay(100, limit.Token);
        }

        await page.ReloadAsync();
        await Assertions.Expect(main).ToContainTextAsync("1 document");
        await visitor.SeeAsync("enveloppe-1-telephone");

        await page.GetByRole(AriaRole.Button, new() { Name = "Envoyer l'enveloppe" }).ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("L'enveloppe est prise");
        await Assertions.Expect(main).ToContainTextAsync("Envoi groupé de 1 document");
        await visitor.SeeAsync("enveloppe-2-envoi");
        await people.WaitForReplyAsync(caseId);
        await page.GotoAsync("/enveloppes");
        await Assertions.Expect(main).ToContainTextAsync("partie");
        await visitor.SeeAsync("enveloppe-3-partie");
    }
}
