using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>Sends envelopes; the page and the API do the same.</summary>
public sealed class EnvelopeSending(EnvelopeStore envelopes, CaseService cases)
{
    /// <exception cref="CaseRefusedException">The envelope is unknown, empty or already sent.</exception>
    public async Task<OpenedCase> SendAsync(string envelopeId, Actor actor, CancellationToken cancellationToken)
    {
        var test = (await envelopes.FindAsync(envelopeId, cancellationToken))?.Test ?? false;
        return await cases.OpenAsync(
            new OpenCase(EnvoiGroupeProcess.ProcessKey, new JsonObject { [EnvoiGroupeProcess.EnvelopeField] = envelopeId }, Test: test), actor, cancellationToken);
    }
}

public sealed class EnvelopeEndpoints(EnvelopeStore envelopes, EnvelopeSending sending) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/envelopes", ListAsync).RequirePermission(Permission.CasesRead);
        routes.MapPost("/api/envelopes/{id}/send", SendAsync).RequirePermission(Permission.CasesReply);
    }

    private async Task<IResult> ListAsync(CancellationToken cancellationToken) => Results.Ok(new
    {
        items = (await envelopes.ListAsync(cancellationToken)).Select(envelope => new
        {
            envelope.Id,
            envelope.AgreementIso,
            envelope.Partner,
            envelope.Test,
            envelope.OpenedAt,
            envelope.ClosedAt,
            envelope.CaseId,
            envelope.CaseReference,
            envelope.SentAt,
            items = envelope.Items.Select(item => new { item.DocumentId, item.Number, item.FormCode, item.Title, item.CaseId, item.CaseReference, item.AddedAt }),
        }),
    });

    private async Task<IResult> SendAsync(string id, HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await sending.SendAsync(id, http.GetActor(), cancellationToken);
            return Results.Created($"/api/cases/{opened.CaseId}", opened);
        }
        catch (CaseRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message, null, ("errors", e.Faults));
        }
    }
}
