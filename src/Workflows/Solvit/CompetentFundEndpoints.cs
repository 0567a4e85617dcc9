using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.Solvit;

/// <summary>The table of competent funds.</summary>
public sealed class CompetentFundEndpoints(CompetentFunds funds) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/competent-funds", ListAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapPost("/api/competent-funds", AddAsync).RequirePermission(Permission.ReferenceWrite);
        routes.MapPut("/api/competent-funds/{id}", SaveAsync).RequirePermission(Permission.ReferenceWrite);
    }

    private async Task<IResult> ListAsync(CancellationToken cancellationToken) => Results.Ok(new { items = await funds.ListAsync(cancellationToken) });

    private Task<IResult> AddAsync(CompetentFundChange change, HttpContext http, CancellationToken cancellationToken) =>
        WriteAsync(null, change, http.GetActor(), StatusCodes.Status201Created, cancellationToken);

    private Task<IResult> SaveAsync(string id, CompetentFundChange change, HttpContext http, CancellationToken cancellationToken) =>
        WriteAsync(id, change, http.GetActor(), StatusCodes.Status200OK, cancellationToken);

    private async Task<IResult> WriteAsync(string? id, CompetentFundChange change, Actor actor, int status, CancellationToken cancellationToken)
    {
        try
        {
            var saved = await funds.SaveAsync(id, change, actor, cancellationToken);
            return Results.Json((await funds.ListAsync(cancellationToken)).Single(rule => rule.Id == saved), statusCode: status);
        }
        catch (CatalogueRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message, string.Join(" ", e.Faults.Select(fault => fault.Message)), ("errors", e.Faults));
        }
    }
}
