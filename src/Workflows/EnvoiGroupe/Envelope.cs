namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>One posting to the institution of an agreement, with the documents that wait in it.</summary>
/// <param name="ClosedAt">Null: open, and still taking documents.</param>
/// <param name="CaseId">The case that sends it; null until somebody sends it.</param>
public sealed record Envelope(
    string Id, string AgreementIso, string Partner, bool Test, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string? CaseId, string? CaseReference,
    DateTimeOffset? SentAt, IReadOnlyList<EnvelopeItem> Items);

public sealed record EnvelopeItem(
    string DocumentId, string Number, string? FormKey, string? FormCode, string Title, string? FileId, string CaseId, string CaseReference,
    string WorkflowInstanceId, string BookmarkId, DateTimeOffset AddedAt);
