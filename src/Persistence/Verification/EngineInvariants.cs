using Cleiss.Engine.Definitions;
using Cleiss.Engine.Triggers;

namespace Cleiss.Persistence.Verification;

/// <summary>Instances, bookmarks, outbox and journal.</summary>
internal sealed class EngineInvariants(ActivityRegistry activities) : IInvariantSource
{
    private IEnumerable<string> Starting => activities.All.Where(type => typeof(ITrigger).IsAssignableFrom(type.ClrType)).Select(type => type.TypeName);

    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "bookmark-instance",
            "Chaque signet (minuteurs compris) appartient à une instance en cours",
            "Supprimez ces signets : plus rien ne les attend.",
            """
            select 'signet ' || b.id || ' (' || b.name || case when b.due_at is null then '' else ', échéance ' || b.due_at end || ') de l''instance '
                || b.workflow_instance_id || case when i.id is null then ', qui n''existe pas' else ', qui est terminée' end
            from bookmarks b left join workflow_instances i on i.id = b.workflow_instance_id
            where i.id is null or i.status <> 'Running'
            """),
        new(
            "instance-waits",
            "Chaque instance en cours attend quelque chose ou montre un incident",
            "Ouvrez l'instance : annulez-la, ou reprenez l'activité arrêtée par une modification (« alteration »).",
            """
            select 'instance ' || i.id || ' de ' || i.definition_id || ' (' || i.sub_status || ', modifiée le ' || i.updated_at || ')'
            from workflow_instances i
            where i.status = 'Running'
              and not exists (select 1 from bookmarks b where b.workflow_instance_id = i.id)
              and not (i.sub_status = 'Faulted' and i.incident_count > 0)
            """),
        new(
            "instance-status",
            "L'état et le sous-état de chaque instance s'accordent, et aucune n'est restée « en exécution »",
            "Ne modifiez rien à la main : restaurez ces lignes depuis la dernière sauvegarde.",
            """
            select 'instance ' || id || ' : ' || status || ' / ' || sub_status || coalesce(', terminée le ' || finished_at, ', sans date de fin')
            from workflow_instances
            where case status
                when 'Running' then sub_status not in ('Suspended', 'Faulted') or finished_at is not null
                when 'Finished' then sub_status not in ('Finished', 'Cancelled', 'Faulted') or finished_at is null
                else true end
            """),
        new(
            "instance-definition",
            "Chaque instance tourne sur une version de définition qui existe",
            "Restaurez la version supprimée depuis une sauvegarde : sans elle l'instance ne peut pas continuer.",
            """
            select 'instance ' || i.id || ' : version ' || i.definition_version_id || ' de ' || i.definition_id
            from workflow_instances i
            where not exists (select 1 from workflow_definitions d where d.id = i.definition_version_id)
            """),
        new(
            "definition-latest",
            "Chaque définition a exactement une dernière version et au plus une version publiée",
            "Publiez de nouveau la version voulue dans le studio.",
            """
            select 'définition ' || definition_id || ' : ' || count(*) filter (where is_latest) || ' dernière(s), '
                || count(*) filter (where is_published) || ' publiée(s)'
            from workflow_definitions where archived_at is null group by definition_id
            having count(*) filter (where is_latest) <> 1 or count(*) filter (where is_published) > 1
            """),
        new(
            "trigger-version",
            "Ce qui démarre une procédure appartient à la version en vigueur d'une procédure publiée, ou à une version qui la précède ou la suit à une date fixée",
            "Publiez de nouveau la version voulue dans le studio : ses déclencheurs sont alors refaits.",
            """
            select 'déclencheur ' || t.id || ' (' || t.name || ') de ' || t.definition_id
                || case when d.id is null then ', version ' || t.definition_version_id || ' qui n''existe pas' else ', version ' || d.version end
            from workflow_triggers t left join workflow_definitions d on d.id = t.definition_version_id and d.definition_id = t.definition_id
            where d.published_at is null or d.archived_at is not null
               or not d.is_published and t.active_from is null and t.active_until is null
               or not exists (select 1 from workflow_definitions p where p.definition_id = t.definition_id and p.is_published)
            """),
        new(
            "trigger-missing",
            "Chaque version publiée qui démarre d'elle-même a ses déclencheurs",
            "Publiez de nouveau cette version dans le studio : ses déclencheurs sont alors refaits.",
            $$"""
            select 'définition ' || d.definition_id || ', version ' || d.version || ' : ' || count(*) || ' activité(s) sans déclencheur'
            from workflow_definitions d
            cross join lateral jsonb_path_query(d.document::jsonb, 'strict $.root.** ? (@.customProperties.canStartWorkflow == true)', '{}', true) as activity
            where d.is_published and activity ->> 'type' in ({{string.Join(", ", Starting.Select(type => $"'{type}'"))}})
              and not exists (
                select 1 from workflow_triggers t where t.definition_version_id = d.id and t.activity_id = activity ->> 'id')
            group by d.definition_id, d.version
            """),
        new(
            "outbox-instance",
            "Chaque effet en attente appartient à une instance qui existe",
            "Supprimez ces lignes de la boîte d'effets : personne n'attend plus leur résultat.",
            """
            select 'effet ' || o.id || ' (' || o.kind || ') de l''instance ' || o.workflow_instance_id
            from outbox o
            where o.workflow_instance_id is not null and not exists (select 1 from workflow_instances i where i.id = o.workflow_instance_id)
            """),
        new(
            "outbox-bookmark",
            "Chaque effet dont une instance attend le résultat a encore son signet",
            "L'instance a avancé sans le résultat de l'effet. Regardez son journal, puis supprimez la ligne si l'effet n'est plus voulu.",
            """
            select 'effet ' || o.id || ' (' || o.kind || ') : signet ' || o.bookmark_id || ' de l''instance ' || o.workflow_instance_id
            from outbox o join workflow_instances i on i.id = o.workflow_instance_id
            where o.bookmark_id is not null and i.status = 'Running'
              and not exists (select 1 from bookmarks b where b.id = o.bookmark_id)
              -- What is cancelled on the way leaves its effect to be done without it.
              and not exists (
                select 1 from workflow_journal j where j.workflow_instance_id = i.id and j.event_name in ('Canceled', 'Faulted'))
            """),
        new(
            "outbox-parked",
            "Un effet mis de côté n'est tenu par aucun hôte et dit pourquoi",
            "Relancez l'effet depuis l'écran d'administration.",
            "select 'effet ' || id || ' (' || kind || ')' from outbox where parked_at is not null and (owner is not null or last_error is null)"),
        new(
            "journal-gap",
            "Le journal de chaque instance est numéroté sans trou",
            "Restaurez le journal depuis une sauvegarde ; l'instance elle-même peut continuer.",
            """
            select 'instance ' || workflow_instance_id || ' : ' || sum(lines) || ' lignes, numéros ' || min(first_sequence) || ' à ' || max(first_sequence + lines - 1)
            from workflow_journal_pages group by workflow_instance_id
            having min(first_sequence) <> 1 or max(first_sequence + lines - 1) <> sum(lines)
            """),
    ];
}
