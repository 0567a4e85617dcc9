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

    // Members of an instance below which there are values of people, as Elsa names them and as the engine stores them.
    private static readonly HashSet<string> Holders = new(StringComparer.Ordinal)
    {
        "input", "output", "outputs", "properties", "payload", "activityState", "variables", "in", "out", "props", "vars", "results", "last", "undone",
    };

    private static readonly IReadOnlySet<string> NoKeys = new HashSet<string>();

    /// <summary>A copy of something as stored or sent, with every sensitive member and every number of a person replaced.</summary>
    /// <param name="personal">Keys of forms under which a person's own is asked for; they count where values are, not in the structure around them.</param>
    public static JsonNode? Mask(JsonNode? value, IReadOnlySet<string>? personal = null) => Mask(value, personal ?? NoKeys, isData: false);

    /// <summary>The same for what is values throughout.</summary>
    public static JsonNode? MaskValues(JsonNode? value, IReadOnlySet<string> personal) => Mask(value, personal, isData: true);

    private static JsonNode? Mask(JsonNode? value, IReadOnlySet<string> personal, bool isData) => value switch
    {
        JsonObject json => new JsonObject(json.Select(member => KeyValuePair.Create(
            member.Key,
            member.Value is not null && (Names.Contains(member.Key) || isData && personal.Contains(member.Key))
                ? JsonValue.Create(Hidden)
                : Mask(member.Value, personal, isData || Holders.Contains(member.Key))))),
        JsonArray array => new JsonArray([.. array.Select(item => Mask(item, personal, isData))]),
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
