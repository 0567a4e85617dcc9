namespace Cleiss.Persistence.Verification;

/// <summary>Hash chains and stored files.</summary>
internal sealed class TrailInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "trail-chain",
            "La chaîne de chaque journal de dossier est intacte",
            "Quelqu'un a modifié la base directement. Comparez avec une sauvegarde et prévenez le responsable de la sécurité.",
            """
            select 'journal ' || trail_id || ' : l''entrée ' || min(position) || ' ne correspond plus à son empreinte, ou celle qui la précède manque'
            from (
              select trail_id, position, place, hash,
                trail_link(coalesce(previous, trail_genesis(trail_id)), trail_id, place, at, actor_id, actor_name, kind, sentence, facts) as expected
              from (
                select e.*, row_number() over chain as place, lag(hash) over chain as previous
                from trail_entries e window chain as (partition by trail_id order by position)) as link) as checked
            where hash <> expected or position <> place
            group by trail_id
            """),
        new(
            "trail-head",
            "La tête de chaque journal de dossier correspond à sa dernière entrée",
            "Des entrées ont été retirées à la fin, ou ajoutées hors du produit. Comparez avec une sauvegarde et prévenez le responsable de la sécurité.",
            """
            select 'journal ' || t.id || ' : la tête annonce ' || t.length || ' entrées, la dernière est ' || coalesce(e.position::text, 'absente')
            from trails t left join lateral (
              select position, hash from trail_entries where trail_id = t.id order by position desc limit 1) e on true
            where coalesce(e.position, 0) <> t.length or t.head <> coalesce(e.hash, trail_genesis(t.id))
            """),
        new(
            "file-content",
            "Chaque fichier correspond à son empreinte SHA-256",
            "Le contenu a changé après coup. Restaurez le fichier depuis une sauvegarde.",
            "select 'contenu ' || sha256 from file_contents where sha256 <> encode(sha256(content), 'hex') or size <> octet_length(content)"),
    ];
}
