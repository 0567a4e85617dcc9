namespace Cleiss.Host.Hosting;

/// <summary>
/// Who comes by the public address comes over TLS when that address says so, also when a proxy ended the TLS and asked us over plain HTTP:
/// cookies are then marked Secure and browsers are told to stay on HTTPS. In production there is no other address.
/// </summary>
internal sealed class PublicScheme(RequestDelegate next, HostSettings settings)
{
    // Outside production it may be an address to listen on, as http://*:5080.
    private readonly string? _host = Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps ? address.Host : null;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (_host is not null && (settings.Production || request.Host.Host.Equals(_host, StringComparison.OrdinalIgnoreCase)))
        {
            request.Scheme = Uri.UriSchemeHttps;
        }

        return next(context);
    }
}
