using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cleiss.TestKit;

/// <summary>Runs a container's background services as a host would.</summary>
public static class Workers
{
    public static async Task StartWorkersAsync(this IServiceProvider services)
    {
        foreach (var worker in services.GetServices<IHostedService>())
        {
            await worker.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Last started, first stopped.</summary>
    public static async Task StopWorkersAsync(this IServiceProvider services)
    {
        foreach (var worker in services.GetServices<IHostedService>().Reverse())
        {
            await worker.StopAsync(CancellationToken.None);
        }
    }
}
