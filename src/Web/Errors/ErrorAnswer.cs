using Cleiss.Web.Layout;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Web.Errors;

/// <summary>Writes the French error page as the answer; for the host's handlers of refusals, missing pages and failures.</summary>
public static class ErrorAnswer
{
    public static async Task WriteAsync(HttpContext context, int status)
    {
        ArgumentNullException.ThrowIfNull(context);

        // A scope of its own: what the failed request's scope holds may be half-used or the cause of the failure.
        await using var scope = context.RequestServices.CreateAsyncScope();
        var services = context.RequestServices;
        context.RequestServices = scope.ServiceProvider;
        var page = new RazorComponentResult<StandalonePage>(new
        {
            Page = typeof(ErrorPage),
            Parameters = (IDictionary<string, object>)new Dictionary<string, object> { [nameof(ErrorPage.Status)] = status },
        })
        {
            StatusCode = status,
        };
        await page.ExecuteAsync(context);
        context.RequestServices = services;
    }
}
