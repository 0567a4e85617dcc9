using Cleiss.Studio.Concepteur;
using Cleiss.Studio.Formulaires;
using Cleiss.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Studio.Hosting;

public static class StudioServices
{
    /// <summary>What process owners' pages need. Safe to call twice.</summary>
    public static IServiceCollection AddStudio(this IServiceCollection services)
    {
        services.AddPagesOf(typeof(StudioServices).Assembly);
        services.TryAddSingleton<StudioPackage>();
        services.TryAddSingleton<DesignerVocabulary>();
        services.TryAddSingleton<FormUsage>();
        return services;
    }
}
