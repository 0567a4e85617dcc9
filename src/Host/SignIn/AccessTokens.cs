using System.Security.Claims;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace Cleiss.Host.SignIn;

/// <summary>Makes the tokens that ASP.NET Core's own handler reads, in the shape Elsa's clients expect.</summary>
internal sealed class AccessTokens(IOptionsMonitor<BearerTokenOptions> options, PeopleStore people)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromHours(12);

    private BearerTokenOptions Options => options.Get(BearerTokenDefaults.AuthenticationScheme);

    public string Access(Actor actor) => Options.BearerTokenProtector.Protect(Ticket(actor, ":AccessToken", Lifetime));

    public string Refresh(Actor actor) => Options.RefreshTokenProtector.Protect(Ticket(actor, ":RefreshToken", RefreshLifetime));

    /// <summary>Whose refresh token this is; null when it is wrong, expired, or the account blocked since.</summary>
    public async Task<Actor?> ReadRefreshAsync(string token, CancellationToken cancellationToken)
    {
        var ticket = Options.RefreshTokenProtector.Unprotect(token);
        return ticket?.Properties.ExpiresUtc > TimeProvider.System.GetUtcNow() && ticket.Principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? await people.FindActorAsync(id, cancellationToken)
            : null;
    }

    private static AuthenticationTicket Ticket(Actor actor, string purpose, TimeSpan lifetime) => new(
        ActorClaims.Slim(actor, BearerTokenDefaults.AuthenticationScheme),
        new AuthenticationProperties { ExpiresUtc = TimeProvider.System.GetUtcNow() + lifetime },
        BearerTokenDefaults.AuthenticationScheme + purpose);
}
