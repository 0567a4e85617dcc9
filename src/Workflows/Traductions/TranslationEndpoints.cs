using Cleiss.Activities.Cases;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Traductions.Market;
using Cleiss.Workflows.Traductions.Months;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.Traductions;

/// <summary>The market, the months and the spend of translations.</summary>
public sealed class TranslationEndpoints(TranslationMarket market, TranslationCosts costs) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/translations/lots", LotsAsync).RequirePermission(Permission.ReferenceRead);
        routes.MapGet("/api/translations/months", MonthsAsync).RequirePermission(Permission.CasesRead);
        routes.MapPost("/api/translations/months/{month}/close", CloseAsync).RequirePermission(Permission.CasesReply);
        routes.MapGet("/api/translations/spend/{year:int}", SpendAsync).RequirePermission(Permission.CasesRead);
        routes.MapPost("/api/translations/{caseId}/corrections", CorrectAsync).RequirePermission(Permission.CasesReply);
    }

    private sealed record CorrectionBody(int Cents, string? Reason);

    private async Task<IResult> LotsAsync(CancellationToken cancellationToken) => Results.Ok(new { items = await market.ListLotsAsync(cancellationToken) });

    private async Task<IResult> MonthsAsync(CancellationToken cancellationToken) => Results.Ok(new
    {
        items = await costs.ListMonthsAsync(cancellationToken),
        open = await costs.ListOpenMonthsAsync(cancellationToken),
    });

    private async Task<IResult> SpendAsync(int year, CancellationToken cancellationToken) => Results.Ok(new { year, items = await costs.SpendAsync(year, cancellationToken) });

    private Task<IResult> CloseAsync(string month, HttpContext http, CancellationToken cancellationToken) =>
        RefusingAsync(async () => Results.Ok(await costs.CloseAsync(month, http.GetActor(), cancellationToken)));

    private Task<IResult> CorrectAsync(string caseId, CorrectionBody body, HttpContext http, CancellationToken cancellationToken) =>
        RefusingAsync(async () => Results.Ok(new { month = await costs.CorrectAsync(caseId, body.Cents, body.Reason, http.GetActor(), cancellationToken) }));

    private static async Task<IResult> RefusingAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (CaseRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message);
        }
    }
}
