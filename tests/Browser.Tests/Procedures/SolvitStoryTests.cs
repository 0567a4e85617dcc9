using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests.Procedures;

/// <summary>A SOLVIT case as the SDL2 desk works on it, and the table of funds as its owner changes it.</summary>
public sealed class SolvitStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task The_desk_answers_asks_the_fund_climbs_a_level_and_tells_the_solution()
    {
        await using var desk = await product.OpenAsync();
        await desk.SignInAsync("sdl2");

        var caseUrl = await OpenCaseAsync(desk);
        await OpenTaskAsync(desk, caseUrl, "Envoyer la première réponse");
        await desk.SeeAsync("solvit-2-premiere-reponse");
        await SubmitAsync(desk, "Envoyer la première réponse");
        await WaitForCaseAsync(desk, caseUrl, "a trouvé la caisse compétente : France Travail");
        await WaitForCaseAsync(desk, caseUrl, "votre action est demandée sous 6 jours");

        await AdvanceAsync(product, "6.01:00:00");
        await WaitForCaseAsync(desk, caseUrl, "Escalade de niveau 2");
        await desk.SeeAsync("solvit-3-niveau-2");
        await ReplyAsync(desk, caseUrl);
        await WaitForCaseAsync(desk, caseUrl, "Apprécier la réponse reçue");
        await OpenTaskAsync(desk, caseUrl, "Apprécier la réponse");
        await desk.Page.Locator("[name='champ-solution']").FillAsync("La caisse a confirmé les périodes par un SED.");
        await desk.SeeAsync("solvit-4-appreciation");
        await SubmitAsync(desk, "Communiquer la solution");
        await WaitForCaseAsync(desk, caseUrl, "Résolue");
        await WaitForCaseAsync(desk, caseUrl, "Answer to your case");
        await desk.SeeAsync("solvit-5-resolue");

        await desk.Page.GotoAsync("/statistiques/solvit-sdl2");
        await Assertions.Expect(Body(desk)).ToContainTextAsync("Rapport trimestriel par secteur");
        await desk.SeeAsync("solvit-6-statistiques");
        await desk.Page.GotoAsync("/statistiques/solvit-sdl2?annee=2025");
        await Assertions.Expect(Body(desk)).ToContainTextAsync("soit 5 de plus (99,69 %)");
        await desk.SeeAsync("solvit-7-statistiques-2025");
    }

    [Fact]
    public async Task An_owner_says_which_fund_is_competent_from_which_day()
    {
        await using var owner = await product.OpenAsync();
        await owner.SignInAsync("proprietaire");
        var page = owner.Page;

        await page.GotoAsync("/accords");
        await Body(owner).GetByRole(AriaRole.Link, new() { Name = "Caisses compétentes" }).ClickAsync();
        await Body(owner).GetByRole(AriaRole.Link, new() { Name = "Ajouter une règle" }).ClickAsync();
        await page.GetByLabel("BUC ou secteur").FillAsync("P");
        await page.GetByLabel("Caisse", new() { Exact = true }).FillAsync("Caisse nationale de retraite");
        await page.GetByLabel("Adresse électronique").FillAsync("pas une adresse");
        await page.GetByLabel("Premier jour").FillAsync("2027-01-01");
        await SubmitAsync(owner, "Enregistrer la règle");
        await Assertions.Expect(Body(owner)).ToContainTextAsync("1 correction est nécessaire");
        await page.GetByLabel("Adresse électronique").FillAsync("sdl2@retraite.example");
        await SubmitAsync(owner, "Enregistrer la règle");
        await Assertions.Expect(Body(owner)).ToContainTextAsync("vaut déjà pour ce BUC");
        await owner.SeeAsync("solvit-8-regle-refusee");

        await page.GotoAsync("/accords/caisses/p");
        await page.GetByLabel("Dernier jour").FillAsync("2099-12-31");
        await SubmitAsync(owner, "Enregistrer la règle");
        await Assertions.Expect(Body(owner)).ToContainTextAsync("dernier jour : (vide) → 31/12/2099");
        await page.GetByLabel("BUC").FillAsync("P_BUC_01");
        await SubmitAsync(owner, "Chercher la caisse");
        await Assertions.Expect(Body(owner)).ToContainTextAsync("sdl2@cnav.example, d'après la règle p");
        await owner.SeeAsync("solvit-9-caisses");
        await page.SetViewportSizeAsync(360, 740);
        await owner.SeeAsync("solvit-9-caisses-360");
    }

    private static async Task<string> OpenCaseAsync(Visitor desk)
    {
        var page = desk.Page;
        await page.GotoAsync("/dossiers/nouveau?processus=solvit-sdl2");
        await page.GetByLabel("Centre SOLVIT").CheckAsync();
        await page.Locator("[name='champ-pays']").SelectOptionAsync("BE");
        await page.Locator("[name='champ-agricole'][value='non']").CheckAsync();
        await page.GetByLabel("Privée de revenu").CheckAsync();
        await FillAsync(
            page, ("buc", "UB_BUC_01"), ("sed", "EESSI-2026-118"), ("departement", "93"), ("objet", "Les périodes demandées n'ont pas été confirmées."),
            ("courrielDemandeur", "solvit@belgique.example"), ("courrielPartenaire", "sdl2@belgique.example"));
        await desk.SeeAsync("solvit-1-saisine");
        return await OpenedCaseAsync(desk);
    }

    private static async Task ReplyAsync(Visitor desk, string caseUrl)
    {
        var page = desk.Page;
        await FollowAsync(desk, caseUrl, "Enregistrer la réponse reçue");
        await page.GetByLabel("Date de réception").FillAsync(await page.EvaluateAsync<string>("new Date().toLocaleDateString('fr-FR')"));
        await page.Locator("input[type=radio][name='champ-natureReponse']").First.CheckAsync();
        await page.GetByLabel("Résumé").FillAsync("Les périodes sont confirmées.");
        await SubmitAsync(desk, "Enregistrer la réponse");
    }
}
