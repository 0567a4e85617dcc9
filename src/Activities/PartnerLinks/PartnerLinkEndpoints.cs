using System.Text.Json.Nodes;
using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>What partners' own programs may do with a link, and the files a link hands out. The token travels in the body, never in an address of the API.</summary>
public sealed class PartnerLinkEndpoints(PartnerLinkService links) : IEndpointModule
{
    private const string Why = "A partner without an account shows the token of a one-time link.";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/partenaire/{token}/fichiers/{index:int}", FetchAsync).AllowEveryone(Why);
        routes.MapPost("/api/partner-links/read", ReadAsync).AllowEveryone(Why);
        routes.MapPost("/api/partner-links/answer", AnswerAsync).AllowEveryone(Why);
        routes.MapPost("/api/partner-links/files", KeepFileAsync).AllowEveryone(Why);
    }

    private sealed record ReadBody(string? Token);

    private sealed record AnswerBody(string? Token, string? ActionKey, JsonObject? Data, string? Reason);

    private static string? AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    private Task<IResult> FetchAsync(string token, int index, HttpContext http, CancellationToken cancellationToken) => RefusingAsync(async () =>
    {
        var (file, content) = await links.FetchAsync(token, index, AddressOf(http), cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(content, file.MediaType, file.Name);
    });

    private Task<IResult> ReadAsync(ReadBody body, HttpContext http, CancellationToken cancellationToken) => RefusingAsync(async () =>
    {
        var view = await links.OpenAsync(body.Token ?? "", AddressOf(http), cancellationToken);
        return Results.Ok(new
        {
            view.Link.Title,
            view.Link.Instructions,
            open = links.IsOpen(view.Link),
            view.Link.ExpiresAt,
            view.Link.ClosedByAction,
            view.SentBack,
            form = view.Form is null ? null : new { view.Form.Key, view.Form.Version, view.Form.Schema },
            view.Link.Actions,
            files = view.Files.Select(file => new { file.Name, file.MediaType, file.Size, file.Sha256 }),
        });
    });

    private Task<IResult> AnswerAsync(AnswerBody body, HttpContext http, CancellationToken cancellationToken) => RefusingAsync(async () =>
    {
        await links.AnswerAsync(body.Token ?? "", body.ActionKey ?? "", body.Data, body.Reason, AddressOf(http), cancellationToken);
        return Results.Ok(new { recorded = true });
    });

    private Task<IResult> KeepFileAsync(HttpContext http, CancellationToken cancellationToken) => RefusingAsync(async () =>
    {
        if (!http.Request.HasFormContentType)
        {
            return Problem.Of(StatusCodes.Status415UnsupportedMediaType, "not-multipart", "Envoyez le fichier en multipart/form-data, dans le champ « file », avec le champ « token ».");
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = PartnerLinkService.LargestFile + 64 * 1024 }, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "file-unreadable", "L'envoi est incomplet, mal formé ou dépasse 25 Mo.");
        }

        if (form.Files is not [var upload, ..])
        {
            return Problem.Invalid("file-missing", "Aucun fichier n'a été reçu.", "Mettez-le dans le champ « file ».");
        }

        await using var content = upload.OpenReadStream();
        var file = await links.KeepFileAsync(form["token"].ToString(), upload.FileName, content, upload.Length, AddressOf(http), cancellationToken);
        return Results.Created((string?)null, new { file.Id, file.Name, file.MediaType, file.Size, file.Sha256 });
    });

    private static async Task<IResult> RefusingAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (PartnerLinkRefusedException e)
        {
            return Problem.Of(e.Status, e.Code, e.Message, null, ("errors", e.Faults));
        }
    }
}
