using Cleiss.Persistence.Http;
using Cleiss.Web.Account;
using Cleiss.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Cleiss.Web.Hosting;

/// <summary>All routed pages. The rule each page declares is put on its endpoint in the host's own words, where tests look for it.</summary>
public sealed class PageModule(IEnumerable<PageAssembly> others) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapRazorComponents<App>().AddAdditionalAssemblies([.. others.Select(other => other.Assembly)]).Add(endpoint =>
    {
        foreach (var rule in endpoint.Metadata.ToArray())
        {
            object? words = rule switch
            {
                NeedsAttribute needs => new RequirePermissionAttribute([.. needs.AnyOf]),
                SignedInAttribute => new OpenToSignedInAttribute(),
                OpenAttribute open => new OpenToEveryoneAttribute(open.Reason),
                _ => null,
            };
            if (words is not null)
            {
                endpoint.Metadata.Add(words);
            }
        }
    });
}
