using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Studio.Concepteur;

/// <summary>The page that hosts Elsa Studio. It has several addresses, so that a reload or a link leads back to what one looked at.</summary>
public sealed class ConcepteurEndpoints : IEndpointModule
{
    // Studio's editor and its list of instances bring one inline script each (keyboard shortcuts); a new release may bring new hashes.
    private const string StudioScripts = "'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='";

    // WebAssembly needs 'wasm-unsafe-eval', MudBlazor writes inline styles, Monaco's workers come from blobs.
    private const string Policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' " + StudioScripts + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    private static readonly string[] Addresses =
    [
        "/studio/workflows/definitions", "/studio/workflows/definitions/{id}/edit", "/studio/workflows/instances", "/studio/workflows/instances/{id}/view",
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var address in Addresses)
        {
            routes.MapGet(address, Show).RequirePermission(Permission.DefinitionsRead).ExcludeFromDescription();
        }

        routes.MapGet("/studio", () => Results.LocalRedirect("/studio/workflows/definitions"))
            .RequirePermission(Permission.DefinitionsRead).ExcludeFromDescription();
    }

    private static RazorComponentResult<ConcepteurPage> Show(HttpContext context)
    {
        context.SetContentSecurityPolicy(Policy);
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<ConcepteurPage>();
    }
}
