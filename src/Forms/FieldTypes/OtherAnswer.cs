using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// « Autre, à préciser » of a choice whose <c>cleiss.other</c> is <c>true</c>: the answer is the text itself. While nothing is written yet the
/// draft holds <see cref="Marker"/>.
/// </summary>
public static class OtherAnswer
{
    public const string Marker = "__autre";

    public const int Longest = 200;

    public static bool IsAllowed(FormField field) => field.Property("cleiss.other") == "true";

    /// <summary>What « other » is called; <c>cleiss.other.label</c> and <c>cleiss.other.label.ro</c> replace it.</summary>
    public static Bilingual Label(FormField field) => field.Property("cleiss.other.label") is { } french
        ? new Bilingual(french, field.Properties.FirstOrDefault(p => p.Key.StartsWith("cleiss.other.label.", StringComparison.Ordinal)).Value)
        : new Bilingual("Autre, à préciser", "Altul, de precizat");

    /// <summary>Null when the field takes no answer of one's own.</summary>
    public static FieldReading? Read(FormField field, string raw)
    {
        if (!IsAllowed(field))
        {
            return null;
        }

        var text = raw.Trim();
        return text == Marker
            ? FieldReading.Wrong("other-missing", "Précisez votre réponse, ou choisissez-en une autre.", "Precizați răspunsul sau alegeți altul.")
            : text.Length > Longest
                ? FieldReading.Wrong("maxLength", $"Raccourcissez ce texte : {Longest} caractères au plus, il en compte {text.Length}.", $"Scurtați acest text: cel mult {Longest} caractere, are {text.Length}.")
                : FieldReading.Of(text);
    }

    /// <summary>The values a browser posted, the text in the place of the marker; a text without the marker was left over and is dropped.</summary>
    /// <remarks>The text follows the choices, as its input follows theirs in the page.</remarks>
    public static IEnumerable<string> FromPosted(IReadOnlyList<string> posted)
    {
        if (!posted.Contains(Marker, StringComparer.Ordinal))
        {
            return posted.Where(text => text.Length > 0).Take(1);
        }

        return [posted[^1].Trim() is { Length: > 0 } text ? text : Marker];
    }

    /// <summary>The text in the input beside « other »; empty when a proposed answer, or none, is chosen.</summary>
    public static string TextOf(FormField field, JsonNode? value) =>
        ChosenTexts(value).FirstOrDefault(text => text != Marker && !field.Choices.Any(choice => choice.Value == text)) ?? "";

    public static bool IsChosen(FormField field, JsonNode? value) =>
        IsAllowed(field) && ChosenTexts(value).Any(text => text.Length > 0 && !field.Choices.Any(choice => choice.Value == text));

    private static IEnumerable<string> ChosenTexts(JsonNode? value) => value switch
    {
        JsonArray many => many.SelectMany(ChosenTexts),
        JsonValue one when one.TryGetValue(out string? text) => [text],
        _ => [],
    };
}
