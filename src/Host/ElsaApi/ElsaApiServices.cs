using Cleiss.Host.ElsaApi.Definitions;
using Cleiss.Host.ElsaApi.Descriptors;
using Cleiss.Host.ElsaApi.Live;
using Cleiss.Persistence.Hosting;

namespace Cleiss.Host.ElsaApi;

internal static class ElsaApiServices
{
    public static void AddElsaApi(this IServiceCollection services)
    {
        services.AddSignalR(hub => hub.MaximumReceiveMessageSize = 4096);
        services.AddMigrations(typeof(ElsaApiServices).Assembly);
        services.AddSingleton<Palette>();
        services.AddSingleton<DefinitionEdits>();
        services.AddSingleton<DefinitionEditor>();
        services.AddSingleton<Viewers>();
        services.AddSingleton<InstanceChanges>();
        services.AddHostedService<InstanceNews>();
    }
}
