namespace Cleiss.Activities.Mail;

/// <summary>How mails leave.</summary>
public interface IMailTransport
{
    /// <summary><c>outbox</c> or <c>smtp</c>.</summary>
    string Name { get; }

    Task<TransportOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}

public sealed record OutgoingMail(
    string MessageId, string From, string FromName, string To, string ToName, string Subject, string Body, IReadOnlyList<MailAttachment> Attachments);

public sealed record MailAttachment(string Name, string MediaType, byte[] Content);

public abstract record TransportOutcome
{
    public sealed record Accepted : TransportOutcome;

    /// <summary>Certainly not delivered; worth another try later.</summary>
    public sealed record Deferred(string Reason) : TransportOutcome;

    /// <summary>Refused for good; a person must act.</summary>
    public sealed record Refused(string Reason) : TransportOutcome;

    /// <summary>The connection broke or time ran out: it may have been delivered.</summary>
    public sealed record Unknown(string Reason) : TransportOutcome;
}

/// <summary>The default without SMTP: mails are kept and shown in <c>/courriers</c>.</summary>
internal sealed class BuiltInOutbox : IMailTransport
{
    public string Name => "outbox";

    public Task<TransportOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken) =>
        Task.FromResult<TransportOutcome>(new TransportOutcome.Accepted());
}
