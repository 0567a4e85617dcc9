using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>
/// What a flowchart's connections mean, worked out once per compiled definition: which ones lead forward from the start, which ones lead back
/// (a loop drawn as a cycle), where branches meet, and what lies upstream of such a meeting.
/// </summary>
internal sealed class FlowGraph
{
    private readonly Dictionary<string, FlowStep> _steps;

    public FlowGraph(IReadOnlyList<Activity> activities, IReadOnlyList<Connection> connections, Activity? start)
    {
        _steps = activities.DistinctBy(activity => activity.Id).ToDictionary(activity => activity.Id, activity => new FlowStep(activity), StringComparer.Ordinal);
        foreach (var connection in connections.DistinctBy(connection => connection.Key))
        {
            if (_steps.TryGetValue(connection.Source, out var source) && _steps.TryGetValue(connection.Target, out var target))
            {
                source.Outbound.Add(new FlowEdge(connection, source, target));
            }
        }

        if (start is not null && _steps.TryGetValue(start.Id, out var root))
        {
            FindForwardEdges(root);
            foreach (var edge in _steps.Values.SelectMany(step => step.Outbound).Where(edge => edge.IsBackward))
            {
                edge.ReturnsToItsOwnPath = !ReachesWithout(root, edge.Source, edge.Target);
            }
        }

        foreach (var edge in _steps.Values.SelectMany(step => step.Outbound))
        {
            (edge.IsBackward ? edge.Target.Returning : edge.Target.Inbound).Add(edge);
        }

        foreach (var join in _steps.Values.Where(step => step.CountsArrivals))
        {
            Upstream(join, join.Ancestors);
            foreach (var step in join.Ancestors)
            {
                step.LeadsToJoin = true;
            }

            join.LeadsToJoin = true;
        }
    }

    public FlowStep? Find(string activityId) => _steps.GetValueOrDefault(activityId);

    /// <summary>
    /// Breadth first from the start, in the order the connections were stored, as Elsa does (FlowGraph.GetForwardConnections): an edge leads
    /// forward unless the edges kept so far already lead from its target to its source.
    /// </summary>
    private static void FindForwardEdges(FlowStep root)
    {
        var open = new Queue<FlowStep>([root]);
        var done = new HashSet<FlowStep>();
        while (open.TryDequeue(out var source))
        {
            if (!done.Add(source))
            {
                continue;
            }

            foreach (var pair in source.Outbound.GroupBy(edge => edge.Target).ToList())
            {
                if (LeadsForward(pair.Key, source))
                {
                    continue;
                }

                foreach (var edge in pair)
                {
                    edge.IsBackward = false;
                }

                open.Enqueue(pair.Key);
            }
        }
    }

    private static bool LeadsForward(FlowStep from, FlowStep to) => Walk(from, to, avoid: null);

    private static bool ReachesWithout(FlowStep from, FlowStep to, FlowStep avoid) => from != avoid && Walk(from, to, avoid);

    private static bool Walk(FlowStep from, FlowStep to, FlowStep? avoid)
    {
        var seen = new HashSet<FlowStep> { from };
        var open = new Stack<FlowStep>([from]);
        while (open.TryPop(out var step))
        {
            if (step == to)
            {
                return step != avoid;
            }

            foreach (var edge in step.Outbound.Where(edge => !edge.IsBackward && edge.Target != avoid && seen.Add(edge.Target)))
            {
                open.Push(edge.Target);
            }
        }

        return false;
    }

    private static void Upstream(FlowStep of, HashSet<FlowStep> into)
    {
        var open = new Stack<FlowStep>([of]);
        while (open.TryPop(out var step))
        {
            foreach (var edge in step.Inbound.Where(edge => into.Add(edge.Source)))
            {
                open.Push(edge.Source);
            }
        }
    }
}

/// <summary>One activity of a flowchart with its connections.</summary>
internal sealed class FlowStep(Activity activity)
{
    public Activity Activity { get; } = activity;

    /// <summary>How branches that meet here are merged.</summary>
    public Merge Merge { get; } = MergeOf(activity);

    public List<FlowEdge> Outbound { get; } = [];

    /// <summary>Forward connections that end here.</summary>
    public List<FlowEdge> Inbound { get; } = [];

    /// <summary>Backward connections that end here.</summary>
    public List<FlowEdge> Returning { get; } = [];

    /// <summary>Everything with a forward path to this step; filled for joins only.</summary>
    public HashSet<FlowStep> Ancestors { get; } = [];

    /// <summary>Whether a branch that is not taken must be announced here: some join downstream counts it.</summary>
    public bool LeadsToJoin { get; set; }

    /// <summary>Only where branches can meet are visits counted; everywhere else an arrival simply runs the step.</summary>
    public bool CountsArrivals => Inbound.Count > 1 || Activity is FlowJoin || Merge == Merge.Everything && Returning.Count > 0;

    private static Merge MergeOf(Activity activity) => activity is FlowJoin join
        ? join.JoinMode switch { FlowJoinMode.WaitAll => Merge.All, FlowJoinMode.WaitAllActive => Merge.Active, _ => Merge.First }
        : Enum.TryParse<MergeMode>(activity.CustomProperties["mergeMode"]?.ToString(), ignoreCase: true, out var mode)
            ? mode switch
            {
                MergeMode.Merge => Merge.All,
                MergeMode.Converge => Merge.Everything,
                MergeMode.Cascade => Merge.Each,
                MergeMode.Race => Merge.First,
                _ => Merge.Active,
            }
            : Merge.Active;
}

internal sealed class FlowEdge(Connection connection, FlowStep source, FlowStep target)
{
    public FlowStep Source { get; } = source;

    public FlowStep Target { get; } = target;

    public string Port { get; } = connection.Port;

    /// <summary>Names the connection in stored state.</summary>
    public string Key { get; } = connection.Key;

    /// <summary>True until the walk from the start has found it to lead forward.</summary>
    public bool IsBackward { get; set; } = true;

    /// <summary>A backward connection must end at a step that every path to its source has passed; otherwise it would enter a branch that never began.</summary>
    public bool ReturnsToItsOwnPath { get; set; }
}

/// <summary>What several arrivals at one step do.</summary>
internal enum Merge
{
    /// <summary>Runs once all forward branches have arrived or turned out not to come, and at least one has arrived.</summary>
    Active,

    /// <summary>Runs once all forward branches have arrived; passed over when one turns out not to come.</summary>
    All,

    /// <summary>As <see cref="All"/>, backward connections included.</summary>
    Everything,

    /// <summary>Runs for the first arrival and cancels what is still under way upstream.</summary>
    First,

    /// <summary>Runs for each arrival.</summary>
    Each,
}

/// <summary>Elsa's merge modes of an activity, kept in its <c>customProperties.mergeMode</c>.</summary>
public enum MergeMode
{
    /// <summary>Not set: as <see cref="Stream"/>.</summary>
    None,

    /// <summary>Waits for the branches that are under way, ignores those that were not taken.</summary>
    Stream,

    /// <summary>Waits for all forward connections.</summary>
    Merge,

    /// <summary>Waits for all connections, backward ones included.</summary>
    Converge,

    /// <summary>Runs once for each arrival.</summary>
    Cascade,

    /// <summary>Runs for the first arrival; what is still under way upstream is cancelled.</summary>
    Race,
}
