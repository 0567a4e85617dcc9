using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>Says what is wrong with a stored instance, in French; changes nothing.</summary>
public sealed class InstanceInspector(DefinitionCache definitions)
{
    /// <param name="record">A running instance as stored.</param>
    /// <param name="bookmarks">All its bookmarks, read in the same snapshot.</param>
    /// <returns>Nothing when a resume of any of the bookmarks could load the instance and find who waits.</returns>
    public async Task<IReadOnlyList<string>> InspectAsync(
        InstanceRecord record, IReadOnlyList<Bookmark> bookmarks, CancellationToken cancellationToken)
    {
        WorkflowExecutionContext context;
        try
        {
            var workflow = await definitions.GetAsync(record.DefinitionVersionId, cancellationToken);
            context = InstanceState.Read(workflow, record, bookmarks, new Burst { Now = record.UpdatedAt });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return [$"son état ne se lit pas ({e.Message})"];
        }

        return [.. bookmarks.SelectMany(bookmark => CheckBookmark(context, bookmark)), .. context.Active.SelectMany(execution => CheckExecution(context, execution))];
    }

    private static IEnumerable<string> CheckBookmark(WorkflowExecutionContext context, Bookmark bookmark)
    {
        var owner = context.Find(bookmark.ActivityNumber);
        if (owner is null || owner.Activity.Id != bookmark.ActivityId)
        {
            yield return $"le signet {bookmark.Id} appartient à l'exécution {bookmark.ActivityNumber} de « {bookmark.ActivityId} », que l'état ne contient pas";
        }
        else if (bookmark.Callback is { } callback && !ActivityCallbacks.Knows(owner.Activity, callback))
        {
            yield return $"le signet {bookmark.Id} doit rappeler « {callback} », que l'activité « {owner.Activity.Type} » n'a plus";
        }
    }

    private static IEnumerable<string> CheckExecution(WorkflowExecutionContext context, ActivityExecutionContext execution)
    {
        // After a fault without « continue », what had been scheduled is left as it was for whoever mends the incident.
        if (context.SubStatus == WorkflowSubStatus.Suspended && execution is { Status: ActivityStatus.Running, HasScheduledChildren: false, IsWaiting: false })
        {
            yield return $"« {execution.Activity.Id} » (exécution {execution.Number}) est en cours et n'attend rien";
        }
    }
}
