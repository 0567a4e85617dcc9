using Cleiss.Persistence.People;

namespace Cleiss.Activities.UserTasks;

/// <summary>Who may see, take and finish a task. Pure: the caller brings the row and who completed the steps it must differ from.</summary>
internal static class UserTaskAccess
{
    public static bool MaySee(UserTaskRow task, Actor actor) =>
        actor.Has(Permission.ManageUserTasks) || IsCandidate(task, actor) || task.Assignee == actor.Id || task.CompletedBy == actor.Id
        || task.CaseId is not null && actor.Has(Permission.CasesRead);

    public static bool IsCandidate(UserTaskRow task, Actor actor) =>
        task.CandidateUsers.Contains(actor.Id) || task.CandidateGroups.Any(actor.IsIn)
        || !IsReserved(task) && task.Assignee is null;

    /// <summary>Whether the task may be in this person's hands, whoever put it there: an assignment opens no task to other roles.</summary>
    public static bool MayHold(UserTaskRow task, Actor actor) => !IsReserved(task) || IsCandidate(task, actor);

    /// <summary>Why a rule keeps the person away, in French; null when none does.</summary>
    /// <param name="completers">Who completed which activity of the instance so far.</param>
    public static string? Exclusion(UserTaskRow task, Actor actor, IReadOnlyCollection<(string ActivityId, string UserId)> completers)
    {
        if (completers.Any(c => c.UserId == actor.Id && task.DistinctFrom.Contains(c.ActivityId)))
        {
            return "Vous avez fait une étape précédente de ce dossier : une autre personne doit faire celle-ci (règle des quatre yeux).";
        }

        if (task.ExcludedUsers.Contains(actor.Id) && !(task.ExclusionOverride && actor.Has(Permission.ManageUserTasks)))
        {
            return "Vous êtes exclu de cette tâche.";
        }

        var same = completers.Where(c => task.SameAs.Contains(c.ActivityId)).ToList();
        return same.Count > 0 && same.All(c => c.UserId != actor.Id)
            ? "Cette tâche revient à la personne qui a fait l'étape précédente."
            : null;
    }

    /// <summary>Throws when the person may not complete or take the task.</summary>
    public static void Demand(UserTaskRow task, Actor actor, IReadOnlyCollection<(string ActivityId, string UserId)> completers)
    {
        if (Exclusion(task, actor, completers) is { } reason)
        {
            throw new UserTaskRefusedException(403, "excluded", reason);
        }

        if (!actor.Has(Permission.CompleteUserTasks))
        {
            throw new UserTaskRefusedException(403, "forbidden", "Vos rôles ne permettent pas de traiter des tâches.");
        }

        if (task.Assignee is { } holder && holder != actor.Id)
        {
            throw new UserTaskRefusedException(403, "not-assignee", $"La tâche est entre les mains de « {holder} ». Demandez-lui de la rendre, ou faites-la réattribuer.");
        }

        if (!MayHold(task, actor))
        {
            throw new UserTaskRefusedException(403, "not-candidate", ReservedFor(task));
        }
    }

    /// <summary>Throws when the task may not be given to this person.</summary>
    public static void DemandAssignable(UserTaskRow task, Actor person, IReadOnlyCollection<(string ActivityId, string UserId)> completers)
    {
        if (Exclusion(task, person, completers) is not null)
        {
            throw new UserTaskRefusedException(422, "excluded-assignee", $"{person.Name} a fait une étape précédente de ce dossier et ne peut pas recevoir cette tâche.");
        }

        if (!person.Has(Permission.CompleteUserTasks))
        {
            throw new UserTaskRefusedException(422, "powerless-assignee", $"Les rôles de {person.Name} ne permettent pas de traiter des tâches.");
        }

        if (!MayHold(task, person))
        {
            throw new UserTaskRefusedException(422, "ineligible-assignee", $"{person.Name} ne peut pas recevoir cette tâche. {ReservedFor(task)}");
        }
    }

    public static UserTaskRefusedException Closed(UserTaskRow task)
    {
        var when = task.CompletedAt is { } at ? ParisDate.Local(at).ToString("d MMMM yyyy 'à' HH:mm", new System.Globalization.CultureInfo("fr-FR")) : "";
        return new UserTaskRefusedException(409, "terminal", task.Status switch
        {
            UserTaskStatus.Completed => $"Cette tâche a déjà été terminée par {task.CompletedByName} le {when}. Rien n'a été enregistré.",
            UserTaskStatus.TimedOut => $"Cette tâche s'est terminée à son échéance, le {when}. Rien n'a été enregistré.",
            _ => $"Cette tâche a été annulée le {when}. Rien n'a été enregistré.",
        });
    }

    public static void DemandRevision(UserTaskRow task, int? expected)
    {
        if (expected is { } revision && revision != task.Revision)
        {
            throw new UserTaskRefusedException(
                409, "revision-conflict", $"La tâche a changé entre-temps (révision {task.Revision}, la vôtre est {revision}). Rechargez la page ; votre brouillon est gardé.");
        }
    }

    private static bool IsReserved(UserTaskRow task) => task.CandidateUsers.Length + task.CandidateGroups.Length > 0;

    private static string ReservedFor(UserTaskRow task) => $"La tâche est réservée à : {string.Join(", ", task.CandidateGroups.Concat(task.CandidateUsers))}.";
}
