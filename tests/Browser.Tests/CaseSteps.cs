using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>What people do with a case in every story.</summary>
internal static class CaseSteps
{
    public static ILocator Body(Visitor visitor) => visitor.Page.GetByRole(AriaRole.Main);

    /// <summary>Opens the task whose title begins so, and takes it.</summary>
    public static async Task OpenTaskAsync(Visitor visitor, string caseUrl, string title)
    {
        await visitor.Page.GotoAsync(caseUrl);
        await Body(visitor).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^" + title) }).First.ClickAsync();
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

    /// <summary>Effects run after the commit: the page is loaded again until it tells what is awaited.</summary>
    public static async Task WaitForCaseAsync(Visitor visitor, string caseUrl, string text)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            await visitor.GoAsync(caseUrl);
            if ((await Body(visitor).InnerTextAsync()).Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            await visitor.Page.WaitForTimeoutAsync(500);
        }

        Assert.Fail($"{caseUrl} never said « {text} »:\n{await Body(visitor).InnerTextAsync()}");
    }
}
