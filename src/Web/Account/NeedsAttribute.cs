using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Authorization;

namespace Cleiss.Web.Account;

/// <summary>The rule of a page: signed in, and allowed one of these permissions.</summary>
/// <param name="anyOf">Names from <see cref="Persistence.People.Permission"/>; one is enough.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(params string[] anyOf) : Attribute, IAuthorizeData, IAuthorizationRequirementData
{
    public IReadOnlyList<string> AnyOf { get; } = anyOf;

    public string? Policy { get; set; }

    public string? Roles { get; set; }

    public string? AuthenticationSchemes { get; set; }

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new PermissionRequirement(AnyOf)];
}

/// <summary>The rule of a page that any signed-in person may open.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SignedInAttribute : Attribute, IAuthorizeData
{
    public string? Policy { get; set; }

    public string? Roles { get; set; }

    public string? AuthenticationSchemes { get; set; }
}

/// <summary>The rule of a page that needs no account.</summary>
/// <param name="reason">A sentence that a reviewer of open pages accepts.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenAttribute(string reason) : Attribute, IAllowAnonymous
{
    public string Reason { get; } = reason;
}
