using System.Text.Json.Nodes;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Mail;

/// <summary>
/// Effect <c>mail.send</c>, payload <c>{mailId}</c>. The attempt is noted before the transport is spoken to, so that after a kill everybody can
/// see that an earlier attempt may have arrived. A repetition carries the same Message-ID, and the trail says so before it leaves: the host may
/// die once more before it hears that the mail was accepted.
/// </summary>
internal sealed class SendMailHandler(MailStore mails, MailComposer composer, IMailTransport transport, WorkflowRuntime runtime, TimeProvider time) : IEffectHandler
{
    public const string EffectKind = "mail.send";

    public string Kind => EffectKind;

    /// <summary>Idempotency key of a mail's effect, by which a parked one is found again.</summary>
    public static string Key(string mailId) => "mail-" + mailId;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var id = effect.Payload["mailId"]!.GetValue<string>();
        var mail = await mails.FindAsync(id, cancellationToken) ?? throw new KeyNotFoundException($"Effect {effect.Id} sends mail {id}, which does not exist.");
        var output = new JsonObject { ["mailId"] = id, ["messageId"] = mail.MessageId };
        if (mail.State == MailState.Sent)
        {
            return new EffectResult.Done(output);
        }

        if (mail.Subject is null)
        {
            if (await composer.ComposeAsync(mail, cancellationToken) is { } reason)
            {
                return new EffectResult.Park(reason, new MailBlocked(id, null, reason), Line(mail, "mail.blocked", $"Le courriel à {Recipient(mail)} ne peut pas partir : {reason}"));
            }

            await mails.SaveComposedAsync(mail, cancellationToken);
        }

        var outgoing = await composer.AssembleAsync(mail, cancellationToken);
        var (attempt, earlierUnknown) = await mails.BeginAttemptAsync(id, time.GetUtcNow(), cancellationToken);
        if (earlierUnknown)
        {
            await runtime.WriteAsync([Repeated(mail, attempt)], cancellationToken);
        }

        return await transport.SendAsync(outgoing, cancellationToken) switch
        {
            TransportOutcome.Accepted => new EffectResult.Done(output, new MailAccepted(id, attempt, transport.Name), Sent(mail, attempt)),
            TransportOutcome.Deferred deferred => new EffectResult.Retry(deferred.Reason, null, new MailDeferred(id, attempt, deferred.Reason)),
            TransportOutcome.Unknown unknown => new EffectResult.Retry(unknown.Reason),
            TransportOutcome.Refused refused => new EffectResult.Park(
                refused.Reason, new MailBlocked(id, attempt, refused.Reason), Line(mail, "mail.refused", $"Le courriel à {Recipient(mail)} est refusé : {refused.Reason}")),
            _ => throw new InvalidOperationException("Unknown transport outcome."),
        };
    }

    private TrailEntry Sent(MailRow mail, int attempt)
    {
        var how = transport.Name == "smtp" ? "est envoyé" : "est remis à la boîte d'envoi intégrée";
        return Line(mail, "mail.sent", $"{What(mail)} à {Recipient(mail)} {how}.", attempt);
    }

    private static TrailEntry Repeated(MailRow mail, int attempt) => Line(
        mail, "mail.repeated",
        $"{What(mail)} à {Recipient(mail)} part de nouveau, avec le même identifiant Message-ID : l'issue d'un envoi précédent est inconnue.", attempt);

    private static string What(MailRow mail) => mail.ReminderNumber is { } number ? $"Le courriel de relance n° {number}" : "Le courriel";

    private static TrailEntry Line(MailRow mail, string kind, string sentence, int? attempt = null) => new(
        mail.CaseId is null ? TrailIds.Administration : TrailIds.Case(mail.CaseId), Actor.System, kind, sentence,
        new JsonObject { ["mailId"] = mail.Id, ["messageId"] = mail.MessageId, ["attempt"] = attempt });

    private static string Recipient(MailRow mail) => mail.ToName is { Length: > 0 } name ? name : mail.ToAddress ?? mail.Partner ?? "un destinataire inconnu";
}
