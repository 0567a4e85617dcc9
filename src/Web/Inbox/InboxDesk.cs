using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Cleiss.Web.Cases;
using Cleiss.Web.Words;

namespace Cleiss.Web.Inbox;

/// <summary>Lists tasks for the inbox and takes several at once.</summary>
internal sealed class InboxDesk(UserTaskService tasks)
{
    public async Task<InboxPage> ListAsync(InboxQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var page = await tasks.ListAsync(
            new UserTaskQuery(
                ScopeOf(query.View),
                query.Search,
                Sort: query.View == InboxViews.Done && query.Sort == InboxSorts.Due ? "completedAt" : query.Sort switch
                {
                    InboxSorts.Case => "case",
                    InboxSorts.Person => "person",
                    InboxSorts.Title => "title",
                    _ => "dueAt",
                },
                Descending: query.View == InboxViews.Done && query.Sort == InboxSorts.Due,
                Offset: (query.Page - 1) * query.PageSize,
                Limit: query.PageSize),
            actor,
            cancellationToken);

        // A row of « Toutes » can be taken when it is also one of « À prendre »: the rule stays in one place.
        var free = await tasks.ListAsync(new UserTaskQuery("available", Limit: 200), actor, cancellationToken);
        var takeable = free.Items.Select(item => item.Task.Id).ToHashSet(StringComparer.Ordinal);
        var mine = query.View == InboxViews.Mine && query.Search is not { Length: > 0 }
            ? page.Total
            : (await tasks.ListAsync(new UserTaskQuery("assigned", Limit: 1), actor, cancellationToken)).Total;
        return new InboxPage([.. page.Items.Select(item => Row(item, actor, takeable.Contains(item.Task.Id)))], page.Total, mine, free.Total);
    }

    public async Task<int> CountMineAsync(Actor actor, CancellationToken cancellationToken) =>
        (await tasks.ListAsync(new UserTaskQuery("assigned", Limit: 1), actor, cancellationToken)).Total;

    public async Task<int> CountLateAsync(Actor actor, CancellationToken cancellationToken) =>
        (await tasks.ListAsync(new UserTaskQuery("all", Due: "overdue", Limit: 1), actor, cancellationToken)).Total;

    /// <summary>Takes each chosen task on its own: one that somebody else was faster with does not hold back the others.</summary>
    public async Task<TakeOutcome> TakeAsync(IReadOnlyList<string> ids, Actor actor, CancellationToken cancellationToken)
    {
        var taken = 0;
        var refused = new List<string>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal).Take(200))
        {
            try
            {
                await tasks.ClaimAsync(id, null, null, actor, cancellationToken);
                taken++;
            }
            catch (UserTaskRefusedException refusal)
            {
                refused.Add(refusal.Message);
            }
        }

        return new TakeOutcome(
            taken == 0 ? "Aucune tâche n'a été prise." : $"{French.Count(taken, "tâche est à vous", "tâches sont à vous")} maintenant.", refused);
    }

    public static InboxRow Row(UserTaskListItem item, Actor actor, bool mayTake) => new(
        item.Task.Id,
        item.Task.Title,
        item.Case?.Id,
        item.Case?.Reference ?? item.Task.Reference ?? "hors dossier",
        item.Case?.Title,
        PersonWords.Of(item.Case?.LastName, item.Case?.FirstNames),
        CaseDesk.CountryWords(item.Case?.AgreementIso),
        item.Task.DueAt,
        item.AssigneeName,
        item.Task.Assignee == actor.Id,
        mayTake,
        item.Task.CompletedAt,
        item.Task.CompletedByName);

    private static string ScopeOf(string view) => view switch
    {
        InboxViews.Free => "available",
        InboxViews.All => "all",
        InboxViews.Done => "history",
        _ => "assigned",
    };
}
