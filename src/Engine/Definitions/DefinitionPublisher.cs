using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Definitions;

/// <summary>Checks a definition as a whole and publishes it, or says everything that is wrong with it and publishes nothing.</summary>
public sealed class DefinitionPublisher(IDefinitionStore store, WorkflowCompiler compiler, IEnumerable<IDefinitionRule> rules, TriggerIndexer triggers, TimeProvider time)
{
    private readonly IDefinitionRule[] _rules = [.. rules];

    /// <summary>All problems of a document, those of the modules' rules included; empty when it may be published.</summary>
    public async Task<IReadOnlyList<DefinitionProblem>> CheckAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        CompiledWorkflow compiled;
        try
        {
            compiled = compiler.Compile(definitionId, document, time);
        }
        catch (DefinitionException e)
        {
            return e.Problems;
        }

        var problems = new List<DefinitionProblem>(await triggers.CheckAsync(compiled, cancellationToken));
        foreach (var (activity, path) in Paths(compiled, document))
        {
            foreach (var rule in _rules)
            {
                await foreach (var problem in rule.CheckAsync(activity, path, cancellationToken))
                {
                    problems.Add(problem);
                }
            }
        }

        return problems;
    }

    /// <summary>Saves the document as the definition's latest version and publishes it.</summary>
    /// <exception cref="DefinitionException">With all problems; then nothing was saved.</exception>
    public async Task<WorkflowDefinition> PublishAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        if (await CheckAsync(definitionId, document, cancellationToken) is { Count: > 0 } problems)
        {
            throw new DefinitionException($"workflow « {definitionId} »", problems);
        }

        var draft = await store.SaveDraftAsync(definitionId, document, cancellationToken);
        return await store.PublishAsync(draft.Id, cancellationToken);
    }

    /// <summary>Each activity with its JSON path, found by walking the document for the objects that carry its id.</summary>
    private static IEnumerable<(Activity Activity, string Path)> Paths(CompiledWorkflow compiled, JsonObject document)
    {
        var open = new Stack<(JsonNode Node, string Path)>([(document["root"]!, "$.root")]);
        while (open.TryPop(out var item))
        {
            if (item.Node is JsonObject json)
            {
                if (json["type"] is JsonValue && json["id"] is JsonValue id && compiled.Activities.TryGetValue(id.ToString(), out var activity))
                {
                    yield return (activity, item.Path);
                }

                foreach (var (name, child) in json.Where(pair => pair.Value is JsonObject or JsonArray))
                {
                    open.Push((child!, $"{item.Path}.{name}"));
                }
            }
            else if (item.Node is JsonArray array)
            {
                for (var i = 0; i < array.Count; i++)
                {
                    if (array[i] is JsonObject or JsonArray)
                    {
                        open.Push((array[i]!, $"{item.Path}[{i}]"));
                    }
                }
            }
        }
    }
}
