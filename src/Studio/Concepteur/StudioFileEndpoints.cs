using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Cleiss.Studio.Concepteur;

/// <summary>Serves Elsa Studio's own files under <c>/studio</c>, in the smallest form the browser takes.</summary>
public sealed class StudioFileEndpoints(StudioPackage package) : IEndpointModule
{
    private const string Open = "the published files of Elsa Studio, the same for everybody; they hold no data";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var pattern in new[] { "_framework/{**file}", "_content/{**file}", "{file:regex(^[\\w.]+\\.(css|json)$)}" })
        {
            routes.MapMethods("/studio/" + pattern, [HttpMethods.Get, HttpMethods.Head], Send).AllowEveryone(Open).ExcludeFromDescription();
        }
    }

    private IResult Send(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/studio", out var rest) || package.Find(rest.Value!.TrimStart('/')) is not { } file)
        {
            return Results.NotFound();
        }

        var encoding = Choose(context.Request, file);
        var headers = context.Response.Headers;
        headers.CacheControl = file.Fingerprinted ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding.Name;
        }

        return Results.File(
            file.Path + encoding?.Suffix,
            file.ContentType,
            entityTag: new EntityTagHeaderValue($"\"{file.Version}{encoding?.Suffix}\""));
    }

    private static Encoding? Choose(HttpRequest request, StudioFile file)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return file.Brotli && Takes(accepted, Encoding.Brotli) ? Encoding.Brotli : file.Gzip && Takes(accepted, Encoding.Gzip) ? Encoding.Gzip : null;
    }

    private static bool Takes(IList<StringWithQualityHeaderValue> accepted, Encoding encoding) =>
        accepted.Any(value => value.Value.Equals(encoding.Name, StringComparison.OrdinalIgnoreCase) && value.Quality is null or > 0);

    private sealed record Encoding(string Name, string Suffix)
    {
        public static Encoding Brotli { get; } = new("br", ".br");

        public static Encoding Gzip { get; } = new("gzip", ".gz");
    }
}
