using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Agreements and liaison bodies.</summary>
public sealed class ReferenceEndpoints(ReferenceData reference) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/agreements", ListAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapGet("/api/agreements/{iso}", FindAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapGet("/api/agreements/{iso}/liaison-body", FindBodyAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapPut("/api/agreements/{iso}/liaison-body", SaveBodyAsync).RequirePermission(Permission.ReferenceWrite);
    }

    private async Task<IResult> ListAsync(CancellationToken cancellationToken) =>
        Results.Ok(new { items = await reference.ListAgreementsAsync(cancellationToken) });

    private async Task<IResult> FindAsync(string iso, CancellationToken cancellationToken) =>
        await reference.FindAgreementAsync(iso, cancellationToken) is { } detail ? Results.Ok(detail) : Unknown(iso);

    private async Task<IResult> FindBodyAsync(string iso, CancellationToken cancellationToken) =>
        await reference.FindLiaisonBodyAsync(iso, cancellationToken) is { } body
            ? Results.Ok(body)
            : Problem.NotFound("unknown-liaison-body", $"L'accord « {iso} » n'a pas d'organisme de liaison.", "Créez-le avec PUT.");

    private async Task<IResult> SaveBodyAsync(string iso, LiaisonBodyChange change, HttpContext http, CancellationToken cancellationToken)
    {
        if (await reference.FindAgreementAsync(iso, cancellationToken) is null)
        {
            return Unknown(iso);
        }

        if (LiaisonBodyRules.Check(change) is { Count: > 0 } faults)
        {
            return Problem.Invalid(
                "liaison-body-invalid", "L'organisme de liaison n'est pas enregistré.", string.Join(" ", faults.Select(fault => fault.Message)), ("errors", faults));
        }

        await reference.SaveLiaisonBodyAsync(iso, change, http.GetActor(), cancellationToken);
        return Results.Ok(await reference.FindLiaisonBodyAsync(iso, cancellationToken));
    }

    private static IResult Unknown(string iso) => Problem.NotFound("unknown-agreement", $"L'accord « {iso} » n'existe pas.");
}
