using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>What people do with a case in every story.</summary>
internal static partial class CaseSteps
{
    public static ILocator Body(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Main);

    /// <summary>Writes into the fields of the form on the page, by their keys.</summary>
    public static async Task FillAsync(IPage page, params (string Field, string Value)[] answers)
    {
        foreach (var (field, value) in answers)
        {
            await page.Locator($"[name='champ-{field}']").FillAsync(value);
        }
    }

    /// <summary>Sends what opens a case, and says where the case is.</summary>
    public static async Task<string> OpenedCaseAsync(Visitor visitor)
    {
        await Body(visitor).GetByRole(AriaRole.Button, new() { Name = "Ouvrir le dossier" }).Last.ClickAsync();
        await visitor.ArriveAsync(CasePage());
        return new Uri(visitor.Page.Url).AbsolutePath;
    }

    /// <summary>Moves the clock of the product.</summary>
    public static async Task AdvanceAsync(Product product, string by)
    {
        using var admin = new ProductClient(product.Host.Address, "admin");
        await admin.SignInAsync();
        await admin.PostAsync("api/clock/advance", new JsonObject { ["by"] = by });
    }

    /// <summary>Opens the task whose title begins so, and takes it.</summary>
    public static async Task OpenTaskAsync(Visitor visitor, string caseUrl, string title)
    {
        await FollowAsync(visitor, caseUrl, "^" + title);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(title);
        var take = Body(visitor).GetByRole(AriaRole.Button, new() { Name = "Prendre la tâche" });
        if (await take.CountAsync() > 0)
        {
            await take.First.ClickAsync();
            await Assertions.Expect(take).ToHaveCountAsync(0);
        }
    }

    public static async Task SubmitAsync(Visitor visitor, string button)
    {
        await Body(visitor).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^" + button) }).Last.ClickAsync();
        await visitor.Page.WaitForLoadStateAsync();
    }

    public static Task WaitForCaseAsync(Visitor visitor, string caseUrl, string text) =>
        WaitForCaseAsync(visitor, caseUrl, text, async () => (await Body(visitor).InnerTextAsync()).Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Follows the first link of the case whose text matches, once it is there.</summary>
    public static async Task FollowAsync(Visitor visitor, string caseUrl, string link)
    {
        var found = Body(visitor).GetByRole(AriaRole.Link, new() { NameRegex = new Regex(link) }).First;
        await WaitForCaseAsync(visitor, caseUrl, link, async () => await found.CountAsync() > 0);
        await found.ClickAsync();
    }

    /// <summary>Effects run after the commit: the page is loaded again until it tells what is awaited.</summary>
    private static async Task WaitForCaseAsync(Visitor visitor, string caseUrl, string what, Func<Task<bool>> told)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            await visitor.GoAsync(caseUrl);
            if (await told())
            {
                return;
            }

            await visitor.Page.WaitForTimeoutAsync(500);
        }

        Assert.Fail($"{caseUrl} never said « {what} »:\n{await Body(visitor).InnerTextAsync()}");
    }

    [GeneratedRegex("/dossiers/[0-9a-z]{22}")]
    private static partial Regex CasePage();
}
