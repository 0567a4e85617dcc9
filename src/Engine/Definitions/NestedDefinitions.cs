using System.Text.Json.Nodes;

namespace Cleiss.Engine.Definitions;

/// <summary>The definitions that a document uses as activities, and those that they use: loaded before the document is compiled.</summary>
public sealed class NestedDefinitions
{
    public static readonly NestedDefinitions None = new();

    private readonly Dictionary<(string DefinitionId, string? VersionId), WorkflowDefinition> _found = [];

    /// <summary>Finds everything a document refers to; what does not exist is left out, and the compiler says so.</summary>
    public static async Task<NestedDefinitions> LoadAsync(IDefinitionStore store, JsonObject document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        NestedDefinitions? loaded = null;
        var open = new Queue<JsonNode?>([document["root"]]);
        while (open.TryDequeue(out var root))
        {
            foreach (var use in Uses(root))
            {
                loaded ??= new NestedDefinitions();
                var key = KeyOf(use);
                if (!loaded._found.ContainsKey(key) && await FindAsync(store, key, cancellationToken) is { } definition)
                {
                    loaded._found[key] = definition;
                    open.Enqueue(definition.Document["root"]);
                }
            }
        }

        return loaded ?? None;
    }

    /// <summary>Whether an activity stands for a definition: its id is a plain text there; activities that dispatch have an expression.</summary>
    public static bool IsUse(JsonObject activity) => activity["workflowDefinitionId"] is JsonValue id && id.TryGetValue<string>(out var text) && text.Length > 0;

    /// <summary>Every activity of a document that stands for a definition.</summary>
    public static IEnumerable<JsonObject> Uses(JsonNode? node) => node switch
    {
        JsonObject item => (IsUse(item) ? [item] : Array.Empty<JsonObject>()).Concat(item.SelectMany(member => Uses(member.Value))),
        JsonArray array => array.SelectMany(Uses),
        _ => [],
    };

    public WorkflowDefinition? Find(JsonObject use) => _found.GetValueOrDefault(KeyOf(use));

    private static (string, string?) KeyOf(JsonObject use) => (
        use["workflowDefinitionId"]!.GetValue<string>(),
        use["workflowDefinitionVersionId"] is JsonValue version && version.TryGetValue<string>(out var id) && id.Length > 0 ? id : null);

    /// <summary>The version asked for, unless it is a draft; without one, or when it is gone, the version in force.</summary>
    private static async Task<WorkflowDefinition?> FindAsync(IDefinitionStore store, (string DefinitionId, string? VersionId) key, CancellationToken cancellationToken)
    {
        if (key.VersionId is { } versionId && await store.FindByIdAsync(versionId, cancellationToken) is { } exact && exact.DefinitionId == key.DefinitionId)
        {
            // A draft may still change under whoever uses it.
            return exact.PublishedAt is null ? null : exact;
        }

        return await store.FindInForceIdAsync(key.DefinitionId, cancellationToken) is { } published ? await store.FindByIdAsync(published, cancellationToken) : null;
    }
}
