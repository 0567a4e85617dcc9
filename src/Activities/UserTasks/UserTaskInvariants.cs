using Cleiss.Persistence.Verification;

namespace Cleiss.Activities.UserTasks;

internal sealed class UserTaskInvariants : IInvariantSource
{
    public IEnumerable<Invariant> Invariants =>
    [
        new(
            "task-bookmark",
            "Chaque tâche ouverte a son signet",
            "Le dossier n'attend plus cette tâche : annulez-la, puis regardez où en est le dossier.",
            """
            select 'tâche ' || t.id || ' « ' || t.title || ' » du dossier ' || coalesce(t.case_id, '(aucun)')
            from user_tasks t
            where t.completed_at is null
              and not exists (select 1 from bookmarks b where b.id = t.bookmark_id and b.workflow_instance_id = t.workflow_instance_id)
            """),
        new(
            "task-closed",
            "Aucune tâche terminée n'est encore attendue",
            "La tâche est close mais le dossier l'attend : annulez le dossier et rouvrez-le, ou restaurez la tâche depuis une sauvegarde.",
            """
            select 'tâche ' || t.id || ' « ' || t.title || ' » (' || t.status || ') : signet ' || t.bookmark_id
            from user_tasks t join bookmarks b on b.id = t.bookmark_id
            where t.completed_at is not null
            """),
        new(
            "bookmark-resumed-by",
            "Chaque signet peut être repris : par un événement, une échéance, un effet, une tâche ou une procédure lancée",
            "L'instance attendrait toujours. Annulez-la, ou annulez l'activité par une modification (« alteration »).",
            """
            select 'signet ' || b.id || ' (' || b.name || ') de l''instance ' || b.workflow_instance_id || ', activité ' || b.activity_id
            from bookmarks b
            where b.hash is null and b.due_at is null
              and not exists (select 1 from outbox o where o.bookmark_id = b.id)
              and not exists (select 1 from user_tasks t where t.bookmark_id = b.id and t.completed_at is null)
              and not exists (select 1 from workflow_instances c where c.parent_instance_id = b.workflow_instance_id and c.status = 'Running')
              and not exists (select 1 from outbox o where o.payload ->> 'parentInstanceId' = b.workflow_instance_id)
            """),
        new(
            "task-status",
            "L'état de chaque tâche s'accorde avec ses dates et la personne qui la tient",
            "Restaurez la ligne depuis une sauvegarde.",
            """
            select 'tâche ' || id || ' « ' || title || ' » : ' || status
            from user_tasks
            where (completed_at is null) <> (status in ('Unassigned', 'Available', 'Assigned'))
               or status = 'Assigned' and assignee is null
               or status = 'Completed' and (completed_by is null or action_key is null)
            """),
        new(
            "task-revision",
            "La révision de chaque tâche est celle de son dernier événement, sans trou ni doublon",
            "Une modification a été perdue ou faite hors du produit : comparez avec une sauvegarde.",
            """
            select 'tâche ' || t.id || ' : révision ' || t.revision || ', ' || count(e.revision) || ' événements jusqu''à ' || coalesce(max(e.revision), 0)
            from user_tasks t left join user_task_events e on e.task_id = t.id
            group by t.id, t.revision
            having t.revision <> coalesce(max(e.revision), 0) or count(e.revision) <> count(distinct e.revision) or count(e.revision) <> t.revision
            """),
        new(
            "task-answer",
            "Chaque réponse qu'une tâche a reçue existe",
            "Restaurez la réponse depuis une sauvegarde.",
            """
            select 'tâche ' || t.id || ' « ' || t.title || ' » : réponse ' || t.answer_id
            from user_tasks t where t.answer_id is not null and not exists (select 1 from form_answers a where a.id = t.answer_id)
            union all
            select 'réponse ' || a.id || ' : tâche ' || a.task_id
            from form_answers a where a.task_id is not null
              and not exists (select 1 from user_tasks t where t.id = a.task_id and t.answer_id = a.id)
            """),
        new(
            "task-draft",
            "Chaque brouillon appartient à une tâche ouverte",
            "Supprimez ces brouillons : leur tâche est close.",
            """
            select 'brouillon de la tâche ' || d.task_id
            from form_drafts d where not exists (select 1 from user_tasks t where t.id = d.task_id and t.completed_at is null)
            """),
    ];
}
