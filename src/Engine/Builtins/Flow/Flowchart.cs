using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Control;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>
/// Activities joined by connections. A completed activity sends the flow along the connections that leave the ports of its outcomes; where
/// branches meet, the target's merge mode decides (see Flowchart.Merging.cs). It completes when a terminal activity (End, Complete, Break) has
/// run or when nothing can move any more.
/// </summary>
[Activity("Elsa", "Flux", "Un schéma d'activités reliées entre elles.", DisplayName = "Organigramme", IsBrowsable = false, IsContainer = true)]
public sealed partial class Flowchart : Container
{
    private const string StartProperty = "start";

    private readonly ConcurrentDictionary<string, FlowGraph> _graphs = new(StringComparer.Ordinal);
    private FlowGraph? _graph;
    private ActivityCompletionCallback? _onChildCompleted;

    public IReadOnlyList<Connection> Connections { get; set; } = [];

    /// <summary>Where the flow begins; null finds it: a Start activity, else one marked as start, else one without inbound connection.</summary>
    public Activity? StartActivity { get; set; }

    private protected override void ReadOwn(JsonObject json, string path, DefinitionReader reader)
    {
        // Elsa exports « start » either as the activity's id or as the activity itself.
        var startId = json["start"] is JsonValue id ? id.GetValue<string>() : json["start"]?["id"]?.GetValue<string>();
        StartActivity = Activities.FirstOrDefault(activity => activity.Id == startId);
        Connections = ConnectionReader.Read(json["connections"], path + ".connections", Activities, reader);
    }

    private protected override void WriteOwn(JsonObject json)
    {
        json["start"] = StartActivity?.Id;
        json["connections"] = new JsonArray([.. Connections.Select(connection => new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = connection.SourceId, ["port"] = connection.Port },
            ["target"] = new JsonObject { ["activity"] = connection.TargetId, ["port"] = "In" },
        })]);
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.DeclareVariables(Variables);
        var trigger = context.WorkflowExecutionContext.TriggerActivityId is { } triggerId
            ? Activities.FirstOrDefault(activity => activity.Id == triggerId)
            : null;
        if ((trigger ?? DefaultStart) is not { } start)
        {
            return context.CompleteActivityAsync();
        }

        if (trigger is not null)
        {
            // What leads forward depends on where the flow began: a later burst must see the same graph.
            context.Properties[StartProperty] = trigger.Id;
        }

        Schedule(context, start);
        return ValueTask.CompletedTask;
    }

    /// <summary>Elsa's order of preference.</summary>
    internal Activity? DefaultStart =>
        StartActivity
        ?? Activities.FirstOrDefault(activity => activity is Start)
        ?? Activities.FirstOrDefault(activity => activity.CanStartWorkflow)
        ?? Activities.FirstOrDefault(activity => !Connections.Any(connection => connection.Target == activity.Id))
        ?? (Activities.Count > 0 ? Activities[0] : null);

    private FlowGraph GraphOf(ActivityExecutionContext context)
    {
        if (context.HasProperties && context.Properties[StartProperty]?.GetValue<string>() is { } startId)
        {
            return _graphs.GetOrAdd(startId, id => new FlowGraph(Activities, Connections, Activities.FirstOrDefault(activity => activity.Id == id)));
        }

        return _graph ??= new FlowGraph(Activities, Connections, DefaultStart);
    }

    internal override void MoveInto(string prefix)
    {
        base.MoveInto(prefix);
        Connections = [.. Connections.Select(connection => new Connection(prefix + connection.Source, connection.Port, prefix + connection.Target))];
    }

    private void Schedule(ActivityExecutionContext context, Activity child) => context.ScheduleActivity(child, _onChildCompleted ??= OnChildCompletedAsync);

    private ValueTask OnChildCompletedAsync(ActivityCompletedContext completed)
    {
        var context = completed.TargetContext;
        if (completed.ChildContext.Activity.IsTerminal || context.IsBreaking)
        {
            return context.CompleteActivityAsync();
        }

        return MoveOnAsync(context, completed.ChildContext.Activity, completed.Outcomes);
    }

    /// <summary>A cancelled child sends nothing on, but its branches must not be waited for.</summary>
    protected internal override ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) =>
        MoveOnAsync(context, child.Activity, []);
}

/// <param name="Port">Outcome of the source that sends the flow along this connection.</param>
public sealed record Connection(string Source, string Port, string Target)
{
    private readonly Activity? _from;
    private readonly Activity? _to;

    /// <summary>For workflows written in C#, where activities have no id yet.</summary>
    public Connection(Activity source, Activity target)
        : this(new Endpoint(source), new Endpoint(target))
    {
    }

    /// <inheritdoc cref="Connection(Activity, Activity)"/>
    public Connection(Endpoint source, Endpoint target)
        : this("", source.Port ?? "Done", "") => (_from, _to) = (source.Activity, target.Activity);

    internal string SourceId => _from?.Id ?? Source;

    internal string TargetId => _to?.Id ?? Target;

    /// <summary>Names the connection in stored state.</summary>
    internal string Key => $"{Source}:{Port}>{Target}";
}

/// <param name="Port">Outcome of a source; null for <c>Done</c>.</param>
public readonly record struct Endpoint(Activity Activity, string? Port = null);
