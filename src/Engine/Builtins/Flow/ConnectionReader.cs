using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.Builtins.Flow;

/// <summary>
/// Reads a flowchart's connections in all forms Elsa reads (FlowchartJsonConverter): <c>{source: {activity, port}, target: {…}}</c>, the flat
/// <c>{source, sourcePort, target, targetPort}</c> of its first releases, names in capitals, a lone object, and <c>$values</c>.
/// </summary>
internal static class ConnectionReader
{
    public static IReadOnlyList<Connection> Read(JsonNode? json, string path, IReadOnlyList<Activity> activities, DefinitionReader reader)
    {
        var known = activities.DistinctBy(activity => activity.Id).ToDictionary(activity => activity.Id, StringComparer.Ordinal);
        var connections = new List<Connection>();
        var index = -1;
        foreach (var item in Items(json))
        {
            index++;
            var (source, port) = End(item, "source", "Done");
            var (target, _) = End(item, "target", "In");
            if (!known.TryGetValue(source, out var from) || !known.ContainsKey(target))
            {
                reader.Report("CLS-1005", $"{path}[{index}]", $"Une liaison va de « {source} » à « {target} », mais l'une de ces activités n'existe pas. Supprimez la liaison ou rétablissez l'activité.");
                continue;
            }

            if (from.GetPossibleOutcomes() is { } outcomes && !outcomes.Contains(port))
            {
                reader.Report("CLS-1006", $"{path}[{index}].source.port", $"Une liaison part de l'issue « {port} » de « {from.DisplayText} », qui n'a pas cette issue. Issues : {string.Join(", ", outcomes)}.");
            }

            connections.Add(new Connection(source, port, target));
        }

        return connections;
    }

    private static List<JsonNode?> Items(JsonNode? json) => json switch
    {
        JsonArray array => [.. array],
        JsonObject wrapper when wrapper["$values"] is JsonArray values => [.. values],
        JsonObject lone when Get(lone, "source") is not null => [lone],
        _ => [],
    };

    private static (string Activity, string Port) End(JsonNode? connection, string name, string defaultPort)
    {
        var end = Get(connection, name);
        var activity = end is JsonObject ? Get(end, "activity") : end;
        var port = end is JsonObject ? Get(end, "port") : Get(connection, name + "Port");
        return (Text(activity) ?? "", Text(port) is { Length: > 0 } text ? text : defaultPort);
    }

    private static JsonNode? Get(JsonNode? json, string name) =>
        json is JsonObject item ? item[name] ?? item[char.ToUpperInvariant(name[0]) + name[1..]] : null;

    private static string? Text(JsonNode? json) => (json as JsonValue)?.ToString();
}
