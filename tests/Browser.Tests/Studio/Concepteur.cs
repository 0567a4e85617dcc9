using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Cleiss.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>Elsa Studio as a process owner handles it. What goes wrong on the way is kept: any refusal nobody expected, any error of Studio.</summary>
internal sealed partial class Concepteur
{
    private const float Patience = 90_000;
    private const string Definitions = "elsa-workflow-definition-list";

    private readonly ConcurrentQueue<string> _refused = new();
    private readonly ConcurrentDictionary<IRequest, long> _calls = new();

    public Concepteur(Visitor visitor)
    {
        Visitor = visitor;
        Page.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/elsa/", StringComparison.Ordinal))
            {
                _calls[request] = Stopwatch.GetTimestamp();
            }
        };
        // An answer that is not read to its end never finishes: a call is over once it is answered.
        Page.RequestFailed += (_, request) => _calls.TryRemove(request, out var _);
        Page.Response += (_, answer) =>
        {
            _calls.TryRemove(answer.Request, out var _);
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

    /// <summary>What is set on the chosen activity, below the drawing.</summary>
    public ILocator Below => Page.Locator(".rz-splitter-pane-lastresizable").Nth(1);

    /// <summary>What is set on the whole process, or known of the instance, beside the drawing.</summary>
    public ILocator Beside => Page.Locator(".rz-splitter-pane-lastresizable").Last;

    /// <summary>What opened last above the page: a list of choices or a menu.</summary>
    public ILocator Floating => Page.Locator(".mud-popover-open").Last;

    public ILocator Told => Page.Locator(".mud-snackbar");

    public ILocator Nodes => Page.Locator(".x6-node");

    /// <summary>The bar above the drawing.</summary>
    public ILocator Toolbar => Page.Locator(".rz-splitter-pane", new() { Has = Page.Locator("> .mud-paper .mud-toolbar") }).Last.Locator(".mud-toolbar").First;

    public static string NewName(string word) => $"{word} {Guid.NewGuid().ToString("N")[..6]}";

    /// <summary>Loads the whole page, with Studio in it.</summary>
    public async Task StartAsync()
    {
        await Visitor.GoAsync("/studio");
        await Assertions.Expect(Page.GetByText("Définitions de processus")).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator($"{Definitions} tbody tr").First).ToBeVisibleAsync();
    }

    /// <summary>A fresh list, whatever is open; Studio runs on.</summary>
    public async Task BeginAtListAsync()
    {
        await CloseNotesAsync();
        if (await Page.Locator(Definitions).CountAsync() > 0)
        {
            await TabAsync("Instances");
        }

        await TabAsync("Définitions");
    }

    /// <summary>A story; when it goes wrong, a picture of the page as it was then.</summary>
    public async Task TellAsync(string name, Func<Task> story)
    {
        try
        {
            await story();
        }
        catch (Exception)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures(), $"echec-{name}.png") });
            throw;
        }
    }

    public void Forget()
    {
        _calls.Clear();
        _refused.Clear();
        Visitor.Forget();
    }

    /// <summary>Until Studio has neither a call under way nor anything left to draw: before, what is chosen or typed may be drawn over.</summary>
    public async Task QuietAsync()
    {
        var clock = Stopwatch.StartNew();
        do
        {
            while (IsCalling())
            {
                Assert.True(clock.Elapsed.TotalMilliseconds < Patience, "Not answered: " + string.Join(", ", _calls.Keys.Select(call => $"{call.Method} {call.Url}")));
                await Task.Delay(20);
            }

            await Page.EvaluateAsync("() => new Promise(done => requestIdleCallback(() => requestIdleCallback(done, { timeout: 2000 }), { timeout: 2000 }))");
        }
        while (IsCalling());
    }

    /// <summary>From the list to the editor of a new process.</summary>
    /// <param name="kind">As the dialog names it: Schéma, Suite d’étapes, Machine à états.</param>
    public async Task CreateAsync(string name, string kind)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Créer un processus" }).ClickAsync();
        await FillAsync(Dialog, "Nom", name);
        await Dialog.Locator(".workflow-root-template", new() { HasText = kind }).First.ClickAsync();
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Valider" }).ClickAsync();
        await Visitor.ArriveAsync(EditorAddress());
        await Assertions.Expect(Page.GetByText("Enregistrement automatique").First).ToBeVisibleAsync();
        await QuietAsync();
    }

    /// <param name="name">Définitions or Instances.</param>
    public async Task TabAsync(string name)
    {
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Concepteur" }).GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Assertions.Expect(Page.Locator(name == "Instances" ? "elsa-workflow-instance-list tbody tr" : $"{Definitions} tbody tr").First).ToBeVisibleAsync();
        await QuietAsync();
    }

    /// <summary>Shows only the definitions that match.</summary>
    public async Task SearchAsync(string text)
    {
        // Before, the answer to what the list asked for by itself would be taken for the one to this.
        await QuietAsync();

        // The list asks for what is found, then for its published versions; what it asked for before may still be on its way.
        var asked = false;
        await Page.RunAndWaitForResponseAsync(
            () => Page.GetByPlaceholder("Chercher par nom, description, identifiant").FillAsync(text),
            answer =>
            {
                asked |= HttpUtility.ParseQueryString(new Uri(answer.Url).Query)["SearchTerm"] == text;
                return asked && answer.Url.Contains("versionOptions=Published", StringComparison.Ordinal) && answer.Ok;
            });
        await QuietAsync();
    }

    /// <summary>Opens a definition from the list, by its id.</summary>
    public async Task OpenAsync(string definitionId)
    {
        await SearchAsync(definitionId);
        await Page.Locator("tbody").GetByText(definitionId, new() { Exact = true }).ClickAsync();
        await Visitor.ArriveAsync(EditorAddress());
        await Assertions.Expect(Nodes.First).ToBeAttachedAsync();
        await QuietAsync();
    }

    /// <summary>Opens one of Studio's own tabs within a pane.</summary>
    public static Task PaneTabAsync(ILocator pane, string name) => pane.Locator(".mud-tab", new() { HasText = name }).First.ClickAsync();

    /// <summary>Opens a list of choices and takes one.</summary>
    public async Task ChooseAsync(ILocator within, string label, string choice, bool exact = true)
    {
        await Field(within, label).ClickAsync();
        await Floating.GetByText(choice, new() { Exact = exact }).Last.ClickAsync();
    }

    /// <summary>How an input's value is written: as a value, a script, a variable, …</summary>
    public async Task SyntaxAsync(string label, string syntax)
    {
        // While lists of choices still arrive, Studio draws the panel anew and forgets a syntax without a value.
        await QuietAsync();
        await Below.Locator(".flex-row.gap-3", new() { Has = Page.Locator(".mud-input-control", new() { Has = Page.GetByText(label, new() { Exact = true }) }) }).Last
            .Locator(".mud-menu button").Last.ClickAsync();
        await Floating.GetByText(syntax, new() { Exact = true }).ClickAsync();
        await QuietAsync();
    }

    /// <summary>Types code into an input's editor; Studio saves once the typing rests.</summary>
    public async Task CodeAsync(string label, string code)
    {
        var editor = Field(Below, label).Locator(".monaco-editor").First;
        await editor.Locator(".view-lines").ClickAsync();
        await Page.Keyboard.PressAsync("Control+A");
        await SavedByAsync(() => Page.Keyboard.InsertTextAsync(code));
    }

    /// <summary>Adds a case to the chosen switch.</summary>
    public async Task AddCaseAsync(string label, string condition)
    {
        await Below.GetByRole(AriaRole.Button, new() { Name = "Ajouter un cas" }).ClickAsync();
        var row = Below.Locator("tbody tr").First;
        await row.Locator("td[data-label=Label] input").FillAsync(label);
        await row.Locator("td[data-label=Condition] input").FillAsync(condition);
        await row.Locator("td[data-label=Condition] input").PressAsync("Tab");
        await SavedByAsync(() => row.GetByRole(AriaRole.Button).First.ClickAsync());
    }

    public async Task RowMenuAsync(string row, string item)
    {
        await QuietAsync();
        await Page.Locator("tbody tr", new() { HasText = row }).Locator(".mud-menu button").ClickAsync();
        await Floating.GetByText(item, new() { Exact = true }).ClickAsync();
    }

    /// <summary>Chooses rows by their boxes, then one of the actions for all of them.</summary>
    public async Task TogetherAsync(string item, params string[] rows)
    {
        await QuietAsync();
        foreach (var row in rows)
        {
            var box = Page.Locator("tbody tr", new() { HasText = row }).Locator("input[type=checkbox]");
            if (!await box.IsCheckedAsync())
            {
                await box.ClickAsync();
            }

            await Assertions.Expect(box).ToBeCheckedAsync();
        }

        await Page.GetByRole(AriaRole.Button, new() { Name = "Actions groupées" }).First.ClickAsync();
        await Floating.GetByText(item, new() { Exact = true }).ClickAsync();
    }

    /// <summary>Says yes in the dialog that asks; yes stands last.</summary>
    public async Task ConfirmAsync()
    {
        await Dialog.GetByRole(AriaRole.Button).Last.ClickAsync();
        await Assertions.Expect(Dialog).ToHaveCountAsync(0);
    }

    /// <summary>Gives files to whatever asks for them.</summary>
    public async Task UploadAsync(Func<Task> ask, params FilePayload[] files)
    {
        var chooser = await Page.RunAndWaitForFileChooserAsync(ask);
        await chooser.SetFilesAsync(files);
    }

    public async Task<byte[]> DownloadAsync(Func<Task> ask)
    {
        var download = await Page.RunAndWaitForDownloadAsync(ask);
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    /// <summary>Studio first asks whether what uses the definitions should come along.</summary>
    public async Task<byte[]> ExportAsync(Func<Task> ask)
    {
        await ask();
        return await DownloadAsync(() => Dialog.GetByRole(AriaRole.Button, new() { Name = "Exporter" }).ClickAsync());
    }

    public async Task PublishAsync(string told = "Processus publié")
    {
        await QuietAsync();
        await Toolbar.Locator("button.mud-primary-text").ClickAsync();
        await TakeNoteAsync(told);
    }

    /// <summary>Tries to publish; Studio's notes tell all of these problems, and stay for a picture.</summary>
    public async Task RefusePublicationAsync(params string[] problems)
    {
        await QuietAsync();
        await Toolbar.Locator("button.mud-primary-text").ClickAsync();
        foreach (var problem in problems)
        {
            await Assertions.Expect(Told.Filter(new() { HasText = problem }).First).ToBeVisibleAsync();
        }

        DemandRefused(400);
    }

    public async Task DismissAsync()
    {
        await CloseNotesAsync();
        await QuietAsync();
    }

    /// <summary>Waits until Studio says so, and closes its notes: they cover what is below, and the next one may say the same.</summary>
    public async Task TakeNoteAsync(string told)
    {
        await Assertions.Expect(Told.Filter(new() { HasText = told }).First).ToBeVisibleAsync();
        await DismissAsync();
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

    /// <param name="outcome">Needed where the first activity has more than one.</param>
    public async Task ConnectAsync(int from, int to, string? outcome = null)
    {
        await QuietAsync();
        var ports = Nodes.Nth(from).Locator(".x6-port-out");
        var start = (await (outcome is null ? ports : ports.Filter(new() { HasText = outcome })).Locator("circle").First.BoundingBoxAsync())!;
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

    /// <summary>Does something that Studio saves, and waits until it has also fetched and drawn what follows from it.</summary>
    public async Task SavedByAsync(Func<Task> action)
    {
        await Page.RunAndWaitForResponseAsync(
            action, answer => answer.Request.Method == "POST" && answer.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal) && answer.Ok);
        await QuietAsync();
    }

    /// <summary>Until what is stored is so: what people type is saved a little later, and perhaps in parts.</summary>
    public async Task UntilStoredAsync(ElsaCalls elsa, string name, Func<JsonNode, bool> wanted)
    {
        var clock = Stopwatch.StartNew();
        while (!wanted(await elsa.NamedAsync(name)))
        {
            Assert.True(clock.Elapsed.TotalMilliseconds < Patience, (await elsa.NamedAsync(name)).ToJsonString());
            await Task.Delay(200);
        }

        await QuietAsync();
    }

    /// <summary>A picture, and nothing that went wrong so far.</summary>
    public async Task SeeAsync(string picture)
    {
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures(), $"concepteur-{picture}.png") });
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

    /// <summary>A call that Studio gave up may end without a word: after a while it counts no longer.</summary>
    private bool IsCalling() => _calls.Values.Any(begun => Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(15));

    private static string Pictures() => Directory.CreateDirectory(Path.Combine(RepositoryFolder.Path, "artifacts", "screenshots")).FullName;

    /// <summary>In one go: a note may leave by itself at any moment.</summary>
    private Task CloseNotesAsync() => Page.EvaluateAsync("() => document.querySelectorAll('.mud-snackbar button').forEach(close => close.click())");

    [GeneratedRegex("/studio/workflows/instances/[^/]+/view$", RegexOptions.None, 1000)]
    public static partial Regex ViewerAddress();

    [GeneratedRegex("/studio/workflows/definitions/[^/]+/edit$", RegexOptions.None, 1000)]
    private static partial Regex EditorAddress();
}
