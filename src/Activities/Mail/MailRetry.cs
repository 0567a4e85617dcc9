using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Mail;

/// <summary>Lets a person send a blocked mail again, once its cause is mended.</summary>
public sealed class MailRetry(MailStore mails, Outbox outbox, WorkflowRuntime runtime, BurstSignals signals, TimeProvider time)
{
    /// <returns>False when the mail is not blocked.</returns>
    public async Task<bool> RetryAsync(MailRow mail, Actor actor, CancellationToken cancellationToken)
    {
        if (!await mails.UnblockAsync(mail.Id, cancellationToken))
        {
            return false;
        }

        await runtime.WriteAsync(
            [new TrailEntry(
                mail.CaseId is null ? TrailIds.Administration : TrailIds.Case(mail.CaseId), actor, "mail.retry",
                "a demandé un nouvel envoi du courriel", new JsonObject { ["mailId"] = mail.Id })],
            cancellationToken);
        await outbox.RetryAsync(SendMailHandler.Key(mail.Id), time.GetUtcNow(), cancellationToken);
        signals.Wake(new BurstNews(true, null, null));
        return true;
    }
}
