using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Flow;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>Activities and connections of one flowchart, with the questions the rules ask of them.</summary>
internal sealed class FlowDrawing
{
    private readonly ILookup<string, Connection> _from;

    public FlowDrawing(Flowchart flowchart)
    {
        Activities = [.. flowchart.Activities.DistinctBy(activity => activity.Id)];
        Connections = [.. flowchart.Connections.DistinctBy(connection => (connection.Source, connection.Port, connection.Target))];
        _from = Connections.ToLookup(connection => connection.Source, StringComparer.Ordinal);
        // A trigger that starts instances is a beginning of its own.
        Starts = [.. Activities.Where(activity => activity == flowchart.DefaultStart || activity.CanStartWorkflow).Select(activity => activity.Id)];
        Reached = Reach(_ => true);
    }

    public IReadOnlyList<Activity> Activities { get; }

    public IReadOnlyList<Connection> Connections { get; }

    public IReadOnlyList<string> Starts { get; }

    public HashSet<string> Reached { get; }

    public IEnumerable<Connection> From(Activity activity) => _from[activity.Id];

    /// <summary>Circles of the drawing: sets of activities of which each leads to each.</summary>
    public IEnumerable<IReadOnlyList<Activity>> Circles()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var activity in Activities.Where(activity => Reached.Contains(activity.Id)))
        {
            if (seen.Contains(activity.Id) || !ReachFrom([.. Targets(activity.Id)]).Contains(activity.Id))
            {
                continue;
            }

            var downstream = ReachFrom([activity.Id]);
            var circle = Activities.Where(other => downstream.Contains(other.Id) && ReachFrom([other.Id]).Contains(activity.Id)).ToList();
            seen.UnionWith(circle.Select(other => other.Id));
            yield return circle;
        }
    }

    /// <summary>Every way an activity can end leads on, and never out of the circle.</summary>
    public bool StaysWithin(Activity activity, IReadOnlyList<Activity> circle) =>
        !activity.IsTerminal
        && activity.GetPossibleOutcomes() is { Count: > 0 } outcomes
        && outcomes.All(outcome => _from[activity.Id].Any(connection => connection.Port == outcome))
        && _from[activity.Id].All(connection => circle.Any(other => other.Id == connection.Target));

    /// <summary>
    /// Two of the connections of which the choice can only ever let one be taken: both need it, by outcomes they do not share. A choice that
    /// can be made again takes the other way later, so one inside a circle never excludes anything.
    /// </summary>
    public (Connection First, Connection Second)? Exclusive(Activity choice, IReadOnlyList<Connection> inbound)
    {
        if (!Reached.Contains(choice.Id) || ReachFrom([.. Targets(choice.Id)]).Contains(choice.Id))
        {
            return null;
        }

        var without = Reach(connection => connection.Source != choice.Id);
        var ports = new Dictionary<Connection, HashSet<string>>();
        foreach (var connection in inbound)
        {
            if (connection.Source == choice.Id)
            {
                ports[connection] = [connection.Port];
            }
            else if (!without.Contains(connection.Source))
            {
                ports[connection] = [.. _from[choice.Id].Select(own => own.Port).Distinct()
                    .Where(port => Reach(other => other.Source != choice.Id || other.Port == port).Contains(connection.Source))];
            }
        }

        var pairs = from first in ports from second in ports where first.Key != second.Key && !first.Value.Overlaps(second.Value) select (first.Key, second.Key);
        foreach (var pair in pairs)
        {
            return pair;
        }

        return null;
    }

    private IEnumerable<string> Targets(string id) => _from[id].Select(connection => connection.Target);

    private HashSet<string> Reach(Func<Connection, bool> open) => ReachFrom(Starts, open);

    private HashSet<string> ReachFrom(IEnumerable<string> starts, Func<Connection, bool>? open = null)
    {
        var seen = new HashSet<string>(starts, StringComparer.Ordinal);
        var next = new Stack<string>(seen);
        while (next.TryPop(out var id))
        {
            foreach (var connection in _from[id].Where(connection => open?.Invoke(connection) != false))
            {
                if (seen.Add(connection.Target))
                {
                    next.Push(connection.Target);
                }
            }
        }

        return seen;
    }
}
