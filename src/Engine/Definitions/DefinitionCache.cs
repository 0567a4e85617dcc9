using System.Collections.Concurrent;

namespace Cleiss.Engine.Definitions;

/// <summary>Compiled definitions by version id. A draft can change under its id, so only published versions stay cached.</summary>
public sealed class DefinitionCache(IDefinitionStore store, WorkflowCompiler compiler)
{
    private readonly ConcurrentDictionary<string, CompiledWorkflow> _compiled = new(StringComparer.Ordinal);

    /// <exception cref="KeyNotFoundException">No such version.</exception>
    /// <exception cref="DefinitionException">The version does not compile.</exception>
    public async ValueTask<CompiledWorkflow> GetAsync(string versionId, CancellationToken cancellationToken)
    {
        if (_compiled.TryGetValue(versionId, out var compiled))
        {
            return compiled;
        }

        var definition = await store.FindByIdAsync(versionId, cancellationToken)
            ?? throw new KeyNotFoundException($"There is no workflow definition version {versionId}.");
        compiled = compiler.Compile(definition, await NestedDefinitions.LoadAsync(store, definition.Document, cancellationToken));
        if (definition.PublishedAt is not null)
        {
            _compiled[versionId] = compiled;
        }

        return compiled;
    }

    /// <summary>A version by its number; null when there is none.</summary>
    public async Task<WorkflowDefinition?> FindAsync(string definitionId, int version, CancellationToken cancellationToken) =>
        (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(candidate => candidate.Version == version);
}
