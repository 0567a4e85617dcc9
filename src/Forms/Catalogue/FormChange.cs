namespace Cleiss.Forms.Catalogue;

/// <summary>One thing that differs between two versions of a form.</summary>
/// <param name="Sentence">French, for process owners.</param>
/// <param name="FieldId">The component in the newer version, or in the older one when it is gone; null for the form as a whole.</param>
public sealed record FormChange(FormChangeKind Kind, string Sentence, string? FieldId = null);

public enum FormChangeKind
{
    Form,
    Added,
    Removed,
    Renamed,
    Moved,
    Rule,
    Choice,
    Text,
    Sample,
}
