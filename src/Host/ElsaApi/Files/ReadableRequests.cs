using Cleiss.Persistence.Http;
using Cleiss.Web.Errors;

namespace Cleiss.Host.ElsaApi.Files;

/// <summary>
/// Refuses, before anything reads them, requests to the APIs with texts that cannot be kept, and forms of pages that cannot be read: the
/// check of their antiforgery token would trip over them.
/// </summary>
internal sealed class ReadableRequests(RequestDelegate next)
{
    private const int InMemory = 1024 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        var isElsa = context.Request.Path.StartsWithSegments("/elsa");
        if ((isElsa || context.Request.Path.StartsWithSegments("/api")) && await FaultOfAsync(context.Request) is { } fault)
        {
            await (isElsa ? ElsaAnswers.Refused(fault) : Problem.Of(StatusCodes.Status400BadRequest, "bad-request", fault, null)).ExecuteAsync(context);
            return;
        }

        if (IsPlainForm(context.Request) && !await IsReadableAsync(context.Request))
        {
            await ErrorAnswer.WriteAsync(context, StatusCodes.Status400BadRequest);
            return;
        }

        await next(context);
    }

    /// <summary>Endpoints of workflows have limits of their own and read for themselves.</summary>
    private static bool IsPlainForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true && !request.Path.StartsWithSegments("/workflows");

    private static async Task<bool> IsReadableAsync(HttpRequest request)
    {
        try
        {
            await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return true;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string?> FaultOfAsync(HttpRequest request)
    {
        if (request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true || request.Path.Value?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return "L'adresse contient le caractère nul (U+0000).";
        }

        if (!request.HasJsonContentType() || request.ContentLength == 0)
        {
            return null;
        }

        request.EnableBuffering(InMemory);
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return JsonText.FaultOf(content.GetBuffer().AsMemory(0, (int)content.Length));
    }
}
