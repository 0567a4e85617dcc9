using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cleiss.Forms.Validation;

/// <summary>
/// Copies JSON from outside into nodes that cannot throw later: of names that occur twice the last wins, half surrogates and
/// NUL characters (which PostgreSQL refuses) are replaced.
/// </summary>
public static class SafeJson
{
    /// <summary>Callers with text in hand use <see cref="Parse"/>; a node that was parsed elsewhere and cannot be read becomes an unknown field.</summary>
    public static JsonObject Copy(JsonObject data)
    {
        try
        {
            return Parse(data.ToJsonString()) as JsonObject ?? [];
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or InvalidOperationException)
        {
            // Nodes are read lazily: a name that occurs twice, or half a character, only shows now.
            return new JsonObject { ["\ufffd"] = true };
        }
    }

    public static JsonNode? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromElement(document.RootElement);
    }

    public static JsonNode? FromElement(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var property in element.EnumerateObject())
                {
                    result[Tidy(() => property.Name)] = FromElement(property.Value);
                }

                return result;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(FromElement)]);
            case JsonValueKind.String:
                return JsonValue.Create(Tidy(() => element.GetString() ?? ""));
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static string Tidy(Func<string> read)
    {
        try
        {
            return read().Replace('\0', '\ufffd');
        }
        catch (InvalidOperationException)
        {
            // A lone half of a surrogate pair is JSON, but no text.
            return "\ufffd";
        }
    }
}
