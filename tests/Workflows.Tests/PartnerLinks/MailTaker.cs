using System.Collections.Concurrent;
using Cleiss.Activities.Mail;

namespace Cleiss.Workflows.Tests.PartnerLinks;

/// <summary>A transport that leads outside, like SMTP: what it takes is read by the recipient alone.</summary>
public sealed class MailTaker : IMailTransport
{
    private readonly ConcurrentQueue<OutgoingMail> _taken = [];

    public string Name => "smtp";

    public IReadOnlyList<OutgoingMail> Taken => [.. _taken];

    public Task<TransportOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        _taken.Enqueue(mail);
        return Task.FromResult<TransportOutcome>(new TransportOutcome.Accepted());
    }
}
