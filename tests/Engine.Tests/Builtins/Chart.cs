using System.Text.Json.Nodes;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Builtins;

/// <summary>
/// Flowcharts in one line: <c>"s>a s>e1 a>j:WaitAll e1>j j>z"</c>. The first letters of an id say what it is: <c>s</c> Start, <c>e…</c> waits for the
/// event of its name, <c>j…</c> a FlowJoin (its mode after a colon, once), <c>d…</c> a decision on the variable of its name (ports True and
/// False), <c>f…</c> a fork into the ports its connections name, <c>end</c>, <c>fin</c> (Finish); any other id writes itself.
/// A mode after an exclamation mark is the activity's merge mode: <c>b>c!Race</c>.
/// </summary>
internal static class Chart
{
    public static JsonObject Of(string text, string id = "root")
    {
        var modes = new Dictionary<string, string>();
        var merges = new Dictionary<string, string>();
        var order = new List<string>();
        var ports = new Dictionary<string, List<string>>();
        var connections = new JsonArray();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('>');
            var target = ends.Length > 1 ? ends[1] : "";
            (target, var merge) = target.Split('!') is [var plain, var mode] ? (plain, mode) : (target, null);
            (target, var joinMode) = target.Split(':') is [var join, var how] ? (join, how) : (target, null);
            var (source, port) = ends[0].Split('.') is [var from, var by] ? (from, by) : (ends[0], null);
            foreach (var name in new[] { source, target }.Where(name => name.Length > 0 && !order.Contains(name)))
            {
                order.Add(name);
            }

            if (merge is not null)
            {
                merges[target] = merge;
            }

            if (joinMode is not null)
            {
                modes[target] = joinMode;
            }

            if (target.Length > 0)
            {
                (ports.TryGetValue(source, out var known) ? known : ports[source] = []).Add(port ?? "Done");
                connections.Add(new JsonObject
                {
                    ["source"] = new JsonObject { ["activity"] = source, ["port"] = port },
                    ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
                    ["vertices"] = new JsonArray(),
                });
            }
        }

        return new JsonObject
        {
            ["id"] = id,
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JsonArray([.. order.Select(name => Node(name, modes, merges, ports))]),
            ["connections"] = connections,
        };
    }

    private static JsonObject Node(string name, Dictionary<string, string> modes, Dictionary<string, string> merges, Dictionary<string, List<string>> ports)
    {
        var node = name switch
        {
            "s" => Activity(name, "Elsa.Start"),
            "end" => Activity(name, "Elsa.End"),
            "fin" => Activity(name, "Elsa.Finish"),
            _ => name[0] switch
            {
                'e' => Event(name, name),
                'j' => Activity(name, "Elsa.FlowJoin", ("mode", Literal(modes.GetValueOrDefault(name, "WaitAll")))),
                'd' => Activity(name, "Elsa.FlowDecision", ("condition", Input("Variable", $$"""{"id":"var-{{name}}","name":"{{name}}"}""", "Boolean"))),
                'f' => Activity(name, "Elsa.FlowFork", ("branches", Input("Object", new JsonArray([.. ports[name].Distinct().Select(p => JsonValue.Create(p))]).ToJsonString()))),
                _ => Line(name, name),
            },
        };
        return merges.TryGetValue(name, out var merge) ? node.With("customProperties", new JsonObject { ["mergeMode"] = merge }) : node;
    }
}
