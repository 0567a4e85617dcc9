using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests;

/// <param name="Body">Null when the answer is not JSON.</param>
/// <param name="Location">Where a redirect leads.</param>
public sealed record Answer(HttpStatusCode Status, JsonNode? Body, byte[] Bytes, string? MediaType, string? Location)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string Text => Encoding.UTF8.GetString(Bytes);

    public string? Code => Body?["code"]?.GetValue<string>();

    /// <summary>The body of a request that had to succeed.</summary>
    public JsonNode Ok()
    {
        Assert.True((int)Status is >= 200 and < 300, $"{(int)Status}: {Text}");
        return Body ?? new JsonObject();
    }

    /// <summary>A refusal of <c>/api</c>: RFC 9457, with a code for programs and a sentence for people.</summary>
    public Answer IsProblem(HttpStatusCode status, string code)
    {
        Assert.True(Status == status && Code == code, $"Expected {(int)status} {code}, got {(int)Status}: {Text}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.False(string.IsNullOrWhiteSpace(Body!["title"]?.GetValue<string>()), Text);
        return this;
    }

    /// <summary>A refusal of <c>/elsa/api/user-tasks</c>.</summary>
    public Answer IsRefused(HttpStatusCode status, string code)
    {
        Assert.True(Status == status && Code == code, $"Expected {(int)status} {code}, got {(int)Status}: {Text}");
        Assert.False(string.IsNullOrWhiteSpace(Body!["message"]?.GetValue<string>()), Text);
        return this;
    }

    public string MessageAt(string path, string code)
    {
        var fault = Body?["errors"]?.AsArray().FirstOrDefault(error => error!["path"]!.GetValue<string>() == path && error["code"]!.GetValue<string>() == code);
        Assert.True(fault is not null, $"No {code} at {path}: {Text}");
        return fault["message"]!.GetValue<string>();
    }
}

/// <summary>Calls the host over HTTP and keeps what it answered, refusals included. Cookies are kept, redirects not followed.</summary>
public sealed class Caller : IDisposable
{
    private readonly HttpClient _http;

    public Caller(Uri address) => _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, JsonContent.Create(body));

    public Task<Answer> UploadAsync(string path, string name, byte[] content) =>
        SendAsync(HttpMethod.Post, path, new MultipartFormDataContent { { new ByteArrayContent(content), "file", name } });

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await _http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var mediaType = answer.Content.Headers.ContentType?.MediaType;
        var body = mediaType?.EndsWith("json", StringComparison.Ordinal) == true && bytes.Length > 0 ? JsonNode.Parse(bytes) : null;
        return new Answer(answer.StatusCode, body, bytes, mediaType, answer.Headers.Location?.OriginalString)
        {
            Headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join("; ", header.Value), StringComparer.OrdinalIgnoreCase),
        };
    }

    public async Task<Caller> SignInAsync(string user)
    {
        var body = (await PostAsync("elsa/api/identity/login", new JsonObject { ["username"] = user, ["password"] = "cleiss-demo" })).Ok();
        UseToken(body["accessToken"]!.GetValue<string>());
        return this;
    }

    public void UseToken(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    public void Dispose() => _http.Dispose();
}
