using Cleiss.Persistence.Verification;

namespace Cleiss.Activities.Cases;

internal sealed class CaseInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "case-instance",
            "Chaque dossier a son instance et son journal",
            "Restaurez l'instance ou le journal depuis une sauvegarde.",
            """
            select 'dossier ' || c.reference || case
                when i.id is null then ' : son instance ' || c.workflow_instance_id || ' n''existe pas'
                when t.id is null then ' : il n''a pas de journal'
                else ' : son instance porte la corrélation « ' || coalesce(i.correlation_id, '') || ' »' end
            from cases c
            left join workflow_instances i on i.id = c.workflow_instance_id
            left join trails t on t.id = 'case:' || c.id
            where i.id is null or t.id is null or i.correlation_id is distinct from c.id
            """),
        new(
            "case-state",
            "Un dossier annulé n'a plus d'instance en cours, et une instance annulée plus de dossier ouvert",
            "Annulez le dossier de nouveau depuis sa page.",
            """
            select 'dossier ' || c.reference || ' (' || c.state || ') : instance ' || i.id || ' ' || i.status || ' / ' || i.sub_status
            from cases c join workflow_instances i on i.id = c.workflow_instance_id
            where c.state = 'cancelled' and i.status = 'Running'
               or c.state in ('open', 'waiting') and i.sub_status = 'Cancelled'
               or (c.closed_at is null) <> (c.state in ('open', 'waiting'))
            """),
        new(
            "case-number",
            "Les références des dossiers se suivent sans trou",
            "Un dossier a été supprimé, ou un compteur modifié, hors du produit : comparez avec une sauvegarde.",
            """
            select n.prefix || '-' || n.year || ' : ' || count(c.id) || ' dossiers, compteur à ' || n.last
            from case_counters n left join cases c on c.reference ~ ('^' || n.prefix || '-' || n.year || '-[0-9]+$')
            group by n.prefix, n.year, n.last
            having count(c.id) <> n.last or coalesce(max(substring(c.reference from '[0-9]+$')::bigint), 0) <> n.last
            """),
        new(
            "case-answer",
            "Chaque réponse appartient à un dossier qui existe",
            "Ce sont des données personnelles sans dossier : restaurez le dossier, ou faites supprimer la réponse.",
            """
            select 'réponse ' || a.id || ' au formulaire ' || a.form_key || ' : dossier ' || a.case_id
            from form_answers a where a.case_id is not null and not exists (select 1 from cases c where c.id = a.case_id)
            """),
    ];
}
