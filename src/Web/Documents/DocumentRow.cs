namespace Cleiss.Web.Documents;

/// <param name="FormCode">With « numéro provisoire » beside it while the form is not in force.</param>
/// <param name="State">As screens say it: « établi », « en préparation », « annulé ».</param>
/// <param name="Replaces">Number of the document this one corrects.</param>
/// <param name="ReplacedBy">Number of the document that corrects this one.</param>
public sealed record DocumentRow(
    string Id,
    string Number,
    string Title,
    string? FormCode,
    string? CaseId,
    string? CaseReference,
    string State,
    string? StateKind,
    bool Specimen,
    DateTimeOffset CreatedAt,
    DateTimeOffset? IssuedAt,
    string? Sha256,
    string? VerificationCode,
    long? Size,
    string? Replaces,
    string? ReplacedBy,
    string? Reason)
{
    public string? ReplacesId { get; init; }

    public string? ReplacedById { get; init; }
}

public sealed record DocumentPage(IReadOnlyList<DocumentRow> Rows, long Total);
