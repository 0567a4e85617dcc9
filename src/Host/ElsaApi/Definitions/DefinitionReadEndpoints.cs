using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Mvc;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>Lists and single versions of definitions. What a person may do with them is in their links.</summary>
internal sealed class DefinitionReadEndpoints(IDefinitionStore store, DefinitionLists lists, DefinitionEditor editor, DefinitionEdits edits) : IEndpointModule
{
    private const string Base = "/elsa/api/workflow-definitions";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Base, ListAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/by-definition-id/{definitionId}", FindAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/by-id/{id}", FindByIdAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/many-by-id", FindManyAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/query/count", CountAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/{definitionId}/versions", VersionsAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet(Base + "/validation/is-name-unique", IsNameUniqueAsync).RequirePermission(Permission.DefinitionsRead);
    }

    private async Task<IResult> ListAsync([AsParameters] ListRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        var mayWrite = ElsaAnswers.MayWrite(http);
        var pageSize = request.PageSize is > 0 and <= 1000 ? request.PageSize : request.Page is null && request.PageSize is null ? null : 1000;
        var skip = (long)Math.Max(0, request.Page ?? 0) * (pageSize ?? 0);
        var (rows, total) = await lists.ListAsync(
            new DefinitionQuery(
                request.VersionOptions, request.SearchTerm, request.DefinitionIds, request.Ids, request.OrderBy ?? "Created",
                Descending: !string.Equals(request.OrderDirection ?? (request.OrderBy is "Name" ? "Ascending" : "Descending"), "Ascending", StringComparison.OrdinalIgnoreCase),
                (int)Math.Min(skip, int.MaxValue), pageSize),
            cancellationToken);
        return request.IsSystem == true
            ? Results.Ok(new { items = Array.Empty<object>(), totalCount = 0, links = DefinitionLinks.OfList(mayWrite) })
            : Results.Ok(new { items = rows.Select(row => DefinitionJson.Summary(row, mayWrite)), totalCount = total, links = DefinitionLinks.OfList(mayWrite) });
    }

    private async Task<IResult> FindAsync(string definitionId, string? versionOptions, HttpContext http, CancellationToken cancellationToken)
    {
        // What the editor opens, and what its saves are measured by.
        if (versionOptions is null or "" or "Latest")
        {
            await edits.NoteShownAsync(http, definitionId, cancellationToken);
        }

        return await editor.FindAsync(definitionId, versionOptions, cancellationToken) is { } found
            ? Results.Ok(await editor.ShowAsync(found, ElsaAnswers.MayWrite(http), cancellationToken))
            : Results.NotFound();
    }

    private async Task<IResult> FindByIdAsync(string id, HttpContext http, CancellationToken cancellationToken) =>
        await store.FindByIdAsync(id, cancellationToken) is { } found
            ? Results.Ok(await editor.ShowAsync(found, ElsaAnswers.MayWrite(http), cancellationToken))
            : Results.NotFound();

    private async Task<IResult> FindManyAsync([FromQuery] string[] ids, HttpContext http, CancellationToken cancellationToken)
    {
        var items = new List<JsonObject>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal).Take(100))
        {
            if (await store.FindByIdAsync(id, cancellationToken) is { } found)
            {
                items.Add(await editor.ShowAsync(found, ElsaAnswers.MayWrite(http), cancellationToken));
            }
        }

        return Results.Ok(new { items, count = items.Count });
    }

    private async Task<IResult> CountAsync(CancellationToken cancellationToken) =>
        Results.Ok(new { count = await lists.CountAsync(new DefinitionQuery("Latest"), cancellationToken) });

    private async Task<IResult> VersionsAsync(string definitionId, HttpContext http, CancellationToken cancellationToken)
    {
        var (rows, _) = await lists.ListAsync(new DefinitionQuery(DefinitionIds: [definitionId], OrderBy: "Version"), cancellationToken);
        return rows.Count == 0
            ? Results.NotFound()
            : Results.Ok(new { items = rows.Select(row => DefinitionJson.Summary(row, ElsaAnswers.MayWrite(http))), totalCount = rows.Count });
    }

    private async Task<IResult> IsNameUniqueAsync(string? name, string? definitionId, CancellationToken cancellationToken) => Results.Ok(new
    {
        isUnique = await lists.IsNameFreeAsync((name ?? "").Trim(), string.IsNullOrEmpty(definitionId) ? null : definitionId, cancellationToken),
    });

    internal sealed record ListRequest(
        string? VersionOptions, int? Page, int? PageSize, string? SearchTerm, bool? IsSystem, string? OrderBy, string? OrderDirection, string[]? DefinitionIds, string[]? Ids);
}
