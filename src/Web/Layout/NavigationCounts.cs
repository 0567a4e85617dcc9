using Cleiss.Persistence.People;
using Cleiss.Web.Inbox;

namespace Cleiss.Web.Layout;

/// <summary>The number beside « Mes tâches ».</summary>
internal sealed class NavigationCounts(InboxDesk inbox)
{
    public async Task<int> WaitingForAsync(Actor person, CancellationToken cancellationToken) =>
        person.Has(Permission.ReadUserTasks) ? await inbox.CountMineAsync(person, cancellationToken) : 0;
}
