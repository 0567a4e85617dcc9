using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Forms.Validation;
using Microsoft.AspNetCore.Http;

namespace Cleiss.Forms.Endpoints;

internal static class JsonBody
{
    // The body is read by hand: model binding would answer broken or hostile JSON with an error of its own.
    public static async Task<(JsonObject? Body, IResult? Problem)> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
            if (buffer.Length > FormsEndpoints.LargestBody)
            {
                return (null, Persistence.Http.Problem.Of(StatusCodes.Status413PayloadTooLarge, "body-too-large", "L'envoi dépasse 1 Mo.", "Joignez les documents comme fichiers."));
            }
        }

        try
        {
            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            if (SafeJson.FromElement(document.RootElement) is JsonObject body)
            {
                return (body, null);
            }
        }
        catch (JsonException)
        {
            // Said below, together with JSON that is no object.
        }

        return (null, Persistence.Http.Problem.Of(StatusCodes.Status400BadRequest, "body-not-json", "L'envoi n'est pas un objet JSON lisible.", "Envoyez un objet JSON en UTF-8."));
    }
}
