using System.Text.Json.Nodes;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests.Procedures;

/// <summary>A request of 2025 through the hands of officer, jurist and director, beside one of 2026 that goes to Urssaf.</summary>
public sealed class MaintienStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task A_request_of_2025_is_judged_by_the_table_signed_and_agreed_abroad_while_one_of_2026_goes_to_Urssaf()
    {
        await using var agent = await product.OpenAsync();
        await using var jurist = await product.OpenAsync();
        await using var director = await product.OpenAsync();
        await Task.WhenAll(agent.SignInAsync("agent1"), jurist.SignInAsync("juriste"), director.SignInAsync("directrice"));

        var caseUrl = await OpenCaseAsync(agent);
        await ExamineAsync(agent, caseUrl);
        await WaitForCaseAsync(agent, caseUrl, "de la table « Décider de la recevabilité »");
        await Body(agent).GetByRole(AriaRole.Link, new() { Name = "Voir la table et la ligne" }).ClickAsync();
        await Assertions.Expect(Body(agent).Locator("tr.decided")).ToContainTextAsync("a décidé");
        await agent.SeeAsync("maintien-3-decision");

        await OpenTaskAsync(jurist, caseUrl, "Valider");
        await jurist.SeeAsync("maintien-4-validation");
        await SubmitAsync(jurist, "Valider");
        await WaitForCaseAsync(director, caseUrl, "Signer la demande");
        await OpenTaskAsync(director, caseUrl, "Signer");
        await SubmitAsync(director, "Signer");
        await WaitForCaseAsync(agent, caseUrl, "Request for an exception");
        await WaitForCaseAsync(agent, caseUrl, "Enregistrer la réponse reçue");
        await agent.SeeAsync("maintien-5-transmise");

        await DecideAsync(agent, caseUrl);
        await OpenTaskAsync(jurist, caseUrl, "Relire");
        await SubmitAsync(jurist, "Confirmer");
        await WaitForCaseAsync(agent, caseUrl, "Accord de l’autorité étrangère");
        await agent.SeeAsync("maintien-7-accord");

        await OpenOf2026Async();
        await agent.Page.GotoAsync("/statistiques/maintien-derogatoire?annee=2025");
        await Assertions.Expect(Body(agent)).ToContainTextAsync("Demandes par régime");
        await agent.SeeAsync("maintien-8-statistiques");
        await agent.Page.GotoAsync("/procedures/maintien-derogatoire");
        await agent.SeeAsync("maintien-9-fiche");
    }

    private static async Task<string> OpenCaseAsync(Visitor agent)
    {
        var page = agent.Page;
        await page.GotoAsync("/dossiers/nouveau?processus=maintien-derogatoire");
        await page.GetByLabel("Régime spécial").SelectOptionAsync("Camieg");
        await page.GetByLabel("Pays de la mission").SelectOptionAsync("IT");
        await FillPersonAsync(page);
        await FillAsync(page, ("courrielRegime", "detachement@camieg.example"), ("courrielEmployeur", "rh@energie.example"), ("courrielSalarie", "solene@courriel.example"));
        await page.GetByLabel("Reçu le").FillAsync("2025-06-10");
        await agent.SeeAsync("maintien-1-demande");
        var caseUrl = await OpenedCaseAsync(agent);
        await Assertions.Expect(Body(agent)).ToContainTextAsync("version 1");
        return caseUrl;
    }

    private static Task FillPersonAsync(IPage page) => FillAsync(
        page, ("personne", "LE GOFF"), ("prenoms", "Solène"), ("naissance", "02/11/1978"), ("employeur", "Énergie fictive, Paris"),
        ("activite", "Construction d'un poste électrique"), ("du", "01/05/2025"), ("au", "30/04/2029"),
        ("motifs", "La personne conserve son contrat français et sa carrière d'assurance ne sera pas interrompue."));

    private static async Task ExamineAsync(Visitor agent, string caseUrl)
    {
        await OpenTaskAsync(agent, caseUrl, "Instruire");
        var page = agent.Page;
        await FillPersonAsync(page);
        await FillAsync(page, ("fondement", "l'article 16 du règlement (CE) n° 883/2004"), ("signataire", "Isabelle LAURENT"), ("qualite", "La directrice"));
        await page.Locator("[name='champ-complet'][value='oui']").CheckAsync();
        await agent.SeeAsync("maintien-2-instruction");
        await SubmitAsync(agent, "Soumettre à l'examen");
    }

    private async Task DecideAsync(Visitor agent, string caseUrl)
    {
        using var client = new ProductClient(product.Host.Address, "agent1");
        await client.SignInAsync();
        var reply = (await client.GetAsync("api/forms/reponse-partenaire"))!["sample"]!.DeepClone().AsObject();
        reply.Remove("piece");
        await client.PostAsync($"api/cases/{caseUrl.Split('/')[^1]}/reply", new JsonObject { ["data"] = reply });
        await WaitForCaseAsync(agent, caseUrl, "Enregistrer la décision de l'autorité étrangère");
        await OpenTaskAsync(agent, caseUrl, "Enregistrer la décision");
        var page = agent.Page;
        await page.Locator("[name='champ-decision'][value='accord']").CheckAsync();
        await FillAsync(page, ("decideLe", "12/09/2025"), ("accordDu", "01/05/2025"), ("accordAu", "30/04/2029"));
        await agent.SeeAsync("maintien-6-decision-etrangere");
        await SubmitAsync(agent, "Faire relire");
    }

    private async Task OpenOf2026Async()
    {
        using var client = new ProductClient(product.Host.Address, "agent1");
        await client.SignInAsync();
        var input = (await client.GetAsync("api/forms/demande-maintien-derogatoire"))!["sample"]!.DeepClone();
        var opened = await client.PostAsync("api/processes/maintien-derogatoire/cases", new JsonObject { ["input"] = input, ["receivedOn"] = "2026-01-01" });
        var detail = await client.GetAsync($"api/cases/{opened!["caseId"]}");
        Assert.Contains("version 2", detail!.ToJsonString(), StringComparison.Ordinal);
    }
}
