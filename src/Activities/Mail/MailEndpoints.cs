using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.Mail;

/// <summary>What was sent, to whom, when, with which documents.</summary>
public sealed class MailEndpoints(MailStore mails, MailRetry retry) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/mails", ListAsync).RequirePermission(Permission.MailsRead);
        routes.MapGet("/api/mails/{id}", FindAsync).RequirePermission(Permission.MailsRead);
        routes.MapPost("/api/mails/{id}/retry", RetryAsync).RequirePermission(Permission.MailsRetry);
    }

    private async Task<IResult> ListAsync(string? @case, int? page, CancellationToken cancellationToken) =>
        Results.Ok(new { items = await mails.ListAsync(@case, (PageNumber.Clamp(page) - 1) * 50, 50, cancellationToken) });

    private async Task<IResult> FindAsync(string id, CancellationToken cancellationToken) =>
        await mails.FindAsync(id, cancellationToken) is { } mail
            ? Results.Ok(new { mail, attempts = await mails.AttemptsAsync(id, cancellationToken) })
            : Unknown(id);

    private async Task<IResult> RetryAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        if (await mails.FindAsync(id, cancellationToken) is not { } mail)
        {
            return Unknown(id);
        }

        return await retry.RetryAsync(mail, http.GetActor(), cancellationToken)
            ? Results.Accepted($"/api/mails/{id}")
            : Problem.Conflict("mail-not-blocked", "Ce courriel n'attend pas d'intervention.", $"Son état est « {mail.State} ».");
    }

    private static IResult Unknown(string id) => Problem.NotFound("unknown-mail", $"Le courriel « {id} » n'existe pas.");
}
