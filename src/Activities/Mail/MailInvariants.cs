using Cleiss.Persistence.Verification;

namespace Cleiss.Activities.Mail;

internal sealed class MailInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "mail-effect",
            "Chaque courriel qui n'est pas parti a son effet en attente",
            "Le courriel ne partirait jamais. Envoyez-le de nouveau depuis la page des courriels, ou prévenez le partenaire autrement.",
            """
            select 'courriel ' || m.id || ' (' || m.state || ', modèle ' || m.template || ') du dossier ' || coalesce(m.case_id, '(aucun)')
            from mails m
            where m.state in ('queued', 'sending', 'blocked')
              and not exists (select 1 from outbox o where o.idempotency_key = 'mail-' || m.id)
            """),
        new(
            "mail-sent",
            "Chaque courriel parti a un texte, une date et une tentative acceptée",
            "Comparez avec le serveur de courriel : son identifiant Message-ID dit s'il est arrivé.",
            """
            select 'courriel ' || m.id || ' du dossier ' || coalesce(m.case_id, '(aucun)')
            from mails m
            where m.state = 'sent' and (m.sent_at is null or m.subject is null or m.body is null
              or not exists (select 1 from mail_attempts a where a.mail_id = m.id and a.outcome = 'accepted'))
            """),
        new(
            "mail-references",
            "Chaque courriel renvoie à un dossier et à des documents qui existent",
            "Restaurez le dossier ou le document depuis une sauvegarde.",
            """
            select 'courriel ' || m.id || ' : dossier ' || m.case_id
            from mails m where m.case_id is not null and not exists (select 1 from cases c where c.id = m.case_id)
            union all
            select 'courriel ' || m.id || ' : document ' || document
            from mails m, unnest(m.documents) as document where not exists (select 1 from documents d where d.id = document)
            """),
    ];
}
