using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Cleiss.Persistence.Http;

/// <summary>A rule of an endpoint: the signed-in person's roles must allow one of these permissions.</summary>
public sealed record PermissionRequirement(IReadOnlyList<string> AnyOf) : IAuthorizationRequirement;

/// <summary>Why a route is open to visitors; kept with the route so that the list of open routes explains itself.</summary>
public sealed record OpenToEveryone(string Reason) : IAllowAnonymous;

/// <summary>Marks a route that any signed-in person may use, whatever the roles.</summary>
public sealed record OpenToSignedIn;

public static class EndpointRules
{
    /// <param name="anyOf">One or more of <see cref="People.Permission"/>; one of them is enough.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder
    {
        var requirement = new PermissionRequirement(anyOf);
        return endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(requirement)).WithMetadata(requirement);
    }

    public static TBuilder RequireSignedIn<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser()).WithMetadata(new OpenToSignedIn());

    /// <param name="reason">A sentence that a reviewer of open routes accepts.</param>
    public static TBuilder AllowEveryone<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenToEveryone(reason));
}
