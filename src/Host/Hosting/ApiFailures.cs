using Microsoft.AspNetCore.Diagnostics;

namespace Cleiss.Host.Hosting;

/// <summary>Gives answers that no endpoint wrote (401, 404, an exception…) the form all problems of the API have.</summary>
internal static class ApiFailures
{
    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api");

    /// <summary>What a person looks at: a missing page says so in French instead of answering nothing.</summary>
    public static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && !IsApi(context);

    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Extensions.ContainsKey("code"))
        {
            return;
        }

        (var code, problem.Title) = problem.Status switch
        {
            400 => ("bad-request", "La demande n’est pas lisible : vérifiez le corps JSON et les paramètres."),
            401 => ("not-signed-in", "Connectez-vous : cette adresse demande un jeton ou une session."),
            403 => ("not-allowed", "Vos rôles ne permettent pas cette action."),
            404 => ("not-found", "Il n’y a rien à cette adresse."),
            405 => ("method-not-allowed", "Cette adresse n’accepte pas ce verbe HTTP."),
            413 => ("too-large", "La demande est trop volumineuse."),
            415 => ("unsupported-media-type", "Ce type de contenu n’est pas accepté ici."),
            >= 500 => ("internal-error", "Une erreur inattendue s’est produite ; elle est consignée. Réessayez dans un instant."),
            _ => ("http-" + problem.Status, problem.Title),
        };
        problem.Extensions["code"] = code;
    }

    public static void Handle(IApplicationBuilder app) => app.Run(async context =>
    {
        context.Response.StatusCode = context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad ? bad.StatusCode : 500;
        if (IsApi(context) || context.Request.Path.StartsWithSegments("/elsa"))
        {
            await Results.Problem(statusCode: context.Response.StatusCode).ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(
            """
            <!doctype html><html lang="fr"><meta charset="utf-8"><title>Erreur — Cleiss</title>
            <h1>Une erreur inattendue s’est produite</h1>
            <p>Elle est consignée. Rien de ce qui était enregistré n’est perdu : revenez à la page précédente et réessayez.</p>
            <p><a href="/">Aller à l’accueil</a></p></html>
            """);
    });
}
