using Cleiss.Host.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cleiss.Host.SignIn;

internal static class SignInServices
{
    /// <summary>Chooses cookie or token for each request.</summary>
    private const string Choice = "choice";

    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddAuthentication(Choice)
            .AddPolicyScheme(Choice, null, options => options.ForwardDefaultSelector = SchemeFor)
            .AddCookie(CookieAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.Cookie.Name = "cleiss";
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.LoginPath = "/connexion";
                options.AccessDeniedPath = "/acces-refuse";
                options.ReturnUrlParameter = "retour";
                options.ExpireTimeSpan = TimeSpan.FromHours(8);
                options.TimeProvider = TimeProvider.System;
                options.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
                options.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
            })
            .AddBearerToken(BearerTokenDefaults.AuthenticationScheme, options =>
            {
                options.BearerTokenExpiration = AccessTokens.Lifetime;
                options.RefreshTokenExpiration = AccessTokens.RefreshLifetime;

                // Real time: a test that moves the clock by ninety days must not sign everybody out.
                options.TimeProvider = TimeProvider.System;
                options.Events.OnMessageReceived = context =>
                {
                    // A browser cannot give a WebSocket a header.
                    if (context.Request.Path.StartsWithSegments("/elsa/hubs"))
                    {
                        context.Token = context.Request.Query["access_token"];
                    }

                    return Task.CompletedTask;
                };
            });
        services.AddAuthorization(options =>
            options.FallbackPolicy = new AuthorizationPolicyBuilder()
                // Nothing there, or an endpoint that routing itself puts in to answer 405 or 415: only a real route without a rule answers nobody.
                .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
                .Build());
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IClaimsTransformation, ActorClaims>();
        // Real time, as for the tokens.
        services.AddSingleton(provider => new SignInThrottle(provider.GetRequiredService<HostSettings>().Proxies.Count > 0, TimeProvider.System));
        services.AddSingleton<AccessTokens>();
        services.AddAntiforgery(options =>
        {
            options.HeaderName = CookieGuard.Header;
            options.Cookie.Name = "cleiss-af";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddCascadingAuthenticationState();
        services.AddDataProtection().SetApplicationName("cleiss");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
            options.XmlRepository = new DatabaseKeys(provider.GetRequiredService<NpgsqlDataSource>())));
    }

    private static string SchemeFor(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/elsa") || context.Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? BearerTokenDefaults.AuthenticationScheme
            : CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>Programs get the status; people are taken to the page.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/metrics"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}
