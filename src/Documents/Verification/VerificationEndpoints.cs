using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Documents.Verification;

/// <summary>Public routes: what a code stands for, and whether a file is ours and unchanged.</summary>
public sealed class VerificationEndpoints(DocumentVerification verification) : IEndpointModule
{
    private const long LargestFile = 25 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/verify/{code}", FindAsync).AllowEveryone("Partners abroad check a document without an account; content is never shown.");
        routes.MapPost("/api/verify", CompareAsync).DisableAntiforgery()
            .WithMetadata(new LargestBody(LargestFile + 64 * 1024))
            .AllowEveryone("Partners abroad compare a file without an account; the file is hashed and forgotten.");
    }

    private async Task<IResult> FindAsync(string code, CancellationToken cancellationToken) =>
        await verification.FindAsync(code, cancellationToken) is { } found
            ? Results.Ok(found)
            : Problem.NotFound("unknown-code", "Aucun document ne porte ce code.", "Vérifiez les douze caractères imprimés sous le code QR.");

    private async Task<IResult> CompareAsync(IFormFile? file, CancellationToken cancellationToken)
    {
        if (file is null || file.Length == 0)
        {
            return Problem.Invalid("file-missing", "Aucun fichier n'est joint.", "Joignez le fichier PDF reçu dans le champ « file ».");
        }

        if (file.Length > LargestFile)
        {
            return Problem.Of(StatusCodes.Status413PayloadTooLarge, "file-too-large", "Le fichier dépasse 25 Mo.", "Nos documents sont bien plus petits : ce n'en est pas un.");
        }

        using var content = new MemoryStream((int)file.Length);
        await file.CopyToAsync(content, cancellationToken);
        return Results.Ok(await verification.CompareAsync(content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken));
    }

    private sealed record LargestBody(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
