using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Forms.Validation;

namespace Cleiss.Forms.Rendering;

/// <summary>What every field of one drawing shares.</summary>
public sealed record FormDrawing(
    FormDefinition Form, IReadOnlyDictionary<string, string> Errors, ConditionResult Conditions, string? PartnerLanguage, string Prefix, bool ReadOnly)
{
    public FormKnowledge Known { get; init; } = FormKnowledge.Nothing;

    /// <summary>The recorded answer being read, whose covered values may be asked for.</summary>
    public string? AnswerId { get; init; }

    /// <summary>Id of the one list of institutions all inputs of the form suggest from.</summary>
    public string InstitutionList => FieldContext.IdOf(Prefix, "organismes-connus");
}

/// <summary>One field with its place and value, as its Razor component gets it.</summary>
public sealed record FieldContext(FormDrawing Drawing, FormField Field, string Path, JsonNode? Value)
{
    public string InputName => Drawing.Prefix + Path;

    public string InputId => IdOf(Drawing.Prefix, Path);

    public string? Error => Drawing.Errors.GetValueOrDefault(Path);

    public bool Hidden => Drawing.Conditions.Hidden.Contains(Path);

    public bool Required => Field.Required || Drawing.Conditions.Required.Contains(Path);

    public string? PartnerLabel => Drawing.PartnerLanguage is null || Field.Label.Partner is not { Length: > 0 } text || text == Field.Label.Fr ? null : text;

    public string? PartnerHelp => Drawing.PartnerLanguage is null ? null : Field.Help?.Partner;

    public string InputText => Field.Type.ToInput(Value);

    public InputHints Hints => Field.Type.Hints(Field);

    public bool HasFormatHint => Hints.Format is "date" or "nir" or "iban";

    public string? DescribedBy
    {
        get
        {
            var ids = new List<string>();
            if (Error is not null)
            {
                ids.Add(InputId + "-erreur");
            }

            if (Field.Help is not null || HasFormatHint)
            {
                ids.Add(InputId + "-aide");
            }

            return ids.Count == 0 ? null : string.Join(' ', ids);
        }
    }

    public FieldContext Child(FormField field, JsonObject? data, string prefix) =>
        new(Drawing, field, FormPaths.Of(prefix, field), field.Key.Length == 0 ? data : data?[field.Key]);

    /// <summary>The id of the input at <paramref name="path"/>; error links lead to it.</summary>
    public static string IdOf(string prefix, string path) =>
        "f-" + string.Concat((prefix + path).Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-'));
}
