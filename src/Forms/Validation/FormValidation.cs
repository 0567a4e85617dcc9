using System.Text.Json.Nodes;

namespace Cleiss.Forms.Validation;

/// <summary>The judgement on an answer.</summary>
/// <param name="Data">Normalised: hidden values dropped, texts tidied, numbers as numbers, computed values filled in.</param>
/// <param name="Errors">All mistakes at once, in the order of the form.</param>
/// <param name="Dropped">Paths of values that were given for hidden fields.</param>
/// <param name="Hidden">Paths of all fields the conditions hide.</param>
public sealed record FormValidation(
    bool Valid,
    IReadOnlyList<FormError> Errors,
    JsonObject Data,
    IReadOnlyList<string> Dropped,
    IReadOnlyList<string> Hidden)
{
    /// <summary>Paths a condition requires.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Computed values by path.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Computed { get; init; } = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
}

/// <param name="Path">Where, e.g. <c>periodes[1].au</c>; empty for the answer as a whole.</param>
/// <param name="Code">Stable: <c>required</c>, <c>nir-key</c>, <c>end-before-start</c>, <c>unknown-field</c>…</param>
/// <param name="Message">A sentence that says what to do, in the language asked for.</param>
public sealed record FormError(string Path, string Code, string Message);
