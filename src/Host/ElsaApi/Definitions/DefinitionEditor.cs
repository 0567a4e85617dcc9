using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <param name="AlreadyPublished">The very same was published before; nothing changed.</param>
internal sealed record Saved(WorkflowDefinition Definition, bool AlreadyPublished, IReadOnlyList<DefinitionProblem> Warnings);

/// <summary>Saves and publishes what Studio sends. A save that changes nothing forks no draft.</summary>
internal sealed class DefinitionEditor(IDefinitionStore store, DefinitionPublisher publisher, ActivityRegistry registry)
{
    /// <exception cref="DefinitionException">With all problems; then nothing was saved.</exception>
    public async Task<Saved> SaveAsync(JsonObject model, bool publish, CancellationToken cancellationToken)
    {
        var definitionId = model["definitionId"]?.GetValue<string>() is { Length: > 0 } given ? given : Ids.New();
        var document = DefinitionJson.Stored(model, registry);
        var latest = await LatestAsync(definitionId, cancellationToken);
        if (latest is not null && JsonNode.DeepEquals(document, DefinitionJson.Stored(latest.Document, registry)))
        {
            return publish ? await PublishAsync(latest, cancellationToken) : new Saved(latest, false, []);
        }

        if (!publish)
        {
            return new Saved(await store.SaveDraftAsync(definitionId, document, cancellationToken), false, []);
        }

        var (published, warnings) = await publisher.PublishWithWarningsAsync(definitionId, document, cancellationToken);
        return new Saved(published, false, warnings);
    }

    /// <summary>Publishes a version as it is stored.</summary>
    /// <exception cref="DefinitionException">With all problems; then nothing was published.</exception>
    public async Task<Saved> PublishAsync(WorkflowDefinition version, CancellationToken cancellationToken)
    {
        if (version.IsPublished)
        {
            return new Saved(version, true, []);
        }

        var problems = await publisher.CheckAsync(version.DefinitionId, version.Document, cancellationToken);
        if (problems.Any(problem => problem.Severity == ProblemSeverity.Error))
        {
            throw new DefinitionException($"workflow « {version.DefinitionId} »", problems);
        }

        return new Saved(await store.PublishAsync(version.Id, cancellationToken), false, problems);
    }

    /// <summary>Makes an older version's content the draft.</summary>
    public Task<WorkflowDefinition> RevertAsync(WorkflowDefinition version, CancellationToken cancellationToken) =>
        store.SaveDraftAsync(version.DefinitionId, version.Document.DeepClone().AsObject(), cancellationToken);

    public async Task<WorkflowDefinition?> LatestAsync(string definitionId, CancellationToken cancellationToken) =>
        (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => version.IsLatest);

    /// <param name="versionOptions">Elsa's; empty: the latest.</param>
    public async Task<WorkflowDefinition?> FindAsync(string definitionId, string? versionOptions, CancellationToken cancellationToken)
    {
        var versions = await store.ListAsync(definitionId, cancellationToken);
        return versionOptions switch
        {
            null or "" or "Latest" or "AllVersions" => versions.FirstOrDefault(version => version.IsLatest),
            "Published" => versions.FirstOrDefault(version => version.IsPublished),
            "LatestOrPublished" => versions.FirstOrDefault(version => version.IsLatest) ?? versions.FirstOrDefault(version => version.IsPublished),
            "LatestAndPublished" => versions.FirstOrDefault(version => version is { IsLatest: true, IsPublished: true }),
            "Draft" => versions.FirstOrDefault(version => version is { IsLatest: true, IsPublished: false }),
            _ => int.TryParse(versionOptions, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? versions.FirstOrDefault(version => version.Version == number)
                : null,
        };
    }
}
