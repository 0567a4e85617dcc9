using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Http;

namespace Cleiss.Persistence.Http;

public static class ActorOfRequest
{
    /// <summary>The signed-in person of a request whose endpoint has a rule.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint is open, use <see cref="FindActor"/>.</exception>
    public static Actor GetActor(this HttpContext context) =>
        context.FindActor() ?? throw new InvalidOperationException("Nobody is signed in; this endpoint lacks a rule or should use FindActor.");

    /// <summary>
    /// The person showed a token, which no page elsewhere can make a browser send along. The header alone proves nothing: beside one that
    /// names another scheme, the cookie may have signed the person in.
    /// </summary>
    public static bool CameWithToken(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.User.Identity is { IsAuthenticated: true, AuthenticationType: BearerTokenDefaults.AuthenticationScheme };
    }

    public static Actor? FindActor(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Actor.From(context.User);
    }
}
