using Cleiss.TestKit.Product;
using Microsoft.Playwright;
using Xunit;

namespace Cleiss.Browser.Tests;

/// <summary>One host and one browser for all stories of a class.</summary>
public class Product : IAsyncLifetime
{
    private const int Patience = 60_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Product()
        : this(new ProductHost(connectionString: null))
    {
    }

    protected Product(ProductHost host) => Host = host;

    public ProductHost Host { get; }

    public async Task InitializeAsync()
    {
        await Host.StartAsync();
        _playwright = await Playwright.CreateAsync();
        // Slow is not wrong: five seconds, the default, are little on two busy cores.
        Assertions.SetDefaultExpectTimeout(Patience);
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CLEISS_TEST_CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>A person's own browser window. Its pages fail the test on console errors and answers of 500 or more.</summary>
    public async Task<Visitor> OpenAsync(int width = 1440, int height = 900)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Host.Address.ToString(),
            BypassCSP = false,
            Locale = "fr-FR",
            TimezoneId = "Europe/Paris",
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(Patience);
        return new Visitor(context, await context.NewPageAsync(), Host);
    }

    public virtual async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await Host.DisposeAsync();
    }
}
