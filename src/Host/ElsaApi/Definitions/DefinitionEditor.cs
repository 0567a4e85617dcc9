using System.Text.Json.Nodes;
using Cleiss.Engine;
using Cleiss.Engine.Definitions;
using Cleiss.Host.ElsaApi.Descriptors;
using Cleiss.Persistence.Engine;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <param name="AlreadyPublished">The very same was published before; nothing changed.</param>
internal sealed record Saved(WorkflowDefinition Definition, bool AlreadyPublished, IReadOnlyList<DefinitionProblem> Warnings, IReadOnlyList<string> UpdatedConsumers)
{
    public static Saved Draft(WorkflowDefinition definition) => new(definition, false, [], []);

    public static Saved Published(Publication publication) => new(publication.Definition, false, publication.Warnings, publication.UpdatedConsumers);
}

/// <summary>Finds, saves and publishes what Studio works with. A save that changes nothing forks no draft.</summary>
internal sealed class DefinitionEditor(IDefinitionStore store, DefinitionPublisher publisher, ActivityRegistry registry, Palette palette, DefinitionEdits edits, DefinitionLists lists)
{
    /// <summary>As Studio reads it.</summary>
    public async Task<JsonObject> ShowAsync(WorkflowDefinition version, bool mayWrite, CancellationToken cancellationToken) =>
        DefinitionJson.Full(version, await palette.CurrentAsync(cancellationToken), mayWrite);

    /// <param name="isEdit">From Studio's editor, which shows the definition; false for a file.</param>
    /// <exception cref="DefinitionException">With all problems; then nothing was saved.</exception>
    /// <exception cref="StaleEditException">The page was shown an older state; nothing was saved.</exception>
    public Task<Saved> SaveAsync(HttpContext http, JsonObject model, bool publish, bool isEdit, CancellationToken cancellationToken)
    {
        var definitionId = model["definitionId"]?.GetValue<string>() is { Length: > 0 } given ? given : Ids.New();
        return edits.ChangeAsync(http, definitionId, isEdit, () => SaveAsync(definitionId, model, publish, cancellationToken), cancellationToken);
    }

    /// <summary>Publishes the latest version as it is stored.</summary>
    /// <returns>Null when there is no such definition.</returns>
    /// <exception cref="DefinitionException">With all problems; then nothing was published.</exception>
    public Task<Saved?> PublishAsync(HttpContext http, string definitionId, CancellationToken cancellationToken) => edits.ChangeAsync(
        http, definitionId, onlyIfShown: false,
        async () => await LatestAsync(definitionId, cancellationToken) is { } latest ? await PublishAsync(latest, cancellationToken) : null, cancellationToken);

    /// <returns>The version that was published; null when none was.</returns>
    public Task<WorkflowDefinition?> RetractAsync(HttpContext http, string definitionId, CancellationToken cancellationToken) =>
        edits.ChangeAsync(http, definitionId, onlyIfShown: false, () => store.RetractAsync(definitionId, cancellationToken), cancellationToken);

    /// <summary>Makes an older version's content the draft.</summary>
    public Task<WorkflowDefinition> RevertAsync(HttpContext http, WorkflowDefinition version, CancellationToken cancellationToken) => edits.ChangeAsync(
        http, version.DefinitionId, onlyIfShown: false,
        () => store.SaveDraftAsync(version.DefinitionId, version.Document.DeepClone().AsObject(), cancellationToken), cancellationToken);

    public async Task<WorkflowDefinition?> LatestAsync(string definitionId, CancellationToken cancellationToken) =>
        (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => version.IsLatest);

    /// <summary>The latest versions of the definitions that use this one, as an activity or by starting it.</summary>
    public async Task<IReadOnlyList<WorkflowDefinition>> ConsumersOfAsync(string definitionId, CancellationToken cancellationToken)
    {
        var consumers = new List<WorkflowDefinition>();
        var (rows, _) = await lists.ListAsync(new DefinitionQuery("Latest", OrderBy: "Name", Descending: false), cancellationToken);
        foreach (var row in rows.Where(row => row.DefinitionId != definitionId))
        {
            if (await store.FindByIdAsync(row.Id, cancellationToken) is { } candidate && DefinitionJson.Uses(candidate.Document, definitionId))
            {
                consumers.Add(candidate);
            }
        }

        return consumers;
    }

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

    private async Task<Saved> SaveAsync(string definitionId, JsonObject model, bool publish, CancellationToken cancellationToken)
    {
        var document = DefinitionJson.Stored(model, registry);
        if (await LatestAsync(definitionId, cancellationToken) is { } latest && JsonNode.DeepEquals(document, DefinitionJson.Stored(latest.Document, registry)))
        {
            return publish ? await PublishAsync(latest, cancellationToken) : Saved.Draft(latest);
        }

        return publish
            ? Saved.Published(await publisher.PublishWithWarningsAsync(definitionId, document, cancellationToken))
            : Saved.Draft(await store.SaveDraftAsync(definitionId, document, cancellationToken));
    }

    private async Task<Saved> PublishAsync(WorkflowDefinition version, CancellationToken cancellationToken) =>
        version.IsPublished ? new Saved(version, true, [], []) : Saved.Published(await publisher.PublishVersionAsync(version, cancellationToken));
}
