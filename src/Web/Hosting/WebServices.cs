using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Web.Hosting;

public static class WebServices
{
    /// <summary>What the pages need. Safe to call twice.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddAntiforgery();
        return services;
    }
}
