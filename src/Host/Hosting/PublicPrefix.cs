namespace Cleiss.Host.Hosting;

/// <summary>
/// A proxy may show the product below a path, as https://portail.example/liaison: then the public address says so, and every link, form,
/// redirection and cookie of ours is below it. The proxy may pass the path on or take it away. Pages need not know: what they write for the
/// root is put below the path here, in one place.
/// </summary>
internal sealed class PublicPrefix(RequestDelegate next, HostSettings settings)
{
    private readonly string _prefix = settings.PathBase;

    public async Task InvokeAsync(HttpContext context)
    {
        if (_prefix.Length == 0)
        {
            await next(context);
            return;
        }

        var request = context.Request;
        if (request.Path.StartsWithSegments(_prefix, out var rest))
        {
            request.Path = rest.HasValue ? rest : "/";
        }

        request.PathBase = _prefix;
        var response = context.Response;
        var body = response.Body;
        await using var pages = new PrefixedPages(response, body, _prefix);
        response.OnStarting(() =>
        {
            if (PrefixedPages.IsPage(response))
            {
                response.ContentLength = null;
            }

            if (response.Headers.Location is [{ Length: > 0 } location])
            {
                response.Headers.Location = Below(location, request);
            }

            return Task.CompletedTask;
        });
        response.Body = pages;
        try
        {
            await next(context);
            await pages.SendAsync(context.RequestAborted);
        }
        finally
        {
            response.Body = body;
        }
    }

    private string Below(string location, HttpRequest request)
    {
        var origin = $"{request.Scheme}://{request.Host}";
        var path = location.StartsWith(origin + "/", StringComparison.OrdinalIgnoreCase) ? location[origin.Length..] : location;
        return path is ['/', not '/', ..] or "/" && !new PathString(path.Split('?', '#')[0]).StartsWithSegments(_prefix) ? _prefix + path : location;
    }
}
