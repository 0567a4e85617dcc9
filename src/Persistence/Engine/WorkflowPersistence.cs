using Cleiss.Engine.Definitions;
using Cleiss.Engine.Hosting;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Triggers;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Verification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Persistence.Engine;

public static class WorkflowPersistence
{
    /// <summary>The engine on PostgreSQL; needs an <c>NpgsqlDataSource</c>. Stores only: no background work.</summary>
    public static IServiceCollection AddWorkflowStores(this IServiceCollection services)
    {
        services.AddWorkflowEngine();
        services.TryAddSingleton<IWorkflowStore, PostgresWorkflowStore>();
        services.TryAddSingleton<IDefinitionStore, PostgresDefinitionStore>();
        services.TryAddSingleton<DefinitionLists>();
        services.TryAddSingleton<DefinitionRemoval>();
        services.TryAddSingleton<UsableDefinitions>();
        services.TryAddSingleton<InstanceLists>();
        services.TryAddSingleton<InstanceRemoval>();
        services.TryAddSingleton<InstanceArrival>();
        services.TryAddSingleton<JournalLists>();
        services.TryAddSingleton<ITriggerStore, PostgresTriggerStore>();
        services.TryAddSingleton<Outbox>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, OutboxParticipant>());
        services.TryAddSingleton<StoredInstanceCheck>();
        services.TryAddSingleton<DatabaseVerifier>();
        services.AddInvariants<EngineInvariants>();
        services.AddInvariants<TrailInvariants>();
        return services;
    }

    /// <summary>What a module's tables must hold, for the command « verify ».</summary>
    public static IServiceCollection AddInvariants<T>(this IServiceCollection services)
        where T : class, IInvariantSource
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IInvariantSource, T>());
        return services;
    }

    /// <summary>Adds what runs on every host: presence, outbox worker, timers.</summary>
    public static IServiceCollection AddWorkflowWorkers(this IServiceCollection services)
    {
        services.AddWorkflowStores();
        if (services.All(s => s.ServiceType != typeof(HostPresence)))
        {
            services.AddStartupTask<CodeWorkflowTask>();
            services.AddSingleton<HostPresence>();
            services.AddSingleton<OutboxWorker>();
            services.AddSingleton<TimerService>();
            services.AddSingleton<TriggerService>();
            services.AddHostedService(provider => provider.GetRequiredService<HostPresence>());
            services.AddHostedService(provider => provider.GetRequiredService<OutboxWorker>());
            services.AddHostedService(provider => provider.GetRequiredService<TimerService>());
            services.AddHostedService(provider => provider.GetRequiredService<TriggerService>());
        }

        return services;
    }
}
