using System.Text.Json.Nodes;

namespace Cleiss.Forms.Definitions;

/// <summary>One version of a form, read and checked; see <see cref="FormSchemaReader"/>.</summary>
public sealed record FormDefinition
{
    public required string Key { get; init; }

    public int Version { get; init; }

    public FormState State { get; init; } = FormState.Draft;

    /// <summary>The schema as stored: valid for form-js, ours only in <c>properties</c>.</summary>
    public required JsonObject Schema { get; init; }

    /// <summary>Data that validates; null when the owner gave none.</summary>
    public JsonObject? Sample { get; init; }

    public required Bilingual Title { get; init; }

    /// <summary>Official code, e.g. <c>SE 151-08</c>; null for an internal form.</summary>
    public string? Code { get; init; }

    /// <summary>The partner's own code, e.g. <c>MD/FR 08</c>.</summary>
    public string? PartnerCode { get; init; }

    /// <summary>Two-letter language of the partner; null for an internal form, which needs no second language.</summary>
    public string? PartnerLanguage { get; init; }

    public string? Family { get; init; }

    public Bilingual? LegalBasis { get; init; }

    /// <summary>Top-level keys the flow may see; everything else stays in the answers' table.</summary>
    public IReadOnlyList<string> VisibleToFlow { get; init; } = [];

    public required IReadOnlyList<FormField> Fields { get; init; }

    /// <summary>How many texts people read in French, each of which a form with a partner needs in the other language too.</summary>
    public int TextCount { get; init; }

    public IEnumerable<FormField> AllFields() => Fields.SelectMany(field => field.SelfAndDescendants());

    /// <summary>What of an answer may enter the workflow's state.</summary>
    public JsonObject SelectVisibleToFlow(JsonObject data)
    {
        var visible = new JsonObject();
        foreach (var key in VisibleToFlow)
        {
            if (data.TryGetPropertyValue(key, out var value))
            {
                visible[key] = value?.DeepClone();
            }
        }

        return visible;
    }
}

public enum FormState
{
    Draft,
    Published,
}
