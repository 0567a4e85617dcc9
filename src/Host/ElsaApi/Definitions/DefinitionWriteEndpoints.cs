using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Save, publish, retract, go back, delete. A refused definition names all its problems, and nothing of it is kept.</summary>
internal sealed class DefinitionWriteEndpoints(DefinitionEditor editor, DefinitionRemoval removal) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";

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

    private async Task<IResult> SaveAsync(SaveDefinition request, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.Model is null)
        {
            return ElsaAnswers.Refused("La demande n'est pas lisible : envoyez { \"model\": { … }, \"publish\": true }.");
        }

        return DefinitionJson.FaultOf(request.Model) is { } fault
            ? ElsaAnswers.Refused(fault)
            : await AnswerAsync(async () => await editor.SaveAsync(http, request.Model, request.Publish ?? false, isEdit: true, cancellationToken), cancellationToken);
    }

    private Task<IResult> PublishAsync(string definitionId, HttpContext http, CancellationToken cancellationToken) =>
        AnswerAsync(() => editor.PublishAsync(http, definitionId, cancellationToken), cancellationToken);

    private async Task<IResult> AnswerAsync(Func<Task<Saved?>> save, CancellationToken cancellationToken)
    {
        try
        {
            if (await save() is not { } saved)
            {
                return Results.NotFound();
            }

            return Results.Ok(new
            {
                workflowDefinition = await editor.ShowAsync(saved.Definition, mayWrite: true, cancellationToken),
                alreadyPublished = saved.AlreadyPublished,
                consumingWorkflowCount = saved.Definition.IsPublished ? (await editor.ConsumersOfAsync(saved.Definition.DefinitionId, cancellationToken)).Count : 0,
                validationErrors = saved.Warnings.Select(warning => new { message = $"{warning.Code} : {warning.Message}", warning.Path }),
            });
        }
        catch (DefinitionException refusal)
        {
            return ElsaAnswers.Refused("La définition n'est pas publiée : corrigez d'abord ce qui suit.", refusal);
        }
        catch (StaleEditException stale)
        {
            return ElsaAnswers.Refused(stale.Message);
        }
    }

    private async Task<IResult> RetractAsync(string definitionId, HttpContext http, CancellationToken cancellationToken)
    {
        if (await editor.LatestAsync(definitionId, cancellationToken) is null)
        {
            return Results.NotFound();
        }

        return await editor.RetractAsync(http, definitionId, cancellationToken) is { } retracted
            ? Results.Ok(await editor.ShowAsync(retracted, mayWrite: true, cancellationToken))
            : ElsaAnswers.Refused("Cette procédure n'est pas publiée : il n'y a rien à retirer.");
    }

    private async Task<IResult> RevertAsync(string definitionId, int version, HttpContext http, CancellationToken cancellationToken) =>
        await editor.FindAsync(definitionId, version.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken) is { } old
            ? Results.Ok(DefinitionJson.Summary(DefinitionJson.RowOf(await editor.RevertAsync(http, old, cancellationToken)), mayWrite: true))
            : Results.NotFound();

    private async Task<IResult> DeleteAsync(string definitionId, CancellationToken cancellationToken) =>
        await removal.DeleteDefinitionAsync(definitionId, cancellationToken) ? Results.NoContent() : Results.NotFound();

    private async Task<IResult> DeleteVersionAsync(string id, CancellationToken cancellationToken) =>
        await removal.DeleteVersionAsync(id, cancellationToken) ? Results.NoContent() : Results.NotFound();

    private async Task<IResult> DeleteNumberAsync(string definitionId, int version, CancellationToken cancellationToken) =>
        await editor.FindAsync(definitionId, version.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken) is { } found
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
    private async Task<IResult> PublishManyAsync(ManyDefinitions request, HttpContext http, CancellationToken cancellationToken)
    {
        var (published, alreadyPublished, notFound) = (new List<string>(), new List<string>(), new List<string>());
        var updatedConsumers = new SortedSet<string>(StringComparer.Ordinal);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var id in Distinct(request.DefinitionIds))
        {
            try
            {
                var saved = await editor.PublishAsync(http, id, cancellationToken);
                (saved is null ? notFound : saved.AlreadyPublished ? alreadyPublished : published).Add(id);
                updatedConsumers.UnionWith(saved?.UpdatedConsumers ?? []);
            }
            catch (DefinitionException refusal)
            {
                var name = (await editor.LatestAsync(id, cancellationToken))?.Name ?? id;
                errors[id] = [.. refusal.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => $"« {name} » – {problem.Code} : {problem.Message}")];
            }
        }

        return errors.Count > 0
            ? ElsaAnswers.Refused($"{errors.Count} procédure(s) n'ont pas été publiées : corrigez d'abord ce qui suit.", errors)
            : Results.Ok(new { published, alreadyPublished, notFound, updatedConsumers });
    }

    private async Task<IResult> RetractManyAsync(ManyDefinitions request, HttpContext http, CancellationToken cancellationToken)
    {
        var (retracted, alreadyRetracted, notFound) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var id in Distinct(request.DefinitionIds))
        {
            var into = await editor.LatestAsync(id, cancellationToken) is null ? notFound
                : await editor.RetractAsync(http, id, cancellationToken) is null ? alreadyRetracted : retracted;
            into.Add(id);
        }

        return Results.Ok(new { retracted, alreadyRetracted, notFound });
    }

    private static IEnumerable<string> Distinct(IReadOnlyList<string>? ids) => (ids ?? []).OfType<string>().Distinct(StringComparer.Ordinal);

    internal sealed record SaveDefinition(JsonObject? Model, bool? Publish);

    internal sealed record ManyDefinitions(IReadOnlyList<string>? DefinitionIds);

    internal sealed record ManyVersions(IReadOnlyList<string>? Ids);
}
