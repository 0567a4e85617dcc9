using Cleiss.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Studio.Hosting;

public static class StudioServices
{
    /// <summary>What process owners' pages need. Safe to call twice.</summary>
    public static IServiceCollection AddStudio(this IServiceCollection services)
    {
        services.AddPagesOf(typeof(StudioServices).Assembly);
        return services;
    }
}
