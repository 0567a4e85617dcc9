using Cleiss.Persistence.Files;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Http.Features;

namespace Cleiss.Host.Files;

/// <summary>Hands files in, for use in answers, comments and replies, and out again.</summary>
internal sealed class FileEndpoints(FileStore files) : IEndpointModule
{
    public const long Limit = 25 * 1024 * 1024;

    // Names, boundaries and other fields beside the file.
    private const long Envelope = 64 * 1024;

    // Up to here the rest of a refused upload is read, so that the sender gets the answer instead of a broken connection.
    private const long Drained = 100 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/files", UploadAsync).RequirePermission(Permission.TasksWork, Permission.CasesOpen, Permission.CasesReply)
            .Accepts<IFormFile>("multipart/form-data").Produces<FileAnswer>(StatusCodes.Status201Created);
        routes.MapGet("/api/files/{id}", DownloadAsync).RequirePermission(Permission.DocumentsRead);
    }

    private async Task<IResult> UploadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = Drained;
        }

        if (!context.Request.HasFormContentType)
        {
            return Problem.Of(StatusCodes.Status415UnsupportedMediaType, "not-multipart", "Envoyez le fichier en multipart/form-data, dans le champ « file ».");
        }

        if (context.Request.ContentLength > Limit + Envelope)
        {
            await DrainAsync(context.Request, cancellationToken);
            return TooLarge();
        }

        IFormFile? upload;
        try
        {
            var form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = Limit + Envelope }, cancellationToken);
            upload = form.Files.Count > 0 ? form.Files[0] : null;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException || unreadable is IOException and not BadHttpRequestException)
        {
            await DrainAsync(context.Request, cancellationToken);

            // The reader has one exception for all its refusals. A length that was given has been checked above.
            return context.Request.ContentLength is null && unreadable.Message.Contains("body length limit", StringComparison.Ordinal)
                ? TooLarge()
                : Problem.Of(StatusCodes.Status400BadRequest, "file-unreadable", "L’envoi est incomplet ou mal formé.", "Recommencez l’envoi, en multipart/form-data.");
        }

        if (upload is null or { Length: 0 })
        {
            return Problem.Invalid("file-missing", "Aucun fichier n’a été reçu.", "Mettez-le dans le champ « file » ; un fichier vide n’est pas accepté.");
        }

        if (upload.Length > Limit)
        {
            return TooLarge();
        }

        var content = new byte[upload.Length];
        await using (var stream = upload.OpenReadStream())
        {
            await stream.ReadExactlyAsync(content, cancellationToken);
        }

        if (MediaSniffer.Sniff(content) is not { } mediaType)
        {
            return Problem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "file-type",
                "Ce type de fichier n’est pas accepté.",
                $"Types acceptés, d’après le contenu et non le nom : {MediaSniffer.Accepted}.");
        }

        var name = Path.GetFileName(upload.FileName.Replace('\\', '/'));
        var file = await files.SaveAsync(
            string.IsNullOrWhiteSpace(name) ? "fichier" + MediaSniffer.ExtensionOf(mediaType) : name, mediaType, content, context.GetActor().Id, cancellationToken);
        return Results.Created($"/api/files/{file.Id}", new FileAnswer(file.Id, file.Name, file.MediaType, file.Size, file.Sha256));
    }

    private async Task<IResult> DownloadAsync(string id, CancellationToken cancellationToken) =>
        await files.ReadAsync(id, cancellationToken) is { } found
            ? Results.File(found.Content, found.File.MediaType, found.File.Name)
            : Problem.NotFound("file-not-found", "Ce fichier n’existe pas.");

    private static IResult TooLarge() => Problem.Of(
        StatusCodes.Status413PayloadTooLarge,
        "file-too-large",
        "Ce fichier dépasse 25 Mo.",
        "Réduisez-le (numérisation en 150 ou 200 points par pouce) ou envoyez-le en plusieurs parties.");

    private static async Task DrainAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await request.Body.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (IOException)
        {
            // Broken off, or beyond what is read for politeness.
        }
    }

    internal sealed record FileAnswer(string Id, string Name, string MediaType, long Size, string Sha256);
}
