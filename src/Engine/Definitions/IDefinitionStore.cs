using System.Text.Json.Nodes;

namespace Cleiss.Engine.Definitions;

/// <summary>Where definitions live. Published versions never change.</summary>
public interface IDefinitionStore
{
    Task<WorkflowDefinition?> FindByIdAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>All versions of one definition, newest first; of all definitions when null.</summary>
    Task<IReadOnlyList<WorkflowDefinition>> ListAsync(string? definitionId, CancellationToken cancellationToken);

    /// <summary>Saves the draft: overwrites an unpublished latest version, otherwise adds the next one.</summary>
    Task<WorkflowDefinition> SaveDraftAsync(string definitionId, JsonObject document, CancellationToken cancellationToken);

    /// <summary>Makes a version the published one; the previously published one is retracted in the same commit.</summary>
    Task<WorkflowDefinition> PublishAsync(string versionId, CancellationToken cancellationToken);
}
