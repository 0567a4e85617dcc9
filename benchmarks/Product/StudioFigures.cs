using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Product;
using Cleiss.TestKit.Workflows;
using Microsoft.Playwright;
using static Cleiss.Product.Shares;

namespace Cleiss.Product;

/// <summary>How soon a process owner can work in Elsa Studio, how soon it shows something else, and what it asks for after every save.</summary>
internal static class StudioFigures
{
    private const int DescriptorCalls = 500;
    private const int DescriptorSeries = 4;
    private const int ColdStarts = 5;
    private const int Rounds = 7;
    private const string List = "elsa-workflow-definition-list";
    private const string Instances = "elsa-workflow-instance-list";

    public static async Task MeasureAsync(ProductHost host, Action<string, string> say)
    {
        using var owner = new ProductClient(host.Address, "proprietaire");
        await owner.SignInAsync();
        await DescriptorsAsync(owner, say);

        var model = FlowJson.Definition(FlowJson.Flowchart([FlowJson.Line("ligne", "bonjour"), FlowJson.Event("attente", "jamais")], "ligne>attente")).With("definitionId", "mesure").With("name", "Mesure");
        await owner.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true });
        await owner.PostAsync("elsa/api/workflow-definitions/mesure/execute", new JsonObject { ["versionOptions"] = "Latest" });
        await BrowserAsync(host, say);
    }

    private static async Task DescriptorsAsync(ProductClient owner, Action<string, string> say)
    {
        var times = new List<double>();
        for (var call = 0; call <= DescriptorCalls * DescriptorSeries; call++)
        {
            var clock = Stopwatch.StartNew();
            await owner.DownloadAsync("elsa/api/descriptors/activities?Refresh=True");
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        say("descriptors of all activities, first call", $"{times[0]:F1} ms");
        foreach (var (number, series) in times.Skip(1).Chunk(DescriptorCalls).Index())
        {
            say($"descriptors of all activities, {DescriptorCalls} calls, series {number + 1}", $"p50 {Median(series):F1} ms, p95 {Percentile(series, 0.95):F1} ms");
        }
    }

    private static async Task BrowserAsync(ProductHost host, Action<string, string> say)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CLEISS_TEST_CHROMIUM") is { Length: > 0 } given ? given : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        var cold = new List<double>();
        for (var start = 0; start < ColdStarts; start++)
        {
            // A context of its own has an empty cache.
            await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = host.Address.ToString(), Locale = "fr-FR" });
            var page = await SignInAsync(context);
            cold.Add(await TimeAsync(() => page.GotoAsync("/studio"), page.Locator($"{List} tbody tr")));
            if (start == ColdStarts - 1)
            {
                await SwapsAsync(page, say);
            }
        }

        say("Studio, empty cache to the first usable list", $"median {Median(cold) / 1000:F1} s, longest {cold.Max() / 1000:F1} s");
    }

    private static async Task SwapsAsync(IPage page, Action<string, string> say)
    {
        var swaps = new Dictionary<string, List<double>>();
        async Task SwapAsync(string what, ILocator press, ILocator wanted)
        {
            if (!swaps.TryGetValue(what, out var times))
            {
                swaps[what] = times = [];
            }

            times.Add(await TimeAsync(() => press.ClickAsync(), wanted));
        }

        var tabs = page.GetByRole(AriaRole.Navigation, new() { Name = "Concepteur" });
        var (definitions, instances) = (tabs.GetByRole(AriaRole.Link, new() { Name = "Définitions" }), tabs.GetByRole(AriaRole.Link, new() { Name = "Instances" }));
        for (var round = 0; round < Rounds; round++)
        {
            await SwapAsync("list to editor", page.Locator($"{List} tbody").GetByText("mesure", new() { Exact = true }), page.Locator(".x6-node"));
            await SwapAsync("editor to instances", instances, page.Locator($"{Instances} tbody tr"));
            await SwapAsync("instances to viewer", page.Locator($"{Instances} tbody tr td").Nth(1), page.Locator(".mud-timeline-item-content"));
            await SwapAsync("viewer to instances", instances, page.Locator($"{Instances} tbody tr"));
            await SwapAsync("instances to list", definitions, page.Locator($"{List} tbody tr"));
        }

        foreach (var (what, times) in swaps)
        {
            // The first time of each also loads and compiles what only that view needs.
            say($"Studio, {what}", $"first {times[0]:F0} ms, then median {Median(times.Skip(1)):F0} ms, longest {times.Skip(1).Max():F0} ms");
        }
    }

    private static async Task<double> TimeAsync(Func<Task> act, ILocator wanted)
    {
        var clock = Stopwatch.StartNew();
        await act();
        await wanted.First.WaitForAsync(new() { Timeout = 120_000 });
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<IPage> SignInAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/connexion");
        await page.GetByLabel("Nom d'utilisateur").FillAsync("proprietaire");
        await page.GetByLabel("Mot de passe").FillAsync("cleiss-demo");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Se connecter" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Se déconnecter" }).WaitForAsync();
        return page;
    }
}
