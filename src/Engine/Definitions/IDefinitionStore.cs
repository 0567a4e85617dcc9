using System.Text.Json.Nodes;

namespace Cleiss.Engine.Definitions;

/// <summary>Where definitions live. Published versions never change.</summary>
public interface IDefinitionStore
{
    Task<WorkflowDefinition?> FindByIdAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>All versions of one definition, newest first; of all definitions when null.</summary>
    Task<IReadOnlyList<WorkflowDefinition>> ListAsync(string? definitionId, CancellationToken cancellationToken);

    /// <summary>
    /// Id of the version in force today: the published one, or, while that one is only to come into force, the one it will replace. Null when
    /// nothing is published.
    /// </summary>
    Task<string?> FindInForceIdAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>Saves the draft: overwrites an unpublished latest version, otherwise adds the next one.</summary>
    Task<WorkflowDefinition> SaveDraftAsync(string definitionId, JsonObject document, CancellationToken cancellationToken);

    /// <summary>Makes a version the published one; the previously published one is retracted, and the index of triggers written, in the same commit.</summary>
    /// <exception cref="DefinitionException">A trigger of the version cannot be indexed; nothing was published.</exception>
    Task<WorkflowDefinition> PublishAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>Takes the published version back: nothing starts it any more; what runs goes on.</summary>
    /// <returns>The version that was published; null when none was.</returns>
    Task<WorkflowDefinition?> RetractAsync(string definitionId, CancellationToken cancellationToken);
}
