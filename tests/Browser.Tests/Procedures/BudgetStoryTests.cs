using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests.Procedures;

/// <summary>A budget from its first changed line to the silence of the authorities, in the hands of officer, accountant and director.</summary>
public sealed class BudgetStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task An_amending_budget_is_prepared_signed_by_others_voted_and_approved_by_silence()
    {
        await using var officer = await product.OpenAsync();
        await using var accountant = await product.OpenAsync();
        await using var director = await product.OpenAsync();
        await Task.WhenAll(officer.SignInAsync("budget"), accountant.SignInAsync("comptable"), director.SignInAsync("directrice"));

        var caseUrl = await OpenCaseAsync(officer);
        await PrepareAsync(officer, caseUrl);
        await WaitForCaseAsync(officer, caseUrl, "Lire le contrôle et soumettre");
        await OpenTaskAsync(officer, caseUrl, "Lire le contrôle");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Arrondi à l'euro");
        await officer.SeeAsync("budget-3-controle");
        await CompleteAsync(officer, "Soumettre au visa");

        await SignAsync(officer, accountant, director, caseUrl);
        await VoteAsync(officer, caseUrl);
        await officer.SeeAsync("budget-8-delai");

        var year = await officer.Page.EvaluateAsync<int>("new Date().getFullYear()");
        await AdvanceAsync(product, "40.00:00:00");
        await WaitForCaseAsync(officer, caseUrl, "Exécutoire par approbation tacite");
        await WaitForCaseAsync(officer, caseUrl, "Certificat d'approbation tacite");
        await officer.SeeAsync("budget-9-executoire");

        await officer.Page.GotoAsync($"/statistiques/budget-rectificatif?annee={year}");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("dont 1 par approbation tacite");
        await officer.SeeAsync("budget-10-statistiques");
        await officer.Page.GotoAsync("/statistiques/budget-rectificatif?annee=2025");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Exécution de 2025 d'après le rapport d'activité");
        await officer.SeeAsync("budget-11-statistiques-2025");
        await officer.Page.GotoAsync("/procedures/budget-rectificatif");
        await officer.SeeAsync("budget-12-fiche");
    }

    private static async Task<string> OpenCaseAsync(Visitor officer)
    {
        var page = officer.Page;
        await page.GotoAsync("/dossiers/nouveau?processus=budget-rectificatif");
        await page.GetByLabel("Exercice").FillAsync("2025");
        await page.GetByLabel("Un budget rectificatif").CheckAsync();
        await page.GetByLabel("Objet de ce budget").FillAsync("Baisser les crédits de traduction de fin d'année.");
        await officer.SeeAsync("budget-1-ouverture");
        var caseUrl = await OpenedCaseAsync(officer);
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Budget rectificatif n° 3 de l'exercice 2025");
        return caseUrl;
    }

    /// <summary>The second amending budget of 2025 less 1 200,40 € of translations; the written document prints its total to the euro.</summary>
    private static async Task PrepareAsync(Visitor officer, string caseUrl)
    {
        await OpenTaskAsync(officer, caseUrl, "Préparer le budget");
        var page = officer.Page;
        await page.Locator("[name='champ-modifications[0].enveloppe']").SelectOptionAsync("fonctionnement");
        await FillAsync(
            page, ("modifications[0].ligne", "Traductions externes"), ("modifications[0].cp", "-1200,40"), ("modifications[0].motif", "Moins de pages par demande"),
            ("totalCpImprime", "8737016"), ("note", "Ce budget ajuste les crédits aux dépenses attendues jusqu'à la fin de l'exercice."));

        // Nothing was sent yet: the page itself counts.
        await Assertions.Expect(page.Locator("[data-cl-computed='champ-totalCp']")).ToHaveTextAsync(new Regex("8.737.015,60.€"));
        await Assertions.Expect(page.Locator("[data-cl-computed='champ-enveloppes[1].cpApres']")).ToHaveTextAsync(new Regex("2.503.512,60.€"));
        await officer.SeeAsync("budget-2-preparation");
        await CompleteAsync(officer, "Contrôler les chiffres");
    }

    private static async Task SignAsync(Visitor officer, Visitor accountant, Visitor director, string caseUrl)
    {
        await WaitForCaseAsync(accountant, caseUrl, "Viser le budget");
        await OpenTaskAsync(accountant, caseUrl, "Viser le budget");
        await accountant.SeeAsync("budget-4-visa");
        await officer.Page.GotoAsync(accountant.Page.Url);
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Vous pouvez lire cette tâche, pas la faire");
        await Assertions.Expect(Body(officer).GetByRole(AriaRole.Button, new() { Name = "Viser" })).ToHaveCountAsync(0);
        await officer.SeeAsync("budget-5-visa-refuse-au-preparateur");
        await CompleteAsync(accountant, "Viser");

        await WaitForCaseAsync(director, caseUrl, "Signer le budget");
        await OpenTaskAsync(director, caseUrl, "Signer le budget");
        await CompleteAsync(director, "Signer");
    }

    private static async Task VoteAsync(Visitor officer, string caseUrl)
    {
        var page = officer.Page;
        await WaitForCaseAsync(officer, caseUrl, "Enregistrer le vote");
        await WaitForCaseAsync(officer, caseUrl, "Dossier du conseil d'administration");
        await officer.SeeAsync("budget-6-dossier-du-conseil");
        await OpenTaskAsync(officer, caseUrl, "Enregistrer le vote");
        var today = await page.EvaluateAsync<string>("new Date().toLocaleDateString('fr-FR')");
        await FillAsync(page, ("seanceLe", today), ("deliberation", "17"), ("presents", "18"), ("pour", "15"), ("contre", "1"), ("abstentions", "2"));
        await officer.SeeAsync("budget-7-vote");
        await CompleteAsync(officer, "Le conseil adopte");
        await WaitForCaseAsync(officer, caseUrl, "Enregistrer la réception");
        await OpenTaskAsync(officer, caseUrl, "Enregistrer la réception");
        await FillAsync(page, ("recuLe", today));
        await CompleteAsync(officer, "Enregistrer la réception");
        await WaitForCaseAsync(officer, caseUrl, "En attente de l'approbation de la tutelle");
    }

    private static async Task CompleteAsync(Visitor visitor, string button)
    {
        await Body(visitor).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).Last.ClickAsync();
        await Assertions.Expect(Body(visitor)).ToContainTextAsync("La tâche est terminée.");
    }
}
