using Cleiss.Persistence.Verification;

namespace Cleiss.Documents.Issuing;

internal sealed class DocumentInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "document-number",
            "Les numéros de chaque série de documents se suivent sans trou",
            "Un document a été supprimé, ou un compteur modifié, hors du produit : comparez avec une sauvegarde et consignez l'écart.",
            """
            select 'série ' || s.series || ' ' || s.year || ' : ' || count(d.id) || ' documents, compteur à ' || s.last_number
            from document_series s left join documents d on d.series = s.series and d.year = s.year
            group by s.series, s.year, s.last_number
            having count(d.id) <> s.last_number or coalesce(max(d.counter), 0) <> s.last_number
            """),
        new(
            "document-pending",
            "Chaque document en préparation a son effet d'impression en attente",
            "Le document ne serait jamais imprimé : annulez-le et émettez-en un autre ; son numéro reste pris.",
            """
            select 'document ' || d.number || ' du dossier ' || coalesce(d.case_id, '(aucun)')
            from documents d
            where d.state = 'pending'
              and not exists (select 1 from outbox o where o.kind = 'document.render' and o.payload ->> 'documentId' = d.id)
            """),
        new(
            "document-file",
            "Chaque document imprimé a son fichier, avec la même empreinte",
            "Restaurez le fichier depuis une sauvegarde ; n'imprimez pas de nouveau un document déjà envoyé.",
            """
            select 'document ' || d.number
            from documents d left join files f on f.id = d.file_id
            where (d.state in ('valid', 'specimen', 'replaced') or d.file_id is not null) and (f.id is null or f.sha256 is distinct from d.sha256 or d.rendered_at is null)
            """),
        new(
            "document-references",
            "Chaque document renvoie à une réponse qui existe, et s'il est remplacé, à son remplaçant",
            "Restaurez la ligne manquante depuis une sauvegarde.",
            """
            select 'document ' || d.number || ' : réponse ' || d.answer_id
            from documents d
            -- An id with a colon names what a process prints beside answers, e.g. an order.
            where position(':' in d.answer_id) = 0 and not exists (select 1 from form_answers a where a.id = d.answer_id)
            union all
            select 'document ' || number || ' : remplacé, sans remplaçant' from documents where state = 'replaced' and replaced_by is null
            union all
            select 'document ' || number || ' : ' || state || ', avec un remplaçant' from documents
            where replaced_by is not null and state not in ('replaced', 'cancelled')
            """),
    ];
}
