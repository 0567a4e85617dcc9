namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

public enum FindingKind
{
    /// <summary>Explained by rounding; nothing to mend.</summary>
    Remark,

    /// <summary>The figures contradict each other.</summary>
    Error,
}

/// <param name="Path">The figure it is about, as the form names it, e.g. <c>totalCp</c> or <c>envelopes.personnel.cp</c>.</param>
/// <param name="Message">French, with both figures and the reason.</param>
public sealed record BudgetFinding(FindingKind Kind, string Path, string Message);
