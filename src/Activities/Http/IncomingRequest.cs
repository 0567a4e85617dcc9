using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.Http;

/// <summary>A request cannot be given to the flow.</summary>
internal sealed record RequestRefusal(int StatusCode, string Message);

/// <summary>Turns a request into what the flow sees, within the limits of its endpoint; files are stored and passed on by id.</summary>
public sealed class IncomingRequest(FileStore files, HttpActivityOptions options)
{
    private static readonly string[] Secrets = ["authorization", "cookie", "token", "secret", "apikey", "api-key", "x-csrf", "password"];

    internal async Task<(JsonObject? Request, RequestRefusal? Refusal)> ReadAsync(
        HttpRequest request, HttpListenerRules rules, RouteValueDictionary route, CancellationToken cancellationToken)
    {
        var read = new JsonObject
        {
            ["method"] = request.Method,
            ["path"] = request.Path.Value,
            ["routeData"] = new JsonObject(route.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value?.ToString()))),
            ["query"] = new JsonObject(request.Query.Select(pair => KeyValuePair.Create(pair.Key, OneOrMany(pair.Value)))),
            ["headers"] = new JsonObject(request.Headers
                .Where(header => !Secrets.Any(secret => header.Key.Contains(secret, StringComparison.OrdinalIgnoreCase)))
                .Select(header => KeyValuePair.Create(header.Key, OneOrMany(header.Value)))),
        };
        var limit = Math.Min(rules.RequestSizeLimit ?? long.MaxValue, options.RequestSizeLimit);
        if (request.ContentLength > limit)
        {
            return TooLarge(read, rules, limit);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        try
        {
            return request.HasFormContentType
                ? await ReadFormAsync(request, rules, read, cancellationToken)
                : await ReadContentAsync(request, read, limit, rules, cancellationToken);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(read, rules, limit);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException || e is IOException and not BadHttpRequestException)
        {
            return (null, new RequestRefusal(StatusCodes.Status400BadRequest, "La requête est incomplète ou mal formée."));
        }
    }

    private static async Task<(JsonObject? Request, RequestRefusal? Refusal)> ReadContentAsync(
        HttpRequest request, JsonObject read, long limit, HttpListenerRules rules, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int count; (count = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            buffer.Write(chunk, 0, count);
            if (buffer.Length > limit)
            {
                return TooLarge(read, rules, limit);
            }
        }

        if (buffer.Length == 0)
        {
            return (read, null);
        }

        var text = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        if (request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true)
        {
            read["content"] = text.Replace('\0', '\ufffd');
            return (read, null);
        }

        try
        {
            read["content"] = SafeJson.Parse(text);
            return (read, null);
        }
        catch (JsonException e)
        {
            return (null, new RequestRefusal(StatusCodes.Status400BadRequest, $"Le contenu n'est pas du JSON lisible : {e.Message}"));
        }
    }

    private async Task<(JsonObject? Request, RequestRefusal? Refusal)> ReadFormAsync(
        HttpRequest request, HttpListenerRules rules, JsonObject read, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        read["content"] = new JsonObject(form.Select(pair => KeyValuePair.Create(pair.Key, OneOrMany(pair.Value))));
        if (form.Files.Any(file => file.Length > (rules.FileSizeLimit ?? long.MaxValue)))
        {
            return Breaks(read, rules, HttpEndpoint.FileTooLarge, StatusCodes.Status413PayloadTooLarge, $"Un fichier ne doit pas dépasser {rules.FileSizeLimit} octets.");
        }

        if (form.Files.Any(file => !HasAllowedExtension(file.FileName, rules)))
        {
            return Breaks(read, rules, HttpEndpoint.InvalidFileExtension, StatusCodes.Status415UnsupportedMediaType, "Cette extension de fichier n'est pas admise.");
        }

        if (rules.AllowedMimeTypes.Count > 0 && form.Files.Any(file => !rules.AllowedMimeTypes.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase)))
        {
            return Breaks(
                read, rules, HttpEndpoint.InvalidFileMimeType, StatusCodes.Status415UnsupportedMediaType,
                $"Types de fichier admis : {string.Join(", ", rules.AllowedMimeTypes)}.");
        }

        var stored = new JsonArray();
        foreach (var file in form.Files)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            var bytes = content.ToArray();
            var kept = await files.SaveAsync(
                Path.GetFileName(file.FileName), MediaSniffer.Sniff(bytes) ?? "application/octet-stream", bytes, "http", cancellationToken);
            stored.Add(new JsonObject { ["id"] = kept.Id, ["fileName"] = kept.Name, ["contentType"] = kept.MediaType, ["length"] = kept.Size });
        }

        read["files"] = stored;
        return (read, null);
    }

    private static bool HasAllowedExtension(string name, HttpListenerRules rules)
    {
        var extension = Path.GetExtension(name);
        return (rules.AllowedFileExtensions.Count == 0 || rules.AllowedFileExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
            && !rules.BlockedFileExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase);
    }

    private static (JsonObject? Request, RequestRefusal? Refusal) TooLarge(JsonObject read, HttpListenerRules rules, long limit) =>
        Breaks(read, rules, HttpEndpoint.RequestTooLarge, StatusCodes.Status413PayloadTooLarge, $"La requête ne doit pas dépasser {limit} octets.");

    /// <summary>The flow deals with it when it exposes the outcome; otherwise the caller is told and nothing starts.</summary>
    private static (JsonObject? Request, RequestRefusal? Refusal) Breaks(JsonObject read, HttpListenerRules rules, string outcome, int status, string message)
    {
        if (!rules.ExposedOutcomes.Contains(outcome))
        {
            return (null, new RequestRefusal(status, message));
        }

        read.Remove("content");
        read["outcome"] = outcome;
        return (read, null);
    }

    private static JsonNode? OneOrMany(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 1 ? values[0] : new JsonArray([.. values.Select(value => (JsonNode?)value)]);
}
