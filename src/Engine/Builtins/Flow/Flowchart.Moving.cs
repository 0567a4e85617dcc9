using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Alterations;

namespace Cleiss.Engine.Builtins.Flow;

/// <content>A running flowchart moves to another version when every join ahead can still be decided by what is under way.</content>
public sealed partial class Flowchart
{
    internal override IEnumerable<string> MoveState(ActivityExecutionContext moved, Activity from, MigrationPlan plan)
    {
        if (moved.HasProperties && moved.Properties[StartProperty]?.GetValue<string>() is { } startId)
        {
            if (plan.Find(startId) is not { } start)
            {
                return [$"« {DisplayText} » a commencé par « {startId} », que la version {plan.Target.Version} n'a pas."];
            }

            moved.Properties[StartProperty] = start.Id;
        }

        RenameVisits(moved, (Flowchart)from, plan);
        return UndecidedJoins(moved, plan);
    }

    private static void RenameVisits(ActivityExecutionContext moved, Flowchart from, MigrationPlan plan)
    {
        if (!moved.HasProperties)
        {
            return;
        }

        var visits = Visits(moved);
        var renamed = new JsonObject();
        foreach (var activity in from.Activities.Where(activity => visits.ContainsKey(activity.Id)))
        {
            if (plan.Find(activity.Id) is { } target)
            {
                renamed[target.Id] = visits[activity.Id]!.DeepClone();
            }
        }

        foreach (var connection in from.Connections.Where(connection => visits.ContainsKey(connection.Key)))
        {
            if (plan.Find(connection.Source) is { } source && plan.Find(connection.Target) is { } target)
            {
                renamed[new Connection(source.Id, connection.Port, target.Id).Key] = visits[connection.Key]!.DeepClone();
            }
        }

        moved.Properties[VisitsProperty] = renamed;
    }

    /// <summary>A join waits for each of its branches; one that is neither decided nor ahead of anything running would be waited for in vain.</summary>
    private IEnumerable<string> UndecidedJoins(ActivityExecutionContext moved, MigrationPlan plan)
    {
        var graph = GraphOf(moved);
        var ahead = new HashSet<FlowStep>();
        var open = new Stack<FlowStep>(moved.WorkflowExecutionContext.ChildrenOf(moved).Select(child => graph.Find(child.Activity.Id)).OfType<FlowStep>());
        while (open.TryPop(out var step))
        {
            if (ahead.Add(step))
            {
                step.Outbound.Where(edge => !edge.IsBackward).ToList().ForEach(edge => open.Push(edge.Target));
            }
        }

        var visits = moved.HasProperties ? Visits(moved) : [];
        foreach (var join in ahead.Where(step => step.CountsArrivals && step.Merge is Merge.Active or Merge.All or Merge.Everything))
        {
            var rounds = Rounds(visits, join);
            foreach (var edge in join.Inbound.Where(edge => VisitsOf(visits, edge) <= rounds && !ahead.Contains(edge.Source)))
            {
                yield return $"« {join.Activity.DisplayText} » attendrait en vain la branche qui vient de « {edge.Source.Activity.DisplayText} » : dans cette instance, le flux est déjà passé plus loin. "
                    + $"Attendez que « {join.Activity.DisplayText} » soit passée, ou gardez cette instance dans la version {plan.Source.Version}.";
            }
        }
    }
}
