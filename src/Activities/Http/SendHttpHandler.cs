using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Effects;
using Cleiss.Forms.Validation;

namespace Cleiss.Activities.Http;

/// <summary>Sends what <see cref="SendHttpRequestBase"/> asked for. Redirects are followed by hand, each address checked anew, credentials kept at home.</summary>
public sealed class SendHttpHandler : IEffectHandler, IDisposable
{
    internal const string EffectKind = "http.send";
    internal const string Refused = "refused";
    internal const string Unreachable = "connect";
    internal const string Unreadable = "unreadable";
    internal const string TimedOut = "timeout";

    private const int RedirectLimit = 5;
    private const int ResilientAttempts = 8;

    private readonly HttpClient _client;
    private readonly HttpActivityOptions _options;

    public SendHttpHandler(HttpActivityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect in our place, past the check.
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, token) => OutgoingAddresses.ConnectAsync(context.DnsEndPoint, options.AllowedInternalHosts, token),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.ResponseSizeLimit,
        };
    }

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(effect);
        var mayRetry = effect.Payload["resilient"]?.GetValue<bool>() == true && effect.Attempt < ResilientAttempts;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.SendTimeout);
        try
        {
            using var response = await SendAsync(effect, limit.Token);
            return mayRetry && IsTransient(response.StatusCode)
                ? new EffectResult.Retry($"The other system answered {(int)response.StatusCode}.")
                : new EffectResult.Done(await ReadAsync(response, limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return mayRetry ? new EffectResult.Retry("No answer in time.") : Failed(TimedOut, $"No answer within {_options.SendTimeout}.");
        }
        catch (HttpRequestException e) when (e.InnerException is InternalAddressException inside)
        {
            return Failed(Refused, inside.Message);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return Failed(Refused, $"The answer is larger than {_options.ResponseSizeLimit} bytes.");
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException)
        {
            // The exception repeats what it could not read, a secret maybe.
            return Failed(Refused, "The request cannot be made: its address, method, type of content or authorization is malformed.");
        }
        catch (InvalidDataException)
        {
            // It has been answered: asking again could do twice what the other system has done.
            return Failed(Unreadable, "The other system answered with compressed content that is damaged.");
        }
        catch (HttpRequestException e)
        {
            return mayRetry ? new EffectResult.Retry(e.Message) : Failed(Unreachable, e.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Effect effect, CancellationToken cancellationToken)
    {
        var url = new Uri(effect.Payload["url"]!.GetValue<string>());
        var method = new HttpMethod(effect.Payload["method"]!.GetValue<string>());
        var (first, withContent) = (url, true);
        for (var redirects = 0; ; redirects++)
        {
            using var request = Prepare(effect, url, method, withContent, url.Host == first.Host && url.Port == first.Port);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location || redirects == RedirectLimit)
            {
                return response;
            }

            var next = new Uri(url, location);
            if (next.Scheme is not ("http" or "https"))
            {
                return response;
            }

            url = next;
            if ((int)response.StatusCode is 301 or 302 or 303 && method != HttpMethod.Head)
            {
                (method, withContent) = (HttpMethod.Get, false);
            }

            response.Dispose();
        }
    }

    private static HttpRequestMessage Prepare(Effect effect, Uri url, HttpMethod method, bool withContent, bool sameHost)
    {
        var payload = effect.Payload;
        var request = new HttpRequestMessage(method, url);
        if (withContent && payload["content"]?.GetValue<string>() is { } content)
        {
            request.Content = new StringContent(content, Encoding.UTF8, MediaTypeHeaderValue.Parse(payload["contentType"]!.GetValue<string>()));
        }

        request.Headers.TryAddWithoutValidation("Idempotency-Key", effect.IdempotencyKey);
        if (!sameHost)
        {
            return request;
        }

        foreach (var (name, value) in payload["headers"] as JsonObject ?? [])
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value is JsonArray many ? many.Select(item => item?.ToString()) : [value?.ToString()]);
        }

        if (payload["authorization"]?.GetValue<string>() is { Length: > 0 } authorization)
        {
            if (payload["validateAuthorization"]?.GetValue<bool>() == true)
            {
                request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
            }
            else
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
        }

        return request;
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), EncodingOf(response.Content.Headers.ContentType?.CharSet));
        var text = await reader.ReadToEndAsync(cancellationToken);
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => !header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase));
        return new JsonObject
        {
            ["statusCode"] = (int)response.StatusCode,
            ["headers"] = new JsonObject(headers.Select(header => KeyValuePair.Create(header.Key, (JsonNode?)string.Join(", ", header.Value)))),
            ["content"] = Parse(text, response.Content.Headers.ContentType?.MediaType),
        };
    }

    /// <summary>UTF-8 for a name nobody knows: an answer that has come is not thrown away for a wrong word in a header.</summary>
    private static Encoding EncodingOf(string? name)
    {
        try
        {
            return string.IsNullOrWhiteSpace(name) ? Encoding.UTF8 : Encoding.GetEncoding(name.Trim('"'));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    private static JsonNode? Parse(string text, string? mediaType)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (mediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return text.Replace('\0', '\ufffd');
        }

        try
        {
            return SafeJson.Parse(text);
        }
        catch (JsonException)
        {
            return text.Replace('\0', '\ufffd');
        }
    }

    private static EffectResult.Done Failed(string failure, string message) => new(new JsonObject { ["failure"] = failure, ["message"] = message });

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
        or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
