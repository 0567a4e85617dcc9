using System.Security.Claims;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Authentication;

namespace Cleiss.Host.SignIn;

/// <summary>
/// Cookies and tokens carry the user name only; name, roles and permissions are looked up for each request, so that a blocked account or
/// a changed role takes effect on people who are signed in.
/// </summary>
internal sealed class ActorClaims(PeopleStore people) : IClaimsTransformation
{
    private const string Looked = "looked up";

    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true || principal.Identity is ClaimsIdentity { Label: Looked }
            || principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id)
        {
            return principal;
        }

        return await people.FindActorAsync(id, CancellationToken.None) is { } actor ? Full(actor, principal.Identity.AuthenticationType) : new ClaimsPrincipal(new ClaimsIdentity());
    }

    /// <summary>What goes into a cookie or token.</summary>
    public static ClaimsPrincipal Slim(Actor actor, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, actor.Id)], scheme));

    private static ClaimsPrincipal Full(Actor actor, string? scheme)
    {
        var claims = new List<Claim> { new(ClaimTypes.NameIdentifier, actor.Id), new(ClaimTypes.Name, actor.Name) };
        claims.AddRange(actor.Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        claims.AddRange(actor.Permissions.Select(permission => new Claim(Permission.ClaimType, permission)));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme) { Label = Looked });
    }
}
