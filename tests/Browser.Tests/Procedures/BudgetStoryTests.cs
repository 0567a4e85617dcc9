using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests.Procedures;

/// <summary>A budget as its officer prepares it: the page counts along, and the check explains what was rounded.</summary>
public sealed partial class BudgetStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task The_officer_changes_a_line_sees_the_totals_move_and_reads_which_figure_was_rounded()
    {
        await using var officer = await product.OpenAsync();
        await officer.SignInAsync("budget");

        var caseUrl = await OpenCaseAsync(officer);
        await PrepareAsync(officer, caseUrl);
        await WaitForCaseAsync(officer, caseUrl, "Lire le contrôle et soumettre");
        await OpenTaskAsync(officer, caseUrl, "Lire le contrôle");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Arrondi à l'euro");
        await officer.SeeAsync("budget-3-controle");
    }

    private static async Task<string> OpenCaseAsync(Visitor officer)
    {
        var page = officer.Page;
        await page.GotoAsync("/dossiers/nouveau?processus=budget-rectificatif");
        await page.GetByLabel("Exercice").FillAsync("2025");
        await page.GetByLabel("Un budget rectificatif").CheckAsync();
        await page.GetByLabel("Objet de ce budget").FillAsync("Baisser les crédits de traduction de fin d'année.");
        await officer.SeeAsync("budget-1-ouverture");
        await Body(officer).GetByRole(AriaRole.Button, new() { Name = "Ouvrir le dossier" }).Last.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(CasePage());
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Budget rectificatif n° 3 de l'exercice 2025");
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>The second amending budget of 2025 less 1 200,40 € of translations; the written document prints its total to the euro.</summary>
    private static async Task PrepareAsync(Visitor officer, string caseUrl)
    {
        await OpenTaskAsync(officer, caseUrl, "Préparer le budget");
        var page = officer.Page;
        await page.Locator("[name='champ-modifications[0].enveloppe']").SelectOptionAsync("fonctionnement");
        foreach (var (field, value) in new[]
        {
            ("modifications[0].ligne", "Traductions externes"), ("modifications[0].cp", "-1200,40"), ("modifications[0].motif", "Moins de pages par demande"),
            ("totalCpImprime", "8737016"), ("note", "Ce budget ajuste les crédits aux dépenses attendues jusqu'à la fin de l'exercice."),
        })
        {
            await page.Locator($"[name='champ-{field}']").FillAsync(value);
        }

        // Nothing was sent yet: the page itself counts.
        await Assertions.Expect(page.Locator("[data-cl-computed='champ-totalCp']")).ToHaveTextAsync(new Regex("8.737.015,60.€"));
        await Assertions.Expect(page.Locator("[data-cl-computed='champ-enveloppes[1].cpApres']")).ToHaveTextAsync(new Regex("2.503.512,60.€"));
        await officer.SeeAsync("budget-2-preparation");
        await CompleteAsync(officer, "Contrôler les chiffres");
    }

    private static async Task CompleteAsync(Visitor visitor, string button)
    {
        await Body(visitor).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).Last.ClickAsync();
        await Assertions.Expect(Body(visitor)).ToContainTextAsync("La tâche est terminée.");
    }

    [GeneratedRegex("/dossiers/[0-9a-z]{22}")]
    private static partial Regex CasePage();
}
