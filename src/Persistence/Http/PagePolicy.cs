using Microsoft.AspNetCore.Http;

namespace Cleiss.Persistence.Http;

/// <summary>What a browser may load on a page. The strict policy holds unless the page's endpoint asks for more.</summary>
public static class PagePolicy
{
    public const string Strict =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    private static readonly object Key = new();

    /// <summary>Replaces the Content-Security-Policy of this answer, e.g. for Elsa Studio's WebAssembly.</summary>
    public static void SetContentSecurityPolicy(this HttpContext context, string policy)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Items[Key] = policy;
    }

    public static string ContentSecurityPolicyOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(Key, out var policy) && policy is string given ? given : Strict;
    }
}
