using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Bursts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Activities.Http;

internal static class HttpServices
{
    public static IServiceCollection AddHttpActivities(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(_ => configuration.GetSection(HttpActivityOptions.Section).Get<HttpActivityOptions>() ?? new HttpActivityOptions());
        services.TryAddSingleton<HttpRoutes>();
        services.TryAddSingleton<HttpResponses>();
        services.TryAddSingleton<IncomingRequest>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, HttpParticipant>());
        return services.AddEffectHandler<SendHttpHandler>();
    }
}
