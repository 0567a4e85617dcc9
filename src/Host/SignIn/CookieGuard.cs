using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;

namespace Cleiss.Host.SignIn;

/// <summary>A request that changes something under <c>/api</c> and comes with a cookie must prove that one of our pages sent it.</summary>
internal sealed class CookieGuard(RequestDelegate next, IAntiforgery antiforgery)
{
    public const string Header = "X-CSRF-TOKEN";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var guarded = request.Path.StartsWithSegments("/api")
            && !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            && context.User.Identity?.IsAuthenticated == true
            && !context.CameWithToken()
            && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null;
        if (guarded && (request.Headers[Header].Count == 0 || !await antiforgery.IsRequestValidAsync(context)))
        {
            await Problem.Of(
                StatusCodes.Status400BadRequest,
                "antiforgery",
                "Cette demande ne vient pas d’une page ouverte de Cleiss.",
                $"Rechargez la page et recommencez. Un programme donne un jeton, ou l’en-tête {Header} de GET /api/session.").ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
