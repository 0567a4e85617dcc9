using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>
/// How the flow moves on and where it merges. For each connection into a join two things are remembered: how often it was decided, and whether
/// the flow took it the last time. A branch that is not taken is announced downstream, connection by connection, so that a join knows it need not
/// wait (Elsa's counter based logic, its default in 3.8). Counts only ever grow: a loop around a join simply counts another round.
/// </summary>
public sealed partial class Flowchart
{
    private const string VisitsProperty = "visits";
    private const string FormerTokensProperty = "tokens";

    private async ValueTask MoveOnAsync(ActivityExecutionContext context, Activity from, IReadOnlyList<string> outcomes)
    {
        if (GraphOf(context).Find(from.Id) is { } step)
        {
            RefuseStrayReturns(step, outcomes);
            List<FlowStep>? won = null;
            Leave(context, step, outcomes, ref won);
            for (var i = 0; i < won?.Count; i++)
            {
                await CancelUpstreamAsync(context, won[i], startedOnly: true);
            }
        }

        if (!context.HasScheduledChildren)
        {
            await context.CompleteActivityAsync();
        }
    }

    /// <summary>Before anything is counted: what fails halfway is tried again, and would count twice.</summary>
    private static void RefuseStrayReturns(FlowStep step, IReadOnlyList<string> outcomes)
    {
        foreach (var edge in step.Outbound)
        {
            if (edge is { IsBackward: true, ReturnsToItsOwnPath: false } && Contains(outcomes, edge.Port))
            {
                throw new FaultException(
                    $"La liaison de « {edge.Source.Activity.DisplayText} » vers « {edge.Target.Activity.DisplayText} » revient dans une branche que le flux n'a pas suivie : "
                    + "tout chemin du début jusqu'à la première doit passer par la seconde.");
            }
        }
    }

    /// <summary>Decides all connections of a step that ended with these outcomes; without outcomes the step was passed over.</summary>
    /// <param name="won">Collects joins that ran for the first arrival: what is still under way upstream of them is to be cancelled.</param>
    private void Leave(ActivityExecutionContext context, FlowStep step, IReadOnlyList<string> outcomes, ref List<FlowStep>? won)
    {
        foreach (var edge in step.Outbound)
        {
            var taken = Contains(outcomes, edge.Port);
            if (edge.IsBackward)
            {
                if (taken)
                {
                    GoBack(context, edge);
                }
            }
            else if (edge.Target.CountsArrivals)
            {
                Arrive(context, edge, taken, ref won);
            }
            else if (taken)
            {
                Schedule(context, edge.Target.Activity);
            }
            else if (edge.Target.LeadsToJoin)
            {
                Leave(context, edge.Target, [], ref won);
            }
        }
    }

    private void GoBack(ActivityExecutionContext context, FlowEdge edge)
    {
        if (edge.Target.Merge == Merge.Everything)
        {
            var visits = Visits(context);
            Count(visits, edge, taken: true);
            RunIfComplete(context, visits, edge.Target, [.. edge.Target.Inbound, .. edge.Target.Returning]);
            return;
        }

        // Not counted as an arrival: the forward connections were not decided anew.
        Schedule(context, edge.Target.Activity);
    }

    private void Arrive(ActivityExecutionContext context, FlowEdge edge, bool taken, ref List<FlowStep>? won)
    {
        var target = edge.Target;
        var visits = Visits(context);
        Count(visits, edge, taken);
        switch (target.Merge)
        {
            case Merge.Each:
                if (taken)
                {
                    Run(context, visits, target);
                }
                else if (target.Inbound.TrueForAll(inbound => VisitsOf(visits, inbound) > 0 && !WasTaken(visits, inbound)))
                {
                    Leave(context, target, [], ref won);
                }

                break;
            case Merge.First:
                if (VisitsOf(visits, edge) <= Rounds(visits, target))
                {
                    // This round is decided: the step ran for an earlier arrival.
                    break;
                }

                if (LatestTaken(visits, target, target.Inbound))
                {
                    Run(context, visits, target);
                    (won ??= []).Add(target);
                }
                else if (AllDecided(visits, target, target.Inbound))
                {
                    PassOver(context, visits, target, ref won);
                }

                break;
            case Merge.Everything when target.Returning.Count > 0:
                RunIfComplete(context, visits, target, [.. target.Inbound, .. target.Returning]);
                break;
            default:
                if (!AllDecided(visits, target, target.Inbound))
                {
                    break;
                }

                if (target.Merge == Merge.Active ? LatestTaken(visits, target, target.Inbound) : target.Inbound.TrueForAll(inbound => WasTaken(visits, inbound)))
                {
                    Run(context, visits, target);
                }
                else
                {
                    PassOver(context, visits, target, ref won);
                }

                break;
        }
    }

    private void RunIfComplete(ActivityExecutionContext context, JsonObject visits, FlowStep target, List<FlowEdge> edges)
    {
        if (AllDecided(visits, target, edges) && edges.TrueForAll(edge => WasTaken(visits, edge)))
        {
            Run(context, visits, target);
        }
    }

    private void Run(ActivityExecutionContext context, JsonObject visits, FlowStep target)
    {
        visits[target.Activity.Id] = Rounds(visits, target) + 1;
        Schedule(context, target.Activity);
    }

    private void PassOver(ActivityExecutionContext context, JsonObject visits, FlowStep target, ref List<FlowStep>? won)
    {
        visits[target.Activity.Id] = Rounds(visits, target) + 1;
        Leave(context, target, [], ref won);
    }

    /// <summary>
    /// Ends what is still under way before a join that has its winner. When the join is scheduled only what has started is cancelled, so that
    /// branches of equal length all run as in Elsa; when it runs, also what is still queued: it would wait for nothing.
    /// </summary>
    internal async ValueTask CancelUpstreamAsync(ActivityExecutionContext context, FlowStep join, bool startedOnly)
    {
        foreach (var child in context.WorkflowExecutionContext.ChildrenOf(context))
        {
            if ((!startedOnly || child.Status != ActivityStatus.Pending) && GraphOf(context).Find(child.Activity.Id) is { } step && step != join && join.Ancestors.Contains(step))
            {
                await context.WorkflowExecutionContext.CancelAsync(child);
                List<FlowStep>? won = null;
                Leave(context, step, [], ref won);
            }
        }
    }

    /// <summary>Called by a join that begins to run.</summary>
    internal ValueTask OnJoinRunsAsync(ActivityExecutionContext context, FlowJoin join) =>
        GraphOf(context).Find(join.Id) is { } step ? CancelUpstreamAsync(context, step, startedOnly: false) : ValueTask.CompletedTask;

    private static bool AllDecided(JsonObject visits, FlowStep target, List<FlowEdge> edges)
    {
        var rounds = Rounds(visits, target);
        return edges.TrueForAll(edge => VisitsOf(visits, edge) > rounds);
    }

    /// <summary>Whether a connection that is ahead of the target's rounds was taken; those that lag behind belong to an earlier round.</summary>
    private static bool LatestTaken(JsonObject visits, FlowStep target, List<FlowEdge> edges)
    {
        var latest = edges.Max(edge => VisitsOf(visits, edge));
        return latest > Rounds(visits, target) && edges.Exists(edge => VisitsOf(visits, edge) == latest && WasTaken(visits, edge));
    }

    private static void Count(JsonObject visits, FlowEdge edge, bool taken)
    {
        var count = VisitsOf(visits, edge) + 1;
        visits[edge.Key] = taken ? count : -count;
    }

    private static int VisitsOf(JsonObject visits, FlowEdge edge) => Math.Abs(visits[edge.Key]?.GetValue<int>() ?? 0);

    private static bool WasTaken(JsonObject visits, FlowEdge edge) => visits[edge.Key]?.GetValue<int>() > 0;

    /// <summary>How often the target was run or passed over.</summary>
    private static int Rounds(JsonObject visits, FlowStep target) => visits[target.Activity.Id]?.GetValue<int>() ?? 0;

    private static JsonObject Visits(ActivityExecutionContext context)
    {
        if (context.Properties[VisitsProperty] is JsonObject visits)
        {
            return visits;
        }

        // Instances stored by the first build kept arrivals at joins as tokens under the same keys.
        context.Properties[VisitsProperty] = visits = context.Properties[FormerTokensProperty]?.DeepClone() as JsonObject ?? [];
        context.Properties.Remove(FormerTokensProperty);
        return visits;
    }

    private static bool Contains(IReadOnlyList<string> outcomes, string port)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes[i] == port)
            {
                return true;
            }
        }

        return false;
    }
}
