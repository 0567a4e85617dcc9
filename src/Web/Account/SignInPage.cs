using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Cleiss.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;

namespace Cleiss.Web.Account;

/// <summary>The page with the sign-in form. The host answers its POST.</summary>
public sealed class SignInPage : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/connexion", ShowAsync).AllowEveryone("Nobody is signed in before signing in.").ExcludeFromDescription();

    private static async Task<RazorComponentResult> ShowAsync(
        HttpContext context, PeopleStore people, IConfiguration configuration, string? retour, string? erreur)
    {
        IReadOnlyList<Person> demo = configuration.GetValue<bool>("Demo:Enabled")
            ? [.. (await people.ListAsync(context.RequestAborted)).Where(person => person is { Demo: true, Active: true })]
            : [];
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<StandalonePage>(new
        {
            Page = typeof(SignIn),
            Parameters = (IDictionary<string, object>)new Dictionary<string, object>
            {
                [nameof(SignIn.Error)] = erreur ?? "",
                [nameof(SignIn.ReturnUrl)] = retour ?? "",
                [nameof(SignIn.Demo)] = demo,
            },
        });
    }
}
