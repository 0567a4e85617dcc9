using Cleiss.Persistence.Verification;

namespace Cleiss.Workflows.Traductions;

internal sealed class TranslationInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "translation-ceiling",
            "Les mots commandés de chaque lot sont ceux de ses commandes et ne dépassent pas son plafond",
            "Un lot et ses commandes ont été modifiés hors du produit : comparez avec une sauvegarde.",
            """
            select 'lot ' || l.number || ' : ' || l.ordered_words || ' mots pour ' || coalesce(sum(o.words), 0) || ' commandés, plafond ' || l.ceiling_words
            from translation_lots l left join translation_orders o on o.lot = l.number and o.state in ('proposed', 'accepted', 'delivered') and not o.test
            group by l.number having l.ordered_words <> coalesce(sum(o.words), 0) or l.ordered_words > l.ceiling_words
            """),
        new(
            "translation-cost",
            "Chaque commande livrée a une dépense de son montant, et elle seule",
            "Restaurez la dépense depuis une sauvegarde, ou enregistrez une correction.",
            """
            select 'commande ' || o.id || ' (' || o.state || ') : ' || count(c.id) || ' dépense(s)'
            from translation_orders o left join translation_costs c on c.order_id = o.id and c.reason is null and c.cents = o.amount_cents
            group by o.id, o.state having count(c.id) <> case when o.state = 'delivered' and not o.test then 1 else 0 end
            """),
        new(
            "translation-month",
            "Le total de chaque mois clos est celui de ses dépenses",
            "Une dépense a été ajoutée à un mois clos : comparez avec une sauvegarde.",
            """
            select 'mois ' || m.month || ' : ' || m.total_cents || ' centimes pour ' || coalesce(sum(c.cents), 0)
            from translation_months m left join translation_costs c on c.month = m.month
            group by m.month, m.total_cents having m.total_cents <> coalesce(sum(c.cents), 0)
            """),
    ];
}
