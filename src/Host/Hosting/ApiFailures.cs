using Cleiss.Web.Errors;
using Microsoft.AspNetCore.Diagnostics;

namespace Cleiss.Host.Hosting;

/// <summary>Gives answers that no endpoint wrote (401, 404, an exception…) the form all problems of the API have.</summary>
internal static class ApiFailures
{
    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api");

    /// <summary>What a person looks at, as opposed to what a program asks for.</summary>
    public static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) && !IsApi(context);

    /// <summary>
    /// A refusal or a missing address that nothing else answered gets the French error page. Pages that found nothing write their own words.
    /// </summary>
    public static async Task AnswerEmptyPage(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var answer = context.Response;
        if (answer is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
        {
            await ErrorAnswer.WriteAsync(context, answer.StatusCode);
        }
    }

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

    /// <summary>What the sender did wrong is told to the sender; the log is for what went wrong here.</summary>
    public static ExceptionHandlerOptions Handling { get; } = new()
    {
        ExceptionHandler = HandleAsync,
        SuppressDiagnosticsCallback = failure => failure.Exception is BadHttpRequestException || DatabaseFailure.IsOfSender(failure.Exception),
    };

    private static async Task HandleAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var database = DatabaseFailure.Of(error);
        context.Response.StatusCode = error is BadHttpRequestException bad ? bad.StatusCode : DatabaseFailure.IsOfSender(error) ? 400 : 500;
        database?.Write(context.Response);
        if (IsApi(context) || context.Request.Path.StartsWithSegments("/elsa"))
        {
            await Results.Problem(
                statusCode: context.Response.StatusCode,
                title: database?.Title,
                extensions: database is null ? null : new Dictionary<string, object?> { ["code"] = database.Code }).ExecuteAsync(context);
            return;
        }

        await ErrorAnswer.WriteAsync(context, context.Response.StatusCode);
    }
}
