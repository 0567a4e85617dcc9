using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cleiss.Host.ElsaApi;

/// <summary>
/// Hides what identifies a person in what the designer shows of instances. No activity should leave such a value in a variable or message;
/// if one does, it stays there for the flow, and nobody reads it in Studio.
/// </summary>
internal static partial class PersonalData
{
    public const string Hidden = "•••";

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "nir", "idnp", "iban", "password", "motDePasse" };

    /// <summary>A copy with every sensitive member and every number of a person replaced.</summary>
    public static JsonNode? Mask(JsonNode? value) => value switch
    {
        JsonObject json => new JsonObject(json.Select(member =>
            KeyValuePair.Create(member.Key, Names.Contains(member.Key) && member.Value is not null ? JsonValue.Create(Hidden) : Mask(member.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Mask)]),
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => JsonValue.Create(Mask(text)),
        // A NIR typed as a number has no letters or blanks, but just as many digits.
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number && Nir().IsMatch(scalar.ToJsonString()) => JsonValue.Create(Hidden),
        _ => value?.DeepClone(),
    };

    public static string? Mask(string? text) => text is null ? null : Nir().Replace(text, Hidden);

    // 13 characters and their key, grouped or not. Without the key 13 digits may be a time in milliseconds, so those need a group mark.
    [GeneratedRegex(
        @"(?<![\p{L}\p{N}])[123478](?:\d{2}(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(?:2[ABab]|\d{2})\d{8}|[ .\u00A0\u202F-]\d{2}[ .\u00A0\u202F-]\d{2}[ .\u00A0\u202F-](?:2[ABab]|\d{2})[ .\u00A0\u202F-]\d{3}[ .\u00A0\u202F-]\d{3}(?:[ .\u00A0\u202F-]\d{2})?)(?![\p{L}\p{N}])",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Nir();
}
