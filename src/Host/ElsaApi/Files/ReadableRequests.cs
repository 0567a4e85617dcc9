using Cleiss.Persistence.Http;

namespace Cleiss.Host.ElsaApi.Files;

/// <summary>Refuses, before anything reads them, requests to the APIs with texts that cannot be kept.</summary>
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

        await next(context);
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
        return JsonText.FaultOf(content.GetBuffer().AsSpan(0, (int)content.Length));
    }
}
