using Cleiss.Persistence.Http;

namespace Cleiss.Host.Hosting;

internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            if (headers.ContentSecurityPolicy.Count == 0)
            {
                headers.ContentSecurityPolicy = PagePolicy.ContentSecurityPolicyOf(context);
            }

            // What an API answers is about people: it stays in no cache unless the endpoint knows better.
            if (headers.CacheControl.Count == 0 && (ApiFailures.IsApi(context) || context.Request.Path.StartsWithSegments("/elsa")))
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }
}
