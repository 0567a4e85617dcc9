using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.Catalogue;

/// <summary>A version as its owner works on it.</summary>
/// <param name="Revision">Counts the saves of a draft; 0 for a version that is no owner's draft.</param>
/// <param name="Problems">What keeps it from being published.</param>
public sealed record DesignDraft(FormDefinition Form, long Revision, IReadOnlyList<FormProblem> Problems, DateTimeOffset SavedAt, string SavedBy);

/// <summary>What became of a save.</summary>
public abstract record FormSaving
{
    private FormSaving()
    {
    }

    public sealed record Saved(DesignDraft Draft) : FormSaving;

    /// <param name="Problems">Why nobody could read the schema.</param>
    public sealed record Refused(IReadOnlyList<FormProblem> Problems) : FormSaving;

    /// <param name="Current">What is there now; null when there is nothing any more.</param>
    public sealed record Conflict(DesignDraft? Current) : FormSaving;
}

/// <summary>What publishing did: the published definition, or what stands in the way.</summary>
public sealed record FormPublication(FormDefinition? Published, IReadOnlyList<FormProblem> Problems);
