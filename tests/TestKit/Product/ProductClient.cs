using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Cleiss.TestKit.Product;

/// <summary>One signed-in person who works over HTTP with a bearer token.</summary>
public sealed class ProductClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _user;

    public ProductClient(Uri address, string user)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        _user = user;
    }

    public async Task SignInAsync()
    {
        var answer = await SendAsync(HttpMethod.Post, "elsa/api/identity/login", new JsonObject { ["username"] = _user, ["password"] = "cleiss-demo" });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer!["accessToken"]!.GetValue<string>());
    }

    public Task<JsonNode?> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonNode?> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body);

    /// <exception cref="ProductRefusedException">The answer is not a success.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new ProductRefusedException(answer.StatusCode, $"{method} {path} as {_user} → {(int)answer.StatusCode}: {text}");
        }

        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task<string> UploadAsync(string name, byte[] content)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", name } };
        using var answer = await _http.PostAsync(new Uri("api/files", UriKind.Relative), form);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text)!["id"]!.GetValue<string>()
            : throw new ProductRefusedException(answer.StatusCode, $"upload of {name} → {(int)answer.StatusCode}: {text}");
    }

    public Task<byte[]> DownloadAsync(string path) => _http.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    public void Dispose() => _http.Dispose();
}

public sealed class ProductRefusedException : Exception
{
    public ProductRefusedException()
    {
    }

    public ProductRefusedException(string message)
        : base(message)
    {
    }

    public ProductRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ProductRefusedException(HttpStatusCode status, string message)
        : base(message) => Status = status;

    public HttpStatusCode Status { get; }
}
