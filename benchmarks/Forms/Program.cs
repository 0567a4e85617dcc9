using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Rendering;
using Cleiss.Forms.Validation;
using Cleiss.FormsBenchmark;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;

// Draws both forms as the product does, opens them in Chromium with the product's scripts and styles, and types.
const string origin = "http://forms.test/";
const int Keystrokes = 200;
var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Cleiss.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No Cleiss.sln above the benchmark.");
}

var assets = Path.Combine(root, "src", "Forms", "wwwroot");
using var playwright = await Playwright.CreateAsync();
await using var browser = await playwright.Chromium.LaunchAsync(new()
{
    ExecutablePath = Environment.GetEnvironmentVariable("CLEISS_TEST_CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium",
    Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});

await MeasureAsync("200 fields", LongForms.TwoHundredFields(), [], "[name='f100']");
var (rows, data) = LongForms.ThreeHundredRows();
await MeasureAsync("300 rows", rows, data, "[name='periodes[150].employeur']");

async Task MeasureAsync(string what, FormDefinition form, JsonObject answer, string field)
{
    var html = await DrawAsync(form, answer);
    var page = await browser.NewPageAsync();
    await page.RouteAsync(origin + "**", route => ServeAsync(route, html));
    await page.GotoAsync(origin);
    await page.WaitForSelectorAsync("[data-cl-ready]");

    // From the key to the second frame after it: the first may have been under way already.
    await page.EvaluateAsync(
        """
        () => {
          window.typed = [];
          document.addEventListener("keydown", (event) => {
            const from = event.timeStamp;
            requestAnimationFrame(() => requestAnimationFrame((now) => window.typed.push(Math.max(0, now - from))));
          }, true);
        }
        """);
    await page.Locator(field).ClickAsync();
    for (var i = 0; i < Keystrokes; i++)
    {
        await page.Keyboard.PressAsync(((char)('a' + (i % 26))).ToString());
        // As somebody types who stops to think now and then, so that what follows from the input falls between keys as well.
        await page.WaitForTimeoutAsync(i % 10 == 9 ? 300 : 60);
    }

    Print($"{what}: key to screen", await page.EvaluateAsync<double[]>("() => window.typed"));
    if (answer.Count > 0)
    {
        Print($"{what}: add a row", await TimedAsync(page, "document.querySelector('.cl-row-add').click()", 20));
        Print($"{what}: remove the first row", await TimedAsync(page, "document.querySelector(\"[value^='remove:']\").click()", 20));
    }

    await page.CloseAsync();
}

// From the click to the frame that shows its effect.
static async Task<double[]> TimedAsync(IPage page, string action, int times)
{
    var taken = new double[times];
    for (var i = 0; i < times; i++)
    {
        taken[i] = await page.EvaluateAsync<double>(
            $"() => new Promise((done) => {{ const from = performance.now(); {action}; requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))); }})");
    }

    return taken;
}

static void Print(string what, double[] taken)
{
    Array.Sort(taken);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: p50 {taken[taken.Length / 2]:0} ms, p95 {taken[(int)(taken.Length * 0.95)]:0} ms, worst {taken[^1]:0} ms ({taken.Length})"));
}

static async Task<string> DrawAsync(FormDefinition form, JsonObject answer)
{
    await using var services = new ServiceCollection().AddSingleton(new FormConditions(new NoFeel())).AddSingleton<FormDirectories>().BuildServiceProvider();
    await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
    var drawn = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<FormView>(
        ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Definition"] = form, ["Data"] = answer }))).ToHtmlString());
    return $"""
        <!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Mesure</title>
        <link rel="stylesheet" href="/bootstrap.css"><link rel="stylesheet" href="/forms.css"><script type="module" src="/form-island.js"></script></head>
        <body><main><form>{drawn}</form></main></body></html>
        """;
}

async Task ServeAsync(IRoute route, string html)
{
    var path = new Uri(route.Request.Url).AbsolutePath;
    if (path == "/")
    {
        await route.FulfillAsync(new() { Body = html, ContentType = "text/html; charset=utf-8" });
        return;
    }

    var file = path == "/bootstrap.css" ? Path.Combine(root, "node_modules", "bootstrap", "dist", "css", "bootstrap.min.css") : Path.Combine(assets, path[1..]);
    await (File.Exists(file) ? route.FulfillAsync(new() { Path = file, ContentType = path.EndsWith(".css", StringComparison.Ordinal) ? "text/css" : "text/javascript" }) : route.FulfillAsync(new() { Status = 404 }));
}
