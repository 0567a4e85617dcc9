using System.Text.Json.Nodes;
using Cleiss.Activities.UserTasks;
using Cleiss.Forms.Answers;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Web.Inbox;

/// <summary>Where a task's page saves its draft while one types. Under the pages, because a page has a cookie and no token.</summary>
public sealed class DraftEndpoint(UserTaskService tasks, IAntiforgery antiforgery) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPut("/taches/{id}/brouillon", SaveAsync).RequirePermission(Permission.CompleteUserTasks).ExcludeFromDescription();

    private async Task<IResult> SaveAsync(string id, DraftRequest request, HttpContext context, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "antiforgery", "Cette demande ne vient pas d'une page ouverte de Cleiss.", "Rechargez la page.");
        }

        try
        {
            return await tasks.SaveDraftAsync(id, request.Data ?? [], request.ExpectedRevision, context.GetActor(), cancellationToken) switch
            {
                DraftSaving.Saved saved => Results.Ok(new { saved.Revision, saved.SavedAt }),
                DraftSaving.Conflict { Current: { } current } => Problem.Conflict(
                    "draft-conflict", "Ce brouillon a changé.", $"{current.SavedByName} l'a modifié pendant que vous écriviez. Choisissez la saisie à garder.",
                    ("revision", current.Revision), ("savedBy", current.SavedByName)),
                _ => Problem.Conflict("terminal", "Cette tâche est terminée.", "La tâche est terminée : rechargez la page."),
            };
        }
        catch (UserTaskRefusedException refusal)
        {
            return Problem.Of(refusal.Status, refusal.Code, refusal.Message, refusal.Message);
        }
    }

    internal sealed record DraftRequest(JsonObject? Data, long ExpectedRevision);
}
