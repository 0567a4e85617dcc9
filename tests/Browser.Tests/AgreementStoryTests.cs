using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>The owner keeps the directory of partners, and a mail that could not leave leaves once its cause is mended.</summary>
public sealed class AgreementStoryTests(Product product) : IClassFixture<Product>
{
    [Fact]
    public async Task An_owner_mends_an_address_and_sends_the_blocked_mail_again()
    {
        using var owner = new ProductClient(product.Host.Address, "proprietaire");
        await owner.SignInAsync();
        var body = (await owner.GetAsync("api/agreements/MD/liaison-body"))!.AsObject();
        var without = new JsonObject(body.Where(member => member.Key is "name" or "country" or "address" or "language" or "agreementFr" or "agreementPartner")
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))
        { ["email"] = null };
        await owner.SendAsync(HttpMethod.Put, "api/agreements/MD/liaison-body", without);
        using var people = new CaseDriver([product.Host], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100));
        var caseId = await people.ValidateAsync();
        var mailId = await BlockedMailAsync(owner, caseId);

        await using var visitor = await product.OpenAsync();
        await visitor.SignInAsync("proprietaire");
        var page = visitor.Page;
        await page.GotoAsync($"/courriers/{mailId}");
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Ce courrier est mis de côté");
        await visitor.SeeAsync("courrier-mis-de-cote");

        await page.GetByRole(AriaRole.Navigation, new() { Name = "Navigation principale" }).GetByRole(AriaRole.Link, new() { Name = "Accords et référentiels" }).ClickAsync();
        await page.GetByLabel("Pays ou code ISO").FillAsync("moldavie");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filtrer" }).ClickAsync();
        await visitor.SeeAsync("accords");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Table).GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("les courriers attendent");
        await visitor.SeeAsync("accord-moldavie");
        await page.GetByRole(AriaRole.Link, new() { Name = "Modifier l'organisme" }).ClickAsync();

        // Everything wrong is said at once, and what was typed stays.
        await page.GetByLabel("Adresse électronique").FillAsync("pas une adresse");
        await page.GetByLabel("Langue", new() { Exact = true }).FillAsync("roumain");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer l'organisme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("2 corrections sont nécessaires");
        await Assertions.Expect(page.GetByLabel("Adresse électronique")).ToHaveValueAsync("pas une adresse");
        await visitor.SeeAsync("organisme-refuse");

        await page.GetByLabel("Adresse électronique").FillAsync("liaison@casa.example");
        await page.GetByLabel("Langue", new() { Exact = true }).FillAsync("ro");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enregistrer l'organisme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("liaison@casa.example");

        await page.GotoAsync($"/courriers/{mailId}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Renvoyer le courrier" }).ClickAsync();
        await visitor.ArriveAsync(new Regex("fait=renvoi"));
        await SentAsync(owner, mailId);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".page-head .state")).ToHaveTextAsync("parti");
        await visitor.SeeAsync("courrier-renvoye");
    }

    private static async Task<string> BlockedMailAsync(ProductClient client, string caseId) =>
        (await UntilAsync(async () => (await client.GetAsync($"api/mails?case={caseId}"))!["items"]!.AsArray().FirstOrDefault(mail => StateOf(mail!) == "blocked")))["id"]!.GetValue<string>();

    private static Task SentAsync(ProductClient client, string mailId) =>
        UntilAsync(async () => (await client.GetAsync($"api/mails/{mailId}"))!["mail"] is { } mail && StateOf(mail) == "sent" ? mail : null);

    private static string StateOf(JsonNode mail) => mail["state"]!.GetValue<string>();

    private static async Task<JsonNode> UntilAsync(Func<Task<JsonNode?>> look)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
