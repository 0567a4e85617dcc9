using Cleiss.Activities.Cases;
using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Activities.Hosting;

public static class ActivitiesServices
{
    /// <summary>Cases, user tasks, mails, documents and waiting: activities, tables and services. Safe to call twice.</summary>
    public static IServiceCollection AddActivities(this IServiceCollection services)
    {
        services.AddActivitiesFrom(typeof(ActivitiesServices).Assembly);
        services.AddEntityModule<ActivityEntities>();
        return services.AddMigrations(typeof(ActivitiesServices).Assembly);
    }
}
