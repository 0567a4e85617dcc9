using System.Security.Claims;

namespace Cleiss.Persistence.People;

/// <summary>Who does something: a signed-in person, or the product itself.</summary>
/// <param name="Id">The user name.</param>
/// <param name="Name">As people read it: « Anne Martin ».</param>
public sealed record Actor(string Id, string Name, IReadOnlySet<string> Roles)
{
    /// <summary>Stands for whoever answers through a one-time link. As that of <see cref="System"/>, no account may have it.</summary>
    public const string PartnerId = "partenaire";

    private const string SystemId = "system";

    /// <summary>Timers, effects and seeding act in this name; it may do everything.</summary>
    public static Actor System { get; } = new(SystemId, "Cleiss", new HashSet<string>()) { Permissions = new HashSet<string>(Permission.All) };

    /// <summary>What the roles allow at this moment, from the table <c>role_permissions</c>.</summary>
    public IReadOnlySet<string> Permissions { get; init; } = new HashSet<string>();

    /// <summary>Whether somebody with this user name could be taken for the product or for a partner.</summary>
    internal static bool IsReserved(string id) => id is PartnerId or SystemId;

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
