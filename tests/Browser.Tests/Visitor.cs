using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>What one person does and sees.</summary>
public sealed class Visitor : IAsyncDisposable
{
    // Real people's password is never in a test: this one is printed on the sign-in page of a demonstration.
    private const string DemoPassword = "cleiss-demo";

    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(RepositoryFolder.Path, "node_modules", "axe-core", "axe.min.js")));

    private readonly IBrowserContext _context;
    private readonly ProductHost _host;
    private readonly bool _beside;
    private readonly ConcurrentQueue<string> _faults = new();
    private string? _user;

    internal Visitor(IBrowserContext context, IPage page, ProductHost host, bool beside = false)
    {
        (_context, Page, _host, _beside) = (context, page, host, beside);
        page.Console += (_, message) =>
        {
            // Chromium reports every answer of 4xx as an error of the page; a form with mistakes answers 422 on purpose.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal))
            {
                _faults.Enqueue($"console of {page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _faults.Enqueue($"script of {page.Url}: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 500)
            {
                _faults.Enqueue($"{response.Status} {response.Request.Method} {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    public async Task SignInAsync(string user)
    {
        _user = user;
        await Page.GotoAsync(_host.Path + "/connexion");
        await Page.GetByLabel("Nom d'utilisateur").FillAsync(user);
        await Page.GetByLabel("Mot de passe").FillAsync(DemoPassword);
        await Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Se connecter" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Se déconnecter" }).WaitForAsync();
    }

    /// <summary>Opens a page, wherever the product's proxy shows it; signs in again when time was moved past the end of the session.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_host.Path + path);
        if (_user is not null && Page.Url.Contains("/connexion", StringComparison.Ordinal))
        {
            await SignInAsync(_user);
            await Page.GotoAsync(_host.Path + path);
        }
    }

    /// <summary>Until the page is at an address. The browser itself is asked: waiting for the change can miss one that comes as the waiting begins.</summary>
    public async Task ArriveAsync(Regex address)
    {
        await Assertions.Expect(Page).ToHaveURLAsync(address, new() { Timeout = 90_000 });
        await Page.WaitForLoadStateAsync();
    }

    /// <summary>Looks at the page as it is: a picture, axe, one h1, and nothing that went wrong so far.</summary>
    /// <param name="picture">Name of the picture in <c>artifacts/screenshots</c>.</param>
    public async Task SeeAsync(string picture)
    {
        var folder = Path.Combine(RepositoryFolder.Path, "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, picture + ".png"), FullPage = true });
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        var wide = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(wide <= 0, $"{Page.Url} scrolls sideways by {wide} px");
        await Page.EvaluateAsync(Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document)).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' — ' + n.failureSummary).join(' | '))");
        var violations = found.EnumerateArray().Select(violation => violation.GetString()).ToList();
        Assert.True(violations.Count == 0, $"axe on {Page.Url}:{Environment.NewLine}{string.Join(Environment.NewLine, violations)}");
        DemandNoFault();
    }

    public void DemandNoFault() =>
        Assert.True(_faults.IsEmpty, string.Join(Environment.NewLine, _faults) + Environment.NewLine + _host.Output);

    /// <summary>The same person's second page beside this one.</summary>
    public async Task<Visitor> OpenBesideAsync() => new(_context, await _context.NewPageAsync(), _host, beside: true);

    /// <summary>What went wrong in a story before is that story's.</summary>
    public void Forget() => _faults.Clear();

    public async ValueTask DisposeAsync() => await (_beside ? Page.CloseAsync() : _context.DisposeAsync().AsTask());
}
