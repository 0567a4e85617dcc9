using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Save, publish, retract, go back, delete. A refused definition names all its problems, and nothing of it is kept.</summary>
public sealed class DefinitionWriteEndpoints(
    IDefinitionStore store, DefinitionPublisher publisher, ActivityRegistry registry, DefinitionLists lists, DefinitionRemoval removal) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";
    private readonly DefinitionEditor _editor = new(store, publisher, registry);
    private readonly Consumers _consumers = new(store, lists);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Base, SaveAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost(Base + "/{definitionId}/publish", PublishAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost(Base + "/{definitionId}/retract", RetractAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost(Base + "/{definitionId}/revert/{version:int}", RevertAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapDelete(Base + "/{definitionId}", DeleteAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapDelete(Base + "/{definitionId}/version/{version:int}", DeleteNumberAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapDelete("/elsa/api/workflow-definition-versions/{id}", DeleteVersionAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/bulk-actions/delete/workflow-definitions/by-definition-id", DeleteManyAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/bulk-actions/delete/workflow-definitions/by-id", DeleteManyVersionsAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/bulk-actions/publish/workflow-definitions/by-definition-ids", PublishManyAsync).RequirePermission(Permission.DefinitionsWrite);
        routes.MapPost("/elsa/api/bulk-actions/retract/workflow-definitions/by-definition-ids", RetractManyAsync).RequirePermission(Permission.DefinitionsWrite);
    }

    private async Task<IResult> SaveAsync(SaveDefinition request, CancellationToken cancellationToken)
    {
        if (request.Model is null)
        {
            return ElsaAnswers.Refused("La demande n'est pas lisible : envoyez { \"model\": { … }, \"publish\": true }.");
        }

        return DefinitionJson.FaultOf(request.Model) is { } fault
            ? ElsaAnswers.Refused(fault)
            : await AnswerAsync(() => _editor.SaveAsync(request.Model, request.Publish ?? false, cancellationToken), cancellationToken);
    }

    private async Task<IResult> PublishAsync(string definitionId, CancellationToken cancellationToken) =>
        await _editor.LatestAsync(definitionId, cancellationToken) is { } latest
            ? await AnswerAsync(() => _editor.PublishAsync(latest, cancellationToken), cancellationToken)
            : Results.NotFound();

    private async Task<IResult> AnswerAsync(Func<Task<Saved>> save, CancellationToken cancellationToken)
    {
        try
        {
            var saved = await save();
            return Results.Ok(new
            {
                workflowDefinition = DefinitionJson.Full(saved.Definition, registry, mayWrite: true),
                alreadyPublished = saved.AlreadyPublished,
                consumingWorkflowCount = saved.Definition.IsPublished ? (await _consumers.OfAsync(saved.Definition.DefinitionId, cancellationToken)).Count : 0,
                validationErrors = saved.Warnings.Select(warning => new { message = $"{warning.Code} : {warning.Message}", warning.Path }),
            });
        }
        catch (DefinitionException refusal)
        {
            return ElsaAnswers.Refused("La définition n'est pas publiée : corrigez d'abord ce qui suit.", refusal);
        }
    }

    private async Task<IResult> RetractAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await _editor.LatestAsync(definitionId, cancellationToken) is null)
        {
            return Results.NotFound();
        }

        return await store.RetractAsync(definitionId, cancellationToken) is { } retracted
            ? Results.Ok(DefinitionJson.Full(retracted, registry, mayWrite: true))
            : ElsaAnswers.Refused("Cette procédure n'est pas publiée : il n'y a rien à retirer.");
    }

    private async Task<IResult> RevertAsync(string definitionId, int version, CancellationToken cancellationToken) =>
        await _editor.FindAsync(definitionId, version.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken) is { } old
            ? Results.Ok(DefinitionJson.Summary(DefinitionJson.RowOf(await _editor.RevertAsync(old, cancellationToken)), mayWrite: true))
            : Results.NotFound();

    private async Task<IResult> DeleteAsync(string definitionId, CancellationToken cancellationToken) =>
        await removal.DeleteDefinitionAsync(definitionId, cancellationToken) ? Results.NoContent() : Results.NotFound();

    private async Task<IResult> DeleteVersionAsync(string id, CancellationToken cancellationToken) =>
        await removal.DeleteVersionAsync(id, cancellationToken) ? Results.NoContent() : Results.NotFound();

    private async Task<IResult> DeleteNumberAsync(string definitionId, int version, CancellationToken cancellationToken) =>
        await _editor.FindAsync(definitionId, version.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken) is { } found
            ? await DeleteVersionAsync(found.Id, cancellationToken)
            : Results.NotFound();

    private async Task<IResult> DeleteManyAsync(ManyDefinitions request, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var id in Distinct(request.DefinitionIds))
        {
            deleted += await removal.DeleteDefinitionAsync(id, cancellationToken) ? 1 : 0;
        }

        return Results.Ok(new { deleted });
    }

    private async Task<IResult> DeleteManyVersionsAsync(ManyVersions request, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var id in Distinct(request.Ids))
        {
            deleted += await removal.DeleteVersionAsync(id, cancellationToken) ? 1 : 0;
        }

        return Results.Ok(new { deleted });
    }

    /// <summary>Each on its own; when one is refused, the others are published all the same and the answer names what to mend.</summary>
    private async Task<IResult> PublishManyAsync(ManyDefinitions request, CancellationToken cancellationToken)
    {
        var (published, alreadyPublished, notFound) = (new List<string>(), new List<string>(), new List<string>());
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var id in Distinct(request.DefinitionIds))
        {
            if (await _editor.LatestAsync(id, cancellationToken) is not { } latest)
            {
                notFound.Add(id);
                continue;
            }

            try
            {
                ((await _editor.PublishAsync(latest, cancellationToken)).AlreadyPublished ? alreadyPublished : published).Add(id);
            }
            catch (DefinitionException refusal)
            {
                errors[latest.Name] = [.. refusal.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => $"« {latest.Name} » – {problem.Code} : {problem.Message}")];
            }
        }

        return errors.Count > 0
            ? ElsaAnswers.Refused($"{errors.Count} procédure(s) n'ont pas été publiées : corrigez d'abord ce qui suit.", errors)
            : Results.Ok(new { published, alreadyPublished, notFound, updatedConsumers = Array.Empty<string>() });
    }

    private async Task<IResult> RetractManyAsync(ManyDefinitions request, CancellationToken cancellationToken)
    {
        var (retracted, alreadyRetracted, notFound) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var id in Distinct(request.DefinitionIds))
        {
            var into = await _editor.LatestAsync(id, cancellationToken) is null ? notFound
                : await store.RetractAsync(id, cancellationToken) is null ? alreadyRetracted : retracted;
            into.Add(id);
        }

        return Results.Ok(new { retracted, alreadyRetracted, notFound });
    }

    private static IEnumerable<string> Distinct(IReadOnlyList<string>? ids) => (ids ?? []).Distinct(StringComparer.Ordinal);

    internal sealed record SaveDefinition(JsonObject? Model, bool? Publish);

    internal sealed record ManyDefinitions(IReadOnlyList<string>? DefinitionIds);

    internal sealed record ManyVersions(IReadOnlyList<string>? Ids);
}
