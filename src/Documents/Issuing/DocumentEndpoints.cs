using Cleiss.Persistence.Files;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Documents.Issuing;

/// <summary>Documents for people who may read them.</summary>
public sealed class DocumentEndpoints(DocumentStore documents, FileStore files) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/documents", ListAsync).RequirePermission(Permission.DocumentsRead);
        routes.MapGet("/api/documents/{id}", FindAsync).RequirePermission(Permission.DocumentsRead);
        routes.MapGet("/api/documents/{id}/content", ContentAsync).RequirePermission(Permission.DocumentsRead);
    }

    private async Task<IResult> ListAsync(string? @case, int? page, CancellationToken cancellationToken) =>
        Results.Ok(new { items = await documents.ListAsync(@case, (PageNumber.Clamp(page) - 1) * 50, 50, cancellationToken) });

    private async Task<IResult> FindAsync(string id, CancellationToken cancellationToken) =>
        await documents.FindAsync(id, cancellationToken) is { } document ? Results.Ok(document) : Unknown(id);

    private async Task<IResult> ContentAsync(string id, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(id, cancellationToken) is not { } document)
        {
            return Unknown(id);
        }

        if (document.FileId is null || await files.ReadAsync(document.FileId, cancellationToken) is not { } stored)
        {
            return Problem.Conflict("document-not-printed", $"Le document {document.Number} n'est pas encore imprimé.", "Réessayez dans quelques instants.");
        }

        return Results.File(stored.Content, "application/pdf", document.Number + ".pdf");
    }

    private static IResult Unknown(string id) => Problem.NotFound("unknown-document", $"Le document « {id} » n'existe pas.");
}
