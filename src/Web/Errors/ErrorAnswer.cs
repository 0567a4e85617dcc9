using Cleiss.Web.Layout;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Cleiss.Web.Errors;

/// <summary>Writes the French error page as the answer; for the host's handlers of refusals, missing pages and failures.</summary>
public static class ErrorAnswer
{
    public static Task WriteAsync(HttpContext context, int status)
    {
        ArgumentNullException.ThrowIfNull(context);
        var page = new RazorComponentResult<StandalonePage>(new
        {
            Page = typeof(ErrorPage),
            Parameters = (IDictionary<string, object>)new Dictionary<string, object> { [nameof(ErrorPage.Status)] = status },
        })
        {
            StatusCode = status,
        };
        return page.ExecuteAsync(context);
    }
}
