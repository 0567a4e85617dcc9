using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.Referentiels;

/// <summary>Agreements, their forms and their life, and liaison bodies.</summary>
public sealed class ReferenceEndpoints(ReferenceData reference, CatalogueEditor catalogue) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/agreements", ListAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapGet("/api/agreements/{iso}", FindAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapPut("/api/agreements/{iso}", SaveAsync).RequirePermission(Permission.ReferenceWrite);
        routes.MapGet("/api/agreements/{iso}/forms/{key}", FindFormAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapPut("/api/agreements/{iso}/forms/{key}", SaveFormAsync).RequirePermission(Permission.ReferenceWrite);
        // Who may move a form is said arrow by arrow, in the table of arrows.
        routes.MapPost("/api/agreements/{iso}/forms/{key}/life", MoveFormAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapGet("/api/form-life", ListArrowsAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapPut("/api/form-life", SaveArrowsAsync).RequirePermission(Permission.ReferenceWrite);
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

    private Task<IResult> SaveAsync(string iso, AgreementChange change, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await catalogue.SaveAgreementAsync(iso, change, http.GetActor(), cancellationToken);
        return Results.Ok(await reference.FindAgreementAsync(iso, cancellationToken));
    });

    private async Task<IResult> FindFormAsync(string iso, string key, CancellationToken cancellationToken) =>
        await reference.FindFormAsync(key, cancellationToken) is { } form && form.AgreementIso == iso
            ? Results.Ok(form)
            : Problem.NotFound("unknown-form", $"L'accord « {iso} » n'a pas de formulaire « {key} ».");

    private Task<IResult> SaveFormAsync(string iso, string key, FormChange change, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await catalogue.SaveFormAsync(iso, key, change, http.GetActor(), cancellationToken);
        return await FindFormAsync(iso, key, cancellationToken);
    });

    private Task<IResult> MoveFormAsync(string iso, string key, FormMove move, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await catalogue.MoveFormAsync(iso, key, move, http.GetActor(), cancellationToken);
        return await FindFormAsync(iso, key, cancellationToken);
    });

    private async Task<IResult> ListArrowsAsync(CancellationToken cancellationToken) =>
        Results.Ok(new { items = await catalogue.ListArrowsAsync(cancellationToken) });

    private sealed record ArrowsBody(IReadOnlyList<FormLifeArrow>? Items);

    private Task<IResult> SaveArrowsAsync(ArrowsBody body, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await catalogue.SaveArrowsAsync(body.Items ?? [], http.GetActor(), cancellationToken);
        return await ListArrowsAsync(cancellationToken);
    });

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (CatalogueRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message, string.Join(" ", e.Faults.Select(fault => fault.Message)), ("errors", e.Faults));
        }
    }

    private static IResult Unknown(string iso) => Problem.NotFound("unknown-agreement", $"L'accord « {iso} » n'existe pas.");
}
