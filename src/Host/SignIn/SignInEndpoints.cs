using System.Globalization;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Cleiss.Host.SignIn;

/// <summary>
/// Sign-in of people by the form of <c>/connexion</c> (fields <c>identifiant</c>, <c>motDePasse</c>, <c>retour</c>) and of programs by
/// Elsa's identity routes.
/// </summary>
internal sealed class SignInEndpoints(PeopleStore people, SignInThrottle throttle, AccessTokens tokens, IAntiforgery antiforgery) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/connexion", SignInAsync).AllowEveryone("where people sign in").ExcludeFromDescription();
        routes.MapPost("/deconnexion", (Delegate)SignOutAsync).AllowEveryone("signing out must work after the session has expired").ExcludeFromDescription();
        routes.MapPost("/elsa/api/identity/login", LoginAsync).AllowEveryone("where programs sign in");
        routes.MapPost("/elsa/api/identity/refresh-token", RefreshAsync).AllowEveryone("the refresh token itself is the proof");
        routes.MapGet("/api/session", Session).RequireSignedIn();
        routes.MapPost("/api/session/token", Token).RequireSignedIn();
    }

    private async Task<IResult> SignInAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return Results.LocalRedirect("/connexion?erreur=page-expiree");
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        var userName = form["identifiant"].ToString().Trim();
        var back = LocalPath(form["retour"].ToString());
        var query = back == "/" ? "" : "&retour=" + Uri.EscapeDataString(back);
        if (throttle.WaitOf(userName, AddressOf(context)) > TimeSpan.Zero)
        {
            return Results.LocalRedirect("/connexion?erreur=trop-d-essais" + query);
        }

        if (await CheckAsync(context, userName, form["motDePasse"].ToString(), cancellationToken) is not { } actor)
        {
            return Results.LocalRedirect("/connexion?erreur=identifiants" + query);
        }

        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, ActorClaims.Slim(actor, CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.LocalRedirect(back);
    }

    private async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context))
        {
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }

        return Results.LocalRedirect("/connexion");
    }

    private async Task<TokenAnswer> LoginAsync(Credentials credentials, HttpContext context, CancellationToken cancellationToken)
    {
        var userName = credentials.Username?.Trim() ?? "";
        if (throttle.WaitOf(userName, AddressOf(context)) is var wait && wait > TimeSpan.Zero)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return TokenAnswer.Refused;
        }

        return Answer(await CheckAsync(context, userName, credentials.Password ?? "", cancellationToken));
    }

    private async Task<TokenAnswer> RefreshAsync(HttpContext context, CancellationToken cancellationToken)
    {
        const string Prefix = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? Answer(await tokens.ReadRefreshAsync(header[Prefix.Length..], cancellationToken))
            : TokenAnswer.Refused;
    }

    private SessionAnswer Session(HttpContext context)
    {
        var actor = context.GetActor();
        return new SessionAnswer(
            actor.Id,
            actor.Name,
            actor.Roles.Order(StringComparer.Ordinal).ToArray(),
            actor.Permissions.Order(StringComparer.Ordinal).ToArray(),
            antiforgery.GetAndStoreTokens(context).RequestToken);
    }

    /// <summary>A page exchanges its cookie for a short token, to call <c>/elsa/api</c>.</summary>
    private ShortToken Token(HttpContext context) => new(tokens.Access(context.GetActor()), (int)AccessTokens.Lifetime.TotalSeconds);

    private async Task<Actor?> CheckAsync(HttpContext context, string userName, string password, CancellationToken cancellationToken)
    {
        var actor = await people.VerifyPasswordAsync(userName, password, cancellationToken);
        if (actor is null)
        {
            throttle.Failed(userName, AddressOf(context));
        }
        else
        {
            throttle.Succeeded(userName, AddressOf(context));
        }

        return actor;
    }

    private TokenAnswer Answer(Actor? actor) =>
        actor is null ? TokenAnswer.Refused : new TokenAnswer(true, tokens.Access(actor), tokens.Refresh(actor));

    private static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    /// <summary>Only a path of ours: a link to the sign-in page must not lead elsewhere afterwards.</summary>
    private static string LocalPath(string path) =>
        path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Any(sign => sign == '\\' || char.IsControl(sign))
            // A header holds ASCII only.
            ? string.Concat(path.EnumerateRunes().Select(rune => rune.IsAscii && rune.Value != ' ' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())))
            : "/";

    internal sealed record Credentials(string? Username, string? Password);

    internal sealed record TokenAnswer(bool IsAuthenticated, string? AccessToken, string? RefreshToken)
    {
        public static TokenAnswer Refused { get; } = new(false, null, null);
    }

    internal sealed record SessionAnswer(string Id, string Name, string[] Roles, string[] Permissions, string? AntiforgeryToken);

    internal sealed record ShortToken(string AccessToken, int ExpiresIn);
}
