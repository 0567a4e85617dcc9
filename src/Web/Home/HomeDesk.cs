using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Web.Cases;
using Cleiss.Web.Inbox;

namespace Cleiss.Web.Home;

/// <summary>What awaits a person, in one look.</summary>
internal sealed class HomeDesk(InboxDesk inbox, CaseDesk cases)
{
    private const int Shown = 8;

    public async Task<HomeView> ReadAsync(Actor person, CancellationToken cancellationToken)
    {
        var tasks = person.Has(Permission.ReadUserTasks);
        var reads = person.Has(Permission.CasesRead);
        var mine = tasks
            ? await inbox.ListAsync(new InboxQuery(InboxViews.Mine, null, InboxSorts.Due, 1, Shown), person, cancellationToken)
            : new InboxPage([], 0, 0, 0);
        return new HomeView(
            tasks,
            reads,
            mine.Mine,
            mine.Free,
            tasks ? await inbox.CountLateAsync(person, cancellationToken) : 0,
            reads ? (await cases.ListAsync(new CaseListQuery(null, CaseState.Open, 1, 1), cancellationToken)).Total : 0,
            mine.Rows,
            reads ? (await cases.ListAsync(new CaseListQuery(null, null, 1, Shown), cancellationToken)).Rows : []);
    }
}
