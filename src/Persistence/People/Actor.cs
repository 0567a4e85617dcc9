using System.Security.Claims;

namespace Cleiss.Persistence.People;

/// <summary>Who does something: a signed-in person, or the product itself.</summary>
/// <param name="Id">The user name.</param>
/// <param name="Name">As people read it: « Anne Martin ».</param>
public sealed record Actor(string Id, string Name, IReadOnlySet<string> Roles)
{
    /// <summary>Timers, effects and seeding act in this name; it may do everything.</summary>
    public static Actor System { get; } = new("system", "Cleiss", new HashSet<string>()) { Permissions = new HashSet<string>(Permission.All) };

    /// <summary>What the roles allow at this moment, from the table <c>role_permissions</c>.</summary>
    public IReadOnlySet<string> Permissions { get; init; } = new HashSet<string>();

    /// <param name="permission">One of <see cref="Permission"/>.</param>
    public bool Has(string permission) => Permissions.Contains(permission);

    public bool IsIn(string role) => Roles.Contains(role);

    /// <summary>The signed-in person of a request or circuit; null for a visitor.</summary>
    public static Actor? From(ClaimsPrincipal? principal)
    {
        var id = principal?.FindFirstValue(ClaimTypes.NameIdentifier);
        return principal?.Identity?.IsAuthenticated != true || id is null
            ? null
            : new Actor(id, principal.FindFirstValue(ClaimTypes.Name) ?? id, principal.FindAll(ClaimTypes.Role).Select(claim => claim.Value).ToHashSet())
            {
                Permissions = principal.FindAll(Permission.ClaimType).Select(claim => claim.Value).ToHashSet(),
            };
    }
}
