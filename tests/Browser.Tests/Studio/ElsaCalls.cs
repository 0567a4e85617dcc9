using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>Elsa's API beside the browser: to prepare what a story needs, and to look at what Studio left.</summary>
internal sealed class ElsaCalls : IDisposable
{
    private readonly HttpClient _http;

    private ElsaCalls(Uri address) => _http = new HttpClient { BaseAddress = new Uri(address, "elsa/api/") };

    public static async Task<ElsaCalls> OfAsync(Product product, string user = "proprietaire")
    {
        var calls = new ElsaCalls(product.Host.Address);
        var answer = await calls.PostAsync("identity/login", new JsonObject { ["username"] = user, ["password"] = "cleiss-demo" });
        calls._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer["accessToken"]!.GetValue<string>());
        return calls;
    }

    public async Task<JsonNode> GetAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(new Uri(path, UriKind.Relative)))!;

    public async Task<JsonNode> PostAsync(string path, JsonNode body)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<byte[]> DownloadAsync(string path) => await _http.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    public async Task<JsonNode> SaveAsync(JsonObject model, bool publish) =>
        (await PostAsync("workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish }))["workflowDefinition"]!;

    /// <returns>The instance's id.</returns>
    public async Task<string> RunAsync(string definitionId) =>
        (await PostAsync($"workflow-definitions/{definitionId}/execute", new JsonObject { ["versionOptions"] = "Latest" }))["workflowState"]!["id"]!.GetValue<string>();

    /// <summary>The definition as it is stored now, found by its name.</summary>
    public async Task<JsonNode> NamedAsync(string name)
    {
        var found = (await GetAsync("workflow-definitions?versionOptions=Latest"))["items"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == name)!;
        return await GetAsync($"workflow-definitions/by-definition-id/{found["definitionId"]}?versionOptions=Latest");
    }

    public void Dispose() => _http.Dispose();
}
