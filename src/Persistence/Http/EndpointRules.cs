using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Cleiss.Persistence.Http;

/// <summary>The signed-in person's roles must allow one of these permissions.</summary>
public sealed record PermissionRequirement(IReadOnlyList<string> AnyOf) : IAuthorizationRequirement;

/// <summary>The rule of a page: <c>@attribute [RequirePermission(Permission.CasesRead)]</c>; endpoints use the method of the same name.</summary>
/// <param name="anyOf">One or more of <see cref="People.Permission"/>; one of them is enough.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequirePermissionAttribute(params string[] anyOf) : AuthorizeAttribute, IAuthorizationRequirementData
{
    public IReadOnlyList<string> AnyOf { get; } = anyOf;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new PermissionRequirement(AnyOf)];
}

/// <summary>Any signed-in person may use it, whatever the roles.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OpenToSignedInAttribute : AuthorizeAttribute;

/// <summary>Visitors may use it. The reason stays with the route, so that the list of open routes explains itself.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OpenToEveryoneAttribute(string reason) : Attribute, IAllowAnonymous
{
    public string Reason { get; } = reason;
}

public static class EndpointRules
{
    /// <param name="anyOf">One or more of <see cref="People.Permission"/>; one of them is enough.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequirePermissionAttribute(anyOf));

    public static TBuilder RequireSignedIn<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenToSignedInAttribute());

    /// <param name="reason">A sentence that a reviewer of open routes accepts.</param>
    public static TBuilder AllowEveryone<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenToEveryoneAttribute(reason));
}
