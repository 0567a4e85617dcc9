namespace Cleiss.Web.Mails;

/// <param name="Parked">Set aside after repeated failures; a person decides.</param>
public sealed record MailRow(
    string Id,
    string To,
    string Subject,
    string? CaseId,
    string? CaseReference,
    string State,
    string? StateKind,
    bool Parked,
    int Attempts,
    string MessageId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string? LastError);

public sealed record MailListPage(IReadOnlyList<MailRow> Rows, long Total);

public sealed record MailView(MailRow Row, string? From, string? Text, IReadOnlyList<MailPart> Attachments);

/// <param name="Href">Null when the attachment cannot be opened on its own.</param>
public sealed record MailPart(string Name, long? Size, string? Href);
