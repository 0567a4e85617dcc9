using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace Cleiss.Activities.Mail;

/// <summary>SMTP through .NET's own client: STARTTLS and AUTH on a relay's submission port; no implicit TLS, no DKIM.</summary>
internal sealed class SmtpTransport(IOptions<MailOptions> options) : IMailTransport
{
    public string Name => "smtp";

    public async Task<TransportOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var settings = options.Value.Smtp;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.StartTls };
        if (settings.User.Length > 0)
        {
            client.Credentials = new NetworkCredential(settings.User, settings.Password);
        }

        using var message = Compose(mail);
        try
        {
            await client.SendMailAsync(message, limit.Token);
            return new TransportOutcome.Accepted();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TransportOutcome.Unknown($"Le serveur de messagerie n'a pas répondu en {settings.TimeoutSeconds} s.");
        }
        catch (SmtpException e)
        {
            return Classify(e);
        }
    }

    private static MailMessage Compose(OutgoingMail mail)
    {
        var message = new MailMessage(new MailAddress(mail.From, mail.FromName, Encoding.UTF8), new MailAddress(mail.To, mail.ToName, Encoding.UTF8))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = mail.Body,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        message.Headers.Add("Message-ID", mail.MessageId);
        foreach (var attachment in mail.Attachments)
        {
            message.Attachments.Add(new Attachment(new MemoryStream(attachment.Content), attachment.Name, attachment.MediaType));
        }

        return message;
    }

    /// <summary>4xx: not now. 5xx: never. No status: nothing was sent when no connection came about; otherwise nobody knows.</summary>
    private static TransportOutcome Classify(SmtpException e) => (int)e.StatusCode switch
    {
        >= 500 => new TransportOutcome.Refused($"Le serveur de messagerie refuse : {e.Message}"),
        >= 400 => new TransportOutcome.Deferred($"Le serveur de messagerie demande d'attendre : {e.Message}"),
        _ when e.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.HostUnreachable } =>
            new TransportOutcome.Deferred($"Le serveur de messagerie ne répond pas : {e.GetBaseException().Message}"),
        _ => new TransportOutcome.Unknown($"La connexion au serveur de messagerie s'est rompue : {e.GetBaseException().Message}"),
    };
}
