using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>Checks a definition as a whole, where <see cref="IDefinitionRule"/> looks at one activity at a time.</summary>
public interface IWorkflowRule
{
    /// <summary>True when the rule would be misled by activities or connections that could not be read; it then waits until they can.</summary>
    bool NeedsWhole => false;

    IAsyncEnumerable<DefinitionProblem> CheckAsync(DefinitionView definition, CancellationToken cancellationToken);
}

/// <summary>A definition as its document and as what was compiled of it.</summary>
public sealed class DefinitionView
{
    private readonly Dictionary<string, (string Path, JsonObject Json)> _places = new(StringComparer.Ordinal);

    internal DefinitionView(CompiledWorkflow compiled, JsonObject document)
    {
        Compiled = compiled;
        Document = document;
        Find(document["root"], "$.root");
    }

    public CompiledWorkflow Compiled { get; }

    public JsonObject Document { get; }

    /// <summary>In the order of the document.</summary>
    public IEnumerable<Activity> Activities => _places.Keys.Select(id => Compiled.Activities[id]);

    /// <summary>JSON path of an activity, or of one of its properties.</summary>
    public string PathOf(Activity activity, string? property = null) =>
        (_places.TryGetValue(activity.Id, out var place) ? place.Path : "$.root") + (property is null ? "" : "." + property);

    public JsonObject JsonOf(Activity activity) => _places[activity.Id].Json;

    /// <summary>JSON path of an input; of the cases, for an expression that belongs to one.</summary>
    public string PathOfInput(Activity activity, string input)
    {
        var key = JsonNamingPolicy.CamelCase.ConvertName(input);
        var json = JsonOf(activity);
        return PathOf(activity, json.ContainsKey(key) ? key : json.ContainsKey("cases") ? "cases" : null);
    }

    /// <summary>Found by walking the document for the objects that carry an activity's id; the first one counts.</summary>
    private void Find(JsonNode? node, string path)
    {
        if (node is JsonObject json)
        {
            if (json["type"] is JsonValue && json["id"] is JsonValue id && Compiled.Activities.ContainsKey(id.ToString()))
            {
                _places.TryAdd(id.ToString(), (path, json));
            }

            foreach (var (name, child) in json)
            {
                Find(child, $"{path}.{name}");
            }
        }
        else if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                Find(array[i], $"{path}[{i}]");
            }
        }
    }
}
