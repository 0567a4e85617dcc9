using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;
using static Cleiss.Browser.Tests.CaseSteps;

namespace Cleiss.Browser.Tests;

/// <summary>A translation from the request to its delivery: the officer, the provider with a phone and no account, the reviser, the requester.</summary>
public sealed partial class TranslationStoryTests(Product product) : IClassFixture<Product>
{
    private static readonly FilePayload Original = new() { Name = "acte.txt", MimeType = "text/plain", Buffer = "Shahaadada dhalashada ee magaalada"u8.ToArray() };

    [Fact]
    public async Task A_provider_without_an_account_accepts_delivers_and_delivers_again_before_the_certified_translation_is_handed_over()
    {
        await using var officer = await product.OpenAsync();
        await using var reviser = await product.OpenAsync();
        await using var provider = await product.OpenAsync(390, 844);
        using var mailbox = new ProductClient(product.Host.Address, "agent1");
        await Task.WhenAll(officer.SignInAsync("traduction"), reviser.SignInAsync("reviseur"), mailbox.SignInAsync());
        var caseId = await RequestAsync(officer);

        await provider.Page.GotoAsync(await LinkAsync(mailbox, caseId, "traduction/commande"));
        await provider.SeeAsync("traduction-2-commande-390");
        await Press(provider, "Accepter la commande");
        await Assertions.Expect(Body(provider)).ToContainTextAsync("Votre réponse est enregistrée");
        await DeliverAsync(provider, await LinkAsync(mailbox, caseId, "traduction/livraison-attendue"), "traduction-3-livraison-390");

        await OpenRevisionAsync(reviser, caseId);
        await Assertions.Expect(Body(reviser).GetByRole(AriaRole.Link, new() { Name = "traduction.txt" })).ToBeVisibleAsync();
        await reviser.SeeAsync("traduction-4-revision");
        await Body(reviser).GetByRole(AriaRole.Link, new() { Name = "Demander une traduction ou une certification" }).ClickAsync();
        var original = await reviser.Page.RunAndWaitForDownloadAsync(() => Body(reviser).GetByRole(AriaRole.Link, new() { Name = "acte.txt" }).ClickAsync());
        Assert.Equal(Original.Buffer, await File.ReadAllBytesAsync(await original.PathAsync()));
        await OpenRevisionAsync(reviser, caseId);
        await reviser.Page.GetByLabel("Motif", new() { Exact = false }).First.FillAsync("La date de naissance est fausse.");
        await Press(reviser, "Renvoyer");
        await DeliverAsync(provider, await LinkAsync(mailbox, caseId, "traduction/livraison-attendue", 2), "traduction-5-a-reprendre-390", "La date de naissance est fausse.");
        await OpenRevisionAsync(reviser, caseId);
        await Press(reviser, "Certifier");

        await provider.Page.GotoAsync(await LinkAsync(mailbox, caseId, "traduction/livraison"));
        await Assertions.Expect(Body(provider)).ToContainTextAsync("traduction.txt");
        await provider.SeeAsync("traduction-6-remise-390");
        var fetched = await provider.Page.RunAndWaitForDownloadAsync(() => Body(provider).GetByRole(AriaRole.Link, new() { Name = "traduction.txt" }).ClickAsync());
        Assert.Equal("Acte de naissance", await File.ReadAllTextAsync(await fetched.PathAsync()));

        await officer.Page.GotoAsync("/dossiers/" + caseId);
        await Assertions.Expect(Body(officer)).ToContainTextAsync("Livrée");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("a retiré un fichier par son lien");
        await officer.SeeAsync("traduction-7-dossier-livre");
        await officer.Page.GotoAsync("/statistiques/traduction");
        await officer.SeeAsync("traduction-8-statistiques");
        await officer.Page.GotoAsync("/traductions");
        await Assertions.Expect(Body(officer)).ToContainTextAsync("en cours");
        await officer.SeeAsync("traduction-9-marche");
        provider.DemandNoFault();
    }

    private static Task Press(Visitor visitor, string button) =>
        Body(visitor).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^" + button, RegexOptions.None, TimeSpan.FromSeconds(1)) }).Last.ClickAsync();

    private static async Task<string> RequestAsync(Visitor officer)
    {
        var page = officer.Page;
        await page.GotoAsync("/dossiers/nouveau");
        await page.GetByRole(AriaRole.Link, new() { Name = "Traduction et certification", Exact = true }).ClickAsync();
        await page.GetByLabel("Organisme demandeur").FillAsync("CPAM de l'Exemple");
        await page.GetByLabel("Adresse électronique du demandeur").FillAsync("cpam@exemple.fr");
        foreach (var choice in new[] { "nature'][value='traduction", "sens'][value='version", "donneesPersonnelles'][value='oui" })
        {
            await page.Locator($"[name='champ-{choice}']").CheckAsync();
        }

        await page.GetByLabel("Langue étrangère").SelectOptionAsync("so");
        await page.GetByLabel("Type de document").SelectOptionAsync("etat-civil");
        await page.Locator("input[type=file]").First.SetInputFilesAsync(Original);
        await Assertions.Expect(Body(officer)).ToContainTextAsync("acte.txt");
        await officer.SeeAsync("traduction-1-demande");
        return (await OpenedCaseAsync(officer)).Split('/')[^1];
    }

    private static async Task DeliverAsync(Visitor provider, string link, string picture, string? expected = null)
    {
        await provider.Page.GotoAsync(link);
        if (expected is not null)
        {
            await Assertions.Expect(Body(provider)).ToContainTextAsync(expected);
        }

        await provider.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "traduction.txt", MimeType = "text/plain", Buffer = "Acte de naissance"u8.ToArray() });
        await Assertions.Expect(Body(provider)).ToContainTextAsync("traduction.txt");
        await provider.SeeAsync(picture);
        await Press(provider, "Livrer");
        await Assertions.Expect(Body(provider)).ToContainTextAsync("Votre réponse est enregistrée");
    }

    private static async Task OpenRevisionAsync(Visitor reviser, string caseId)
    {
        var link = Body(reviser).GetByRole(AriaRole.Link, new() { NameRegex = Revision() });
        for (var attempt = 0; attempt < 60; attempt++)
        {
            await reviser.Page.GotoAsync("/dossiers/" + caseId);
            if (await link.CountAsync() > 0)
            {
                break;
            }

            await reviser.Page.WaitForTimeoutAsync(250);
        }

        await link.First.ClickAsync();
        await Assertions.Expect(reviser.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Réviser");
        var take = Body(reviser).GetByRole(AriaRole.Button, new() { Name = "Prendre la tâche" });
        if (await take.CountAsync() > 0)
        {
            await take.First.ClickAsync();
            await reviser.Page.WaitForLoadStateAsync();
        }
    }

    /// <summary>The address in the recipient's mailbox: the newest link of this template, once there are as many.</summary>
    private static async Task<string> LinkAsync(ProductClient mailbox, string caseId, string template, int number = 1)
    {
        for (var attempt = 0; attempt < 240; attempt++)
        {
            var mails = (await mailbox.GetAsync("api/mails?case=" + caseId))!["items"]!.AsArray()
                .Where(mail => mail!["template"]?.GetValue<string>() == template && mail["state"]!.GetValue<string>() == "sent")
                .OrderBy(mail => mail!["createdAt"]!.GetValue<DateTimeOffset>()).ToList();
            if (mails.Count >= number)
            {
                return new Uri(Address().Match(mails[^1]!["body"]!.GetValue<string>()).Value).AbsolutePath;
            }

            await Task.Delay(250);
        }

        throw new TimeoutException($"Mail {number} of {template} never left.");
    }

    [GeneratedRegex("^Réviser")]
    private static partial Regex Revision();

    [GeneratedRegex("https://[^ \n]+/partenaire/[A-Za-z0-9_-]+")]
    private static partial Regex Address();
}
