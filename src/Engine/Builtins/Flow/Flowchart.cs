using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>
/// Activities joined by connections. A completed activity puts one token on each connection that leaves the port of one of its outcomes; a
/// token runs its target at once, except at a <see cref="FlowJoin"/>, which looks at the tokens of all its inbound connections.
/// The flowchart completes when no child is running and no token can move.
/// </summary>
[Activity("Elsa", "Flux", "Un schéma d'activités reliées entre elles.", DisplayName = "Organigramme", IsBrowsable = false, IsContainer = true)]
public sealed class Flowchart : Activity, IReadsDefinition, IHasVariables
{
    private const string TokensProperty = "tokens";

    private Dictionary<string, List<Connection>> _outbound = [];
    private Dictionary<string, List<Connection>> _inbound = [];

    public IReadOnlyList<Activity> Activities { get; set; } = [];

    public IReadOnlyList<Connection> Connections { get; set; } = [];

    public IReadOnlyList<Variable> Variables { get; set; } = [];

    /// <summary>Where the flow begins; null finds it: a Start activity, else one marked as start, else one without inbound connection.</summary>
    public Activity? StartActivity { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader)
    {
        Activities = reader.ReadActivities(json["activities"] as JsonArray, path + ".activities", this);
        // Elsa exports « start » either as the activity's id or as the activity itself.
        var startId = json["start"] is JsonValue id ? id.GetValue<string>() : json["start"]?["id"]?.GetValue<string>();
        StartActivity = Activities.FirstOrDefault(activity => activity.Id == startId);
        ReadConnections(json["connections"] as JsonArray, path + ".connections", reader);
    }

    private void ReadConnections(JsonArray? array, string path, DefinitionReader reader)
    {
        var known = Activities.DistinctBy(activity => activity.Id).ToDictionary(activity => activity.Id, StringComparer.Ordinal);
        var connections = new List<Connection>();
        for (var i = 0; i < (array?.Count ?? 0); i++)
        {
            var source = Endpoint(array![i]?["source"], "Done");
            var target = Endpoint(array[i]?["target"], "In");
            if (!known.TryGetValue(source.Activity, out var from) || !known.ContainsKey(target.Activity))
            {
                // Activities with problems of their own are left out of the list and already reported.
                if (reader.Problems.Count == 0)
                {
                    reader.Report("CLS-1005", $"{path}[{i}]", $"Une liaison va de « {source.Activity} » à « {target.Activity} », mais l'une de ces activités n'existe pas. Supprimez la liaison ou rétablissez l'activité.");
                }

                continue;
            }

            if (from.GetPossibleOutcomes() is { } outcomes && !outcomes.Contains(source.Port))
            {
                reader.Report("CLS-1006", $"{path}[{i}].source.port", $"Une liaison part de l'issue « {source.Port} » de « {from.DisplayText} », qui n'a pas cette issue. Issues : {string.Join(", ", outcomes)}.");
            }

            connections.Add(new Connection(source.Activity, source.Port, target.Activity));
        }

        Connections = connections;
        Index();
    }

    private static (string Activity, string Port) Endpoint(JsonNode? json, string defaultPort) => json is JsonValue
        ? (json.GetValue<string>(), defaultPort)
        : (json?["activity"]?.GetValue<string>() ?? "", json?["port"]?.GetValue<string>() is { Length: > 0 } port ? port : defaultPort);

    private void Index()
    {
        _outbound = Connections.GroupBy(c => c.Source).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        _inbound = Connections.GroupBy(c => c.Target).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (Connections.Count > 0 && _outbound.Count == 0)
        {
            Index();
        }

        context.DeclareVariables(Variables);
        if (FindStart() is not { } start)
        {
            return context.CompleteActivityAsync();
        }

        context.ScheduleActivity(start, OnChildCompletedAsync);
        return ValueTask.CompletedTask;
    }

    private Activity? FindStart() =>
        StartActivity
        ?? Activities.FirstOrDefault(activity => activity is Start)
        ?? Activities.FirstOrDefault(activity => activity.CustomProperties["canStartWorkflow"]?.GetValue<bool>() == true)
        ?? Activities.FirstOrDefault(activity => !_inbound.ContainsKey(activity.Id))
        ?? (Activities.Count > 0 ? Activities[0] : null);

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        foreach (var connection in _outbound.GetValueOrDefault(completed.ChildContext.Activity.Id, []))
        {
            if (completed.Outcomes.Contains(connection.Port))
            {
                await EmitAsync(context, connection);
            }
        }

        if (!context.HasScheduledChildren)
        {
            await SettleJoinsAsync(context);
        }

        if (!context.HasScheduledChildren)
        {
            await context.CompleteActivityAsync();
        }
    }

    private async ValueTask EmitAsync(ActivityExecutionContext context, Connection connection)
    {
        var target = Activities.First(activity => activity.Id == connection.Target);
        if (target is not FlowJoin join)
        {
            context.ScheduleActivity(target, OnChildCompletedAsync);
            return;
        }

        Tokens(context)[connection.Key] = (Tokens(context)[connection.Key]?.GetValue<int>() ?? 0) + 1;
        await TryJoinAsync(context, join);
    }

    /// <summary>A « wait for all active » join may become satisfied by a branch that ended without reaching it.</summary>
    private async ValueTask SettleJoinsAsync(ActivityExecutionContext context)
    {
        foreach (var join in Activities.OfType<FlowJoin>().Where(join => join.JoinMode == FlowJoinMode.WaitAllActive))
        {
            await TryJoinAsync(context, join);
        }
    }

    private async ValueTask TryJoinAsync(ActivityExecutionContext context, FlowJoin join)
    {
        var tokens = Tokens(context);
        var inbound = _inbound.GetValueOrDefault(join.Id, []);
        var arrived = inbound.Count(connection => tokens.ContainsKey(connection.Key));
        var ready = arrived > 0 && join.JoinMode switch
        {
            FlowJoinMode.WaitAll => arrived == inbound.Count,
            FlowJoinMode.WaitAllActive => arrived == inbound.Count || !AnyActiveUpstream(context, join),
            _ => true,
        };
        if (!ready)
        {
            return;
        }

        foreach (var connection in inbound.Where(connection => tokens.ContainsKey(connection.Key)))
        {
            var left = tokens[connection.Key]!.GetValue<int>() - 1;
            if (left == 0)
            {
                tokens.Remove(connection.Key);
            }
            else
            {
                tokens[connection.Key] = left;
            }
        }

        if (join.JoinMode == FlowJoinMode.WaitAny)
        {
            await CancelUpstreamAsync(context, join);
        }

        context.ScheduleActivity(join, OnChildCompletedAsync);
    }

    private bool AnyActiveUpstream(ActivityExecutionContext context, FlowJoin join)
    {
        var upstream = Upstream(join.Id);
        return Children(context).Any(child => upstream.Contains(child.Activity.Id));
    }

    private async ValueTask CancelUpstreamAsync(ActivityExecutionContext context, FlowJoin join)
    {
        var upstream = Upstream(join.Id);
        foreach (var child in Children(context).Where(child => upstream.Contains(child.Activity.Id)).ToList())
        {
            await context.WorkflowExecutionContext.CancelAsync(child);
        }
    }

    private static IEnumerable<ActivityExecutionContext> Children(ActivityExecutionContext context) =>
        context.WorkflowExecutionContext.Active.Where(active => active.Parent == context);

    private HashSet<string> Upstream(string activityId)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([activityId]);
        while (open.TryPop(out var id))
        {
            foreach (var connection in _inbound.GetValueOrDefault(id, []).Where(connection => seen.Add(connection.Source)))
            {
                open.Push(connection.Source);
            }
        }

        return seen;
    }

    private static JsonObject Tokens(ActivityExecutionContext context)
    {
        if (context.Properties[TokensProperty] is not JsonObject tokens)
        {
            context.Properties[TokensProperty] = tokens = [];
        }

        return tokens;
    }
}

/// <param name="Port">Outcome of the source that puts a token on this connection.</param>
public sealed record Connection(string Source, string Port, string Target)
{
    internal string Key => $"{Source}:{Port}>{Target}";
}
