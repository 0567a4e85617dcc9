using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Cleiss.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>Elsa Studio as a process owner handles it. What goes wrong on the way is kept: any refusal nobody expected, any error of Studio.</summary>
internal sealed partial class Concepteur
{
    private const float Patience = 60_000;

    private readonly ConcurrentQueue<string> _refused = new();

    public Concepteur(Visitor visitor)
    {
        Visitor = visitor;
        Page.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        Page.Response += (_, answer) =>
        {
            if (answer.Status >= 400)
            {
                _refused.Enqueue($"{answer.Status} {answer.Request.Method} {answer.Url}");
            }
        };
    }

    public Visitor Visitor { get; }

    public IPage Page => Visitor.Page;

    public ILocator Dialog => Page.Locator(".mud-dialog");

    public ILocator Canvas => Page.Locator(".graph-container.x6-graph");

    public ILocator Nodes => Page.Locator(".x6-node");

    /// <summary>The bar above the drawing.</summary>
    public ILocator Toolbar => Page.Locator(".rz-splitter-pane", new() { Has = Page.Locator("> .mud-paper .mud-toolbar") }).Last.Locator(".mud-toolbar").First;

    public static string NewName(string word) => $"{word} {Guid.NewGuid().ToString("N")[..6]}";

    public async Task OpenListAsync()
    {
        await Page.GotoAsync("/studio");
        await Assertions.Expect(Page.GetByText("Définitions de processus")).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator("elsa-workflow-definition-list tbody tr").First).ToBeVisibleAsync();
    }

    /// <summary>From the list to the editor of a new process.</summary>
    /// <param name="kind">As the dialog names it: Schéma, Suite d’étapes, Machine à états.</param>
    public async Task CreateAsync(string name, string kind)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Créer un processus" }).ClickAsync();
        await FillAsync(Dialog, "Nom", name);
        await Dialog.Locator(".workflow-root-template", new() { HasText = kind }).First.ClickAsync();
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Valider" }).ClickAsync();
        await Page.WaitForURLAsync(EditorAddress());
        await Assertions.Expect(Page.GetByText("Enregistrement automatique").First).ToBeVisibleAsync();
    }

    public async Task TabAsync(string name)
    {
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Concepteur" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Assertions.Expect(Page.Locator("#concepteur-stage tbody tr").First).ToBeVisibleAsync();
    }

    /// <summary>Types into the field with this label and leaves it; Studio does not tie labels to fields.</summary>
    public static async Task FillAsync(ILocator within, string label, string text)
    {
        var field = Field(within, label).Locator("input, textarea").First;
        await field.FillAsync(text);
        await field.PressAsync("Tab");
    }

    public static ILocator Field(ILocator within, string label) =>
        within.Locator(".mud-input-control", new() { Has = within.Page.GetByText(label, new() { Exact = true }) }).Last;

    /// <summary>Drags an activity from the palette and waits until Studio has saved it by itself.</summary>
    public async Task DropAsync(string activity, float x, float y)
    {
        var before = await Nodes.CountAsync();
        await Page.GetByPlaceholder("Rechercher", new() { Exact = true }).FillAsync(activity);
        var group = Page.Locator(".mud-expand-panel", new() { Has = Page.GetByText(activity, new() { Exact = true }) });
        var item = group.Locator(".mud-paper.cursor-grab", new() { Has = Page.GetByText(activity, new() { Exact = true }) });
        await Assertions.Expect(item).ToBeAttachedAsync();
        if (!await item.IsVisibleAsync())
        {
            await group.Locator(".mud-expand-panel-header").ClickAsync();
        }

        await Assertions.Expect(item).ToBeVisibleAsync();
        await SavedByAsync(() => item.DragToAsync(Canvas, new() { TargetPosition = new() { X = x, Y = y } }));
        await Assertions.Expect(Nodes).ToHaveCountAsync(before + 1);
    }

    public async Task ConnectAsync(int from, int to)
    {
        var start = (await Nodes.Nth(from).Locator(".x6-port-out circle").First.BoundingBoxAsync())!;
        var end = (await Nodes.Nth(to).Locator(".x6-port-in circle").First.BoundingBoxAsync())!;
        await SavedByAsync(async () =>
        {
            await Page.Mouse.MoveAsync(start.X + (start.Width / 2), start.Y + (start.Height / 2));
            await Page.Mouse.DownAsync();
            await Page.Mouse.MoveAsync(end.X - 20, end.Y + (end.Height / 2), new() { Steps = 6 });
            await Page.Mouse.MoveAsync(end.X + (end.Width / 2), end.Y + (end.Height / 2), new() { Steps = 4 });
            await Page.Mouse.UpAsync();
        });
    }

    /// <summary>Does something that Studio saves, and waits for the answer.</summary>
    public Task SavedByAsync(Func<Task> action) => Page.RunAndWaitForResponseAsync(
        action, answer => answer.Request.Method == "POST" && answer.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal) && answer.Ok);

    /// <summary>A picture, and nothing that went wrong so far.</summary>
    public async Task SeeAsync(string picture)
    {
        var folder = Path.Combine(RepositoryFolder.Path, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"concepteur-{picture}.png") });
        Assert.False(await Page.Locator("#blazor-error-ui").IsVisibleAsync(), "Studio stopped on an error.");
        Assert.True(_refused.IsEmpty, string.Join(Environment.NewLine, _refused));
        Visitor.DemandNoFault();
    }

    /// <summary>The step refused on purpose: what it was answered is looked at and forgotten.</summary>
    public void DemandRefused(int status)
    {
        Assert.Contains(_refused, line => line.StartsWith($"{status} ", StringComparison.Ordinal));
        _refused.Clear();
    }

    [GeneratedRegex("/studio/workflows/definitions/[^/]+/edit$", RegexOptions.None, 1000)]
    private static partial Regex EditorAddress();
}
