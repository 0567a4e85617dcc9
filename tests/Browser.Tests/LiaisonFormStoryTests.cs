using System.Globalization;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests;

/// <summary>The product's main job, as the two people who do it: from an officer's screen to the partner's mailbox, and back.</summary>
public sealed partial class LiaisonFormStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task A_liaison_form_goes_from_an_officers_screen_to_the_partners_mailbox()
    {
        await using var agent = await product.OpenAsync();
        await using var jurist = await product.OpenAsync();
        await agent.SignInAsync("agent1");
        await jurist.SignInAsync("juriste");

        var caseUrl = await OpenCaseAsync(agent);
        await FillAsync(agent);
        await NobodyValidatesOwnWorkAsync(agent, caseUrl);
        await SendBackAsync(jurist, caseUrl);
        await FillAgainAsync(agent, caseUrl);
        await ValidateAsync(jurist, caseUrl);

        await DocumentAndMailAsync(agent, caseUrl);
        await VerifyAsync(caseUrl);
        await RemindAsync(agent, caseUrl);
        await ReplyAsync(agent, caseUrl);
    }

    private static async Task<string> OpenCaseAsync(Visitor agent)
    {
        var page = agent.Page;
        await page.GotoAsync("/dossiers/nouveau");
        await page.GetByRole(AriaRole.Link, new() { Name = "Formulaire de liaison", Exact = true }).ClickAsync();
        await page.GetByLabel("Accord").SelectOptionAsync("MD");
        await page.GetByLabel("Formulaire", new() { Exact = false }).SelectOptionAsync("se-151-08");
        await page.GetByLabel("Nom de naissance de l'assuré").FillAsync("POPESCU");
        await page.GetByLabel("Prénoms de l'assuré").FillAsync("Maria Ștefania");
        await page.GetByLabel("Date de naissance de l'assuré").FillAsync("14/03/1958");

        // A real case is refused while the agreement is not in force, and nothing typed is lost.
        await Body(agent).GetByRole(AriaRole.Button, new() { Name = "Ouvrir le dossier" }).Last.ClickAsync();
        await Assertions.Expect(Body(agent)).ToContainTextAsync("seul un cas d'essai");
        await Assertions.Expect(page.GetByLabel("Nom de naissance de l'assuré")).ToHaveValueAsync("POPESCU");
        await agent.SeeAsync("1-ouverture-refusee");

        await page.GetByLabel("C'est un cas d'essai").CheckAsync();
        var caseUrl = await OpenedCaseAsync(agent);
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Anne Martin a ouvert le dossier d'essai");
        await agent.SeeAsync("2-dossier-ouvert");
        return caseUrl;
    }

    private static async Task FillAsync(Visitor agent)
    {
        var page = agent.Page;
        await page.GotoAsync("/taches");
        await agent.SeeAsync("3-taches");
        await Body(agent).GetByRole(AriaRole.Link, new() { Name = "Remplir le formulaire" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("[lang=ro]").First).ToBeVisibleAsync();

        // Leaving the page loses nothing.
        await page.GetByLabel("Lieu de naissance").FillAsync("Bălți");
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Brouillon enregistré à", new() { Timeout = 15_000 });
        await page.GotoAsync("/");
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByLabel("Lieu de naissance")).ToHaveValueAsync("Bălți");

        // Mistakes are named at the field and in a summary with links.
        await page.GetByLabel("Numéro de sécurité sociale français (NIR)").FillAsync("2 58 03 99 151 042 47");
        await SubmitAsync(agent, "Envoyer à la validation");
        var summary = page.Locator("[data-cl-error-summary]");
        await Assertions.Expect(summary).ToBeVisibleAsync();
        await agent.SeeAsync("4-formulaire-avec-erreurs");
        await summary.GetByRole(AriaRole.Link, new() { NameRegex = NirLink() }).First.ClickAsync();
        await Assertions.Expect(page.GetByLabel("Numéro de sécurité sociale français (NIR)")).ToBeFocusedAsync();

        await FillFieldsAsync(page);
        await agent.SeeAsync("5-formulaire-rempli");
        await SubmitAsync(agent, "Envoyer à la validation");
        await Assertions.Expect(page.Locator("[data-cl-error-summary]")).ToHaveCountAsync(0);
    }

    private static async Task FillFieldsAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Radio, new() { Name = "Féminin" }).CheckAsync();
        await page.GetByLabel("Pays de naissance").SelectOptionAsync("MD");
        await page.GetByLabel("Nationalité").SelectOptionAsync("MD");
        await page.GetByLabel("Numéro de sécurité sociale français (NIR)").FillAsync("2 58 03 99 151 042 46");
        await page.GetByLabel("Numéro personnel moldave (IDNP)").FillAsync("2002004001232");
        await page.GetByLabel("Numéro et rue").FillAsync("11 rue de la Tour");
        await page.GetByLabel("Localité").FillAsync("Montreuil");
        await page.Locator("[name='champ-adresse.pays']").SelectOptionAsync("FR");
        await page.GetByLabel("Nom de l'organisme").FillAsync("Caisse nationale d'assurance vieillesse");
        await FillPeriodAsync(page, 0, "01/09/1985", "26/08/1991", "Fabrica de confecții „Ionel”, Chișinău");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter : période" }).ClickAsync();
        await FillPeriodAsync(page, 1, "01/02/2001", "31/12/2009", "SARL Boulangerie du Marché, Montreuil");
        await page.GetByLabel("Total des trimestres validés").FillAsync("62");
        await page.Locator("[name='champ-carriereComplete'][value='oui']").CheckAsync();
        if (await page.Locator("[name='champ-pieces[0].intitule']").CountAsync() > 0)
        {
            await page.Locator("[name='champ-pieces[0].intitule']").FillAsync("Relevé de carrière");
            await page.Locator("[name='champ-pieces[0].pages']").FillAsync("3");
        }

        await page.GetByLabel("Fait à").FillAsync("Montreuil");
        await page.Locator("[name='champ-faitLe']").FillAsync("10/03/2026");
    }

    private static async Task FillPeriodAsync(IPage page, int index, string from, string to, string employer)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $"champ-periodes[{index}]");
        await page.Locator($"[name='{row}.du']").FillAsync(from);
        await page.Locator($"[name='{row}.au']").FillAsync(to);
        await page.Locator($"[name='{row}.employeur']").FillAsync(employer);
        await page.Locator($"[name='{row}.nature']").SelectOptionAsync("salarie");
    }

    private async Task NobodyValidatesOwnWorkAsync(Visitor agent, string caseUrl)
    {
        // By the screen: no action is offered, and the page says why.
        await agent.Page.GotoAsync(caseUrl);
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Valider");
        await agent.SeeAsync("6-dossier-en-validation");

        // By the interface: refused with a code.
        using var client = new ProductClient(product.Host.Address, "agent1");
        await client.SignInAsync();
        var detail = await client.GetAsync("api/cases/" + caseUrl.Split('/')[^1]);
        var task = detail!["openTasks"]?.AsArray().Single() ?? detail["tasks"]!.AsArray().Single(t => t!["status"]!.GetValue<string>() is "Available" or "Assigned");
        var refused = await Assert.ThrowsAsync<ProductRefusedException>(() => client.PostAsync(
            $"elsa/api/user-tasks/{task!["id"]}/complete",
            new System.Text.Json.Nodes.JsonObject { ["actionKey"] = "Valider", ["data"] = new System.Text.Json.Nodes.JsonObject(), ["expectedRevision"] = 1, ["operationId"] = "essai" }));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.Status);
    }

    private static async Task SendBackAsync(Visitor jurist, string caseUrl)
    {
        await OpenTaskAsync(jurist, caseUrl, "Valider");
        await jurist.SeeAsync("7-validation");
        await Assertions.Expect(Body(jurist)).Not.ToContainTextAsync("258039915104246");
        await jurist.Page.GetByLabel("Motif", new() { Exact = false }).First.FillAsync("Précisez l'employeur de la seconde période.");
        await SubmitAsync(jurist, "Renvoyer");
    }

    private static async Task FillAgainAsync(Visitor agent, string caseUrl)
    {
        await OpenTaskAsync(agent, caseUrl, "Remplir");
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Précisez l'employeur de la seconde période.");
        await Assertions.Expect(agent.Page.GetByLabel("Lieu de naissance")).ToHaveValueAsync("Bălți");
        await agent.SeeAsync("8-renvoye");
        await SubmitAsync(agent, "Envoyer à la validation");
    }

    private static async Task ValidateAsync(Visitor jurist, string caseUrl)
    {
        await OpenTaskAsync(jurist, caseUrl, "Valider");
        await SubmitAsync(jurist, "Valider");
    }

    private static async Task DocumentAndMailAsync(Visitor agent, string caseUrl)
    {
        await WaitForCaseAsync(agent, caseUrl, "en attente d'une réponse");
        await agent.SeeAsync("9-dossier-envoye");
        await Assertions.Expect(Body(agent)).ToContainTextAsync("SPEC-MD-");
        await agent.Page.GotoAsync("/courriers");
        await agent.SeeAsync("10-courriers");
        await Body(agent).GetByRole(AriaRole.Link, new() { NameRegex = SpecimenSubject() }).First.ClickAsync();
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Message-ID");
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Casa Națională");
        await agent.SeeAsync("11-courriel");
    }

    private async Task VerifyAsync(string caseUrl)
    {
        using var client = new ProductClient(product.Host.Address, "agent1");
        await client.SignInAsync();
        var documents = await client.GetAsync("api/documents?case=" + caseUrl.Split('/')[^1]);
        var document = documents!["items"]!.AsArray().Single()!;
        var pdf = await client.DownloadAsync($"api/documents/{document["id"]}/content");
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);

        // The partner abroad, on a phone, without an account.
        await using var partner = await product.OpenAsync(360, 740);
        await partner.Page.GotoAsync("/verifier/" + document["verificationCode"]!.GetValue<string>());
        await Assertions.Expect(Body(partner)).ToContainTextAsync(document["number"]!.GetValue<string>());
        await Assertions.Expect(Body(partner)).Not.ToContainTextAsync("POPESCU");
        await partner.SeeAsync("12-verification-360");
        await partner.Page.GotoAsync("/verifier");
        await partner.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "recu.pdf", MimeType = "application/pdf", Buffer = pdf });
        await Body(partner).GetByRole(AriaRole.Button, new() { Name = "Comparer le fichier" }).ClickAsync();
        await Assertions.Expect(Body(partner)).ToContainTextAsync(document["number"]!.GetValue<string>());
        await partner.SeeAsync("13-fichier-compare-360");
    }

    private async Task RemindAsync(Visitor agent, string caseUrl)
    {
        await AdvanceAsync(product, "31.00:00:00");
        await WaitForCaseAsync(agent, caseUrl, "relance n° 1");
    }

    private static async Task ReplyAsync(Visitor agent, string caseUrl)
    {
        // Time has moved by a month; the session of the cookie may have ended with it.
        await agent.GoAsync(caseUrl);
        await agent.SeeAsync("14-apres-relance");
        await FollowAsync(agent, caseUrl, "Enregistrer la réponse reçue");
        var page = agent.Page;
        await page.GetByLabel("Date de réception").FillAsync(await page.EvaluateAsync<string>("new Date().toLocaleDateString('fr-FR')"));
        await page.Locator("input[type=radio][name='champ-natureReponse']").First.CheckAsync();
        await page.GetByLabel("Résumé").FillAsync("Les périodes sont confirmées.");
        await page.Locator("input[type=file]").First.SetInputFilesAsync(new FilePayload
        {
            Name = "raspuns.pdf",
            MimeType = "application/pdf",
            Buffer = "%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"u8.ToArray(),
        });
        await agent.SeeAsync("15-reponse");
        await SubmitAsync(agent, "Enregistrer la réponse");
        await WaitForCaseAsync(agent, caseUrl, "clos");
        await agent.SeeAsync("16-dossier-clos");
        await page.SetViewportSizeAsync(360, 740);
        await agent.SeeAsync("16-dossier-clos-360");
    }

    [GeneratedRegex("NIR")]
    private static partial Regex NirLink();

    [GeneratedRegex(@"^\[SPÉCIMEN\]")]
    private static partial Regex SpecimenSubject();
}
