using System.Reflection;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Clock;
using Cleiss.Persistence.Files;
using Cleiss.Persistence.Migrations;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Startup;
using Cleiss.Persistence.Trails;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Hosting;

public static class PersistenceServices
{
    /// <summary>
    /// The data source, the model, migrations, trails, people and files over one PostgreSQL database. Safe to call twice; the first
    /// connection string counts.
    /// </summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
            {
                // The same few statements over and over: parsing and planning them each time would cost more than running them.
                builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
                builder.ConnectionStringBuilder.AutoPrepareMinUsages = 3;
            }

            // Nothing that the product does to a session outlives its use (HostPresence lets go by itself), and cleaning one up before
            // each use would cost the server as much as the use does.
            builder.ConnectionStringBuilder.NoResetOnClose = true;
            builder.UseLoggerFactory(provider.GetService<ILoggerFactory>());
            return builder.Build();
        });
        if (services.Any(service => service.ServiceType == typeof(Migrator)))
        {
            return services;
        }

        services.AddDbContextFactory<CleissDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .ReplaceService<IModelCacheKeyFactory, CleissDbContext.ModelCacheKey>());
        services.AddSingleton<Migrator>();
        services.AddSingleton<TrailReader>();
        services.AddSingleton<PeopleStore>();
        services.AddSingleton<FileStore>();
        services.AddSingleton<IBurstParticipant, TrailParticipant>();
        services.AddStartupTask<PeopleSeed>();
        return services.AddMigrations(typeof(PersistenceServices).Assembly);
    }

    /// <summary>Time that tests may move, instead of the machine's. Call it before anything else registers a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddMovableClock(this IServiceCollection services)
    {
        if (!services.Any(service => service.ServiceType == typeof(MovableTimeProvider)))
        {
            services.AddSingleton<MovableTimeProvider>();
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(provider => provider.GetRequiredService<MovableTimeProvider>()));
            services.AddHostedService<ClockListener>();
        }

        return services;
    }

    /// <summary>Scripts embedded as <c>Migrations/NNNN_name.sql</c>, wherever in the project they lie.</summary>
    public static IServiceCollection AddMigrations(this IServiceCollection services, Assembly assembly)
    {
        if (!services.Any(service => service.ImplementationInstance is MigrationSource source && source.Assembly == assembly))
        {
            services.AddSingleton(new MigrationSource(assembly));
        }

        return services;
    }

    public static IServiceCollection AddEntityModule<T>(this IServiceCollection services)
        where T : class, IEntityModule
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEntityModule, T>());
        return services;
    }

    public static IServiceCollection AddStartupTask<T>(this IServiceCollection services)
        where T : class, IStartupTask
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupTask, T>());
        return services;
    }
}
