using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi;

/// <summary>Workflow definitions as Elsa's API serves them: list, read, save, publish. A refused definition names all its problems.</summary>
public sealed class DefinitionEndpoints(IDefinitionStore store, DefinitionPublisher publisher) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base, ListAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/by-definition-id/{definitionId}", FindAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapPost(Base, SaveAsync).RequirePermission(Permission.DefinitionsWrite);
    }

    private async Task<IResult> ListAsync(string? versionOptions, CancellationToken cancellationToken)
    {
        var items = (await store.ListAsync(null, cancellationToken)).Where(version => Matches(version, versionOptions)).Select(Summary).ToList();
        return Results.Ok(new { items, totalCount = items.Count });
    }

    private async Task<IResult> FindAsync(string definitionId, string? versionOptions, CancellationToken cancellationToken)
    {
        var found = (await store.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => Matches(version, versionOptions ?? "Latest"));
        return found is null ? Results.NotFound() : Results.Ok(Full(found));
    }

    private async Task<IResult> SaveAsync(SaveDefinition request, CancellationToken cancellationToken)
    {
        if (request.Model is null || request.Model["definitionId"] is not (null or JsonValue))
        {
            return Refused("La demande n'est pas lisible : envoyez { \"model\": { … }, \"publish\": true }.", []);
        }

        var definitionId = "";
        if (request.Model["definitionId"] is JsonValue value && !value.TryGetValue(out definitionId))
        {
            return Refused("L'identifiant de la définition (definitionId) doit être un texte.", []);
        }

        definitionId = string.IsNullOrEmpty(definitionId) ? Engine.Ids.New() : definitionId;
        if (!request.Publish.GetValueOrDefault())
        {
            return Results.Ok(new { workflowDefinition = Full(await store.SaveDraftAsync(definitionId, request.Model, cancellationToken)), alreadyPublished = false });
        }

        try
        {
            var (published, warnings) = await publisher.PublishWithWarningsAsync(definitionId, request.Model, cancellationToken);
            return Results.Ok(new
            {
                workflowDefinition = Full(published),
                alreadyPublished = false,
                validationErrors = warnings.Select(warning => new { message = $"{warning.Code} : {warning.Message}", warning.Path }),
            });
        }
        catch (DefinitionException e)
        {
            return Refused(
                "La définition n'est pas publiée : corrigez d'abord ce qui suit.",
                e.Problems.GroupBy(p => p.Path).ToDictionary(g => g.Key, g => g.Select(p => $"{p.Code} : {p.Message}").ToArray()));
        }
    }

    /// <summary>The shape Studio shows as one message per text (contract, « Errors »).</summary>
    private static IResult Refused(string message, Dictionary<string, string[]> errors) =>
        Results.BadRequest(new { statusCode = StatusCodes.Status400BadRequest, message, errors });

    private static bool Matches(WorkflowDefinition version, string? options) => options switch
    {
        null or "" or "AllVersions" => true,
        "Latest" => version.IsLatest,
        "Published" => version.IsPublished,
        "LatestOrPublished" or "LatestAndPublished" => version.IsLatest || version.IsPublished,
        "Draft" => version is { IsLatest: true, IsPublished: false },
        _ => int.TryParse(options, System.Globalization.CultureInfo.InvariantCulture, out var number) && version.Version == number,
    };

    private static object Summary(WorkflowDefinition version) => new
    {
        version.Id,
        version.DefinitionId,
        version.CreatedAt,
        version.Version,
        version.IsLatest,
        version.IsPublished,
        version.Name,
        version.Description,
        materializerName = "Json",
    };

    private static JsonObject Full(WorkflowDefinition version)
    {
        var document = version.Document.DeepClone().AsObject();
        document["id"] = version.Id;
        document["definitionId"] = version.DefinitionId;
        document["version"] = version.Version;
        document["isLatest"] = version.IsLatest;
        document["isPublished"] = version.IsPublished;
        document["createdAt"] = version.CreatedAt;
        return document;
    }

    internal sealed record SaveDefinition(JsonObject? Model, bool? Publish);
}
