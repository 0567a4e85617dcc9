using Cleiss.Host.ElsaApi.Live;

namespace Cleiss.Host.ElsaApi;

internal static class ElsaApiServices
{
    public static void AddElsaApi(this IServiceCollection services)
    {
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = 4096);
        services.AddSingleton<Viewers>();
        services.AddSingleton<InstanceChanges>();
        services.AddHostedService<InstanceNews>();
    }
}
