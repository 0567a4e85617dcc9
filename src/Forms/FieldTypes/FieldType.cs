using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>What a field holds in the answer.</summary>
public enum FieldShape
{
    /// <summary>Nothing: text for the reader.</summary>
    Text,

    /// <summary>One value under the field's key.</summary>
    Value,

    /// <summary>Fields under it; an object of its own when it has a path.</summary>
    Group,

    /// <summary>A list of rows.</summary>
    Rows,
}

/// <summary>
/// Behaviour and metadata of one kind of field. To add one, write a sealed class here; it is found by scan and drawn by <see cref="View"/>.
/// </summary>
public abstract class FieldType
{
    /// <summary>Value of the property <c>cleiss.type</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The form-js type it stands on, so that the schema stays readable by form-js.</summary>
    public abstract string FormJsType { get; }

    /// <summary>Name in the designer's palette.</summary>
    public abstract string FrenchName { get; }

    /// <summary>Razor component that draws the input; receives a <c>FieldContext</c>.</summary>
    public abstract Type View { get; }

    /// <summary>A normalised value that is valid for a plain field of this type; null when it has none.</summary>
    public abstract JsonNode? Example { get; }

    public virtual FieldShape Shape => FieldShape.Value;

    /// <summary>True for the type that stands for its form-js type when <c>cleiss.type</c> is absent.</summary>
    public virtual bool IsPlain => false;

    /// <summary>True when the value identifies or contacts a person, so no flow may see it.</summary>
    public virtual bool IsPersonal => false;

    /// <summary>True when the value is covered on the screen unless somebody types or asks for it.</summary>
    public virtual bool IsSecret => false;

    public virtual bool HasChoices => false;

    /// <summary>True for a group that stands for one value (an address), which must have a path.</summary>
    public virtual bool NeedsOwnObject => false;

    public virtual JsonNode? EmptyValue => null;

    /// <summary>Attributes of a one-line input.</summary>
    public virtual InputHints Hints(FormField field) => new();

    /// <summary>Problems of the definition that only the type can see: code, message, mend.</summary>
    public virtual IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) => [];

    /// <summary>True when nothing was given.</summary>
    public virtual bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonValue text when text.TryGetValue(out string? content) => string.IsNullOrWhiteSpace(content),
        JsonArray array => array.Count == 0,
        JsonObject entries => entries.All(entry => IsEmpty(entry.Value)),
        _ => false,
    };

    /// <summary>Normalises a value that is not empty, or says in words what is wrong with it.</summary>
    public abstract FieldReading Read(FormField field, JsonNode value);

    /// <summary>Turns what a browser posted into JSON; what cannot be understood stays text, for the draft to keep and the validator to name.</summary>
    public virtual JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) =>
        posted.Count == 0 || string.IsNullOrEmpty(posted[^1]) ? null : JsonValue.Create(posted[^1].ReplaceLineEndings("\n"));

    /// <summary>The text of the value in an input.</summary>
    public virtual string ToInput(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.TryGetValue(out string? content) => content,
        _ => value.ToJsonString(),
    };

    /// <summary>What a screen shows where the value need not be read in full.</summary>
    public virtual string Mask(FormField field, JsonNode? value) => Print(field, value, "fr").Fr;

    /// <summary>The value in words, for documents and read-only views.</summary>
    public virtual Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        return new Bilingual(text, text);
    }
}

/// <summary>The normalised value, or a problem.</summary>
public sealed record FieldReading(JsonNode? Value, FieldFault? Fault = null)
{
    public static FieldReading Of(string value) => new(JsonValue.Create(value));

    public static FieldReading Wrong(string code, string fr, string ro) => new(null, new FieldFault(code, fr, ro));

    public static FieldReading NotText() =>
        Wrong("type", "Une valeur de texte est attendue ici.", "Aici se așteaptă o valoare de tip text.");
}

/// <summary>A mistake in an answer: a French sentence that says what to do, and its Romanian twin.</summary>
/// <param name="Part">In a group the key of the field that is to blame; null for the whole.</param>
public sealed record FieldFault(string Code, string Fr, string Ro, string? Part = null)
{
    public string In(string language) => language == "ro" ? Ro : Fr;
}

/// <param name="Width">How much room the value takes: <c>xs</c>, <c>sm</c>, <c>md</c> or <c>full</c>.</param>
/// <param name="Format">Name of the typing help the script gives: <c>date</c>, <c>nir</c>, <c>iban</c>…; null for none.</param>
public sealed record InputHints(
    string Type = "text", string? InputMode = null, string? AutoComplete = null, int? MaxLength = null, string Width = "full", string? Format = null, string? Suffix = null);
