using Cleiss.Activities.Cases;
using Cleiss.Activities.Decisions;
using Cleiss.Activities.Http;
using Cleiss.Activities.Mail;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Activities.Hosting;

public static class ActivitiesServices
{
    /// <summary>
    /// Cases, user tasks, mails, documents and waiting: activities, tables and services. Needs an <see cref="IPartnerDirectory"/> and
    /// an <c>IAnswerSource</c>, which the business processes bring. Safe to call
    /// twice.
    /// </summary>
    public static IServiceCollection AddActivities(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddActivitiesFrom(typeof(ActivitiesServices).Assembly);
        services.AddEntityModule<ActivityEntities>();
        services.AddMail(configuration);
        services.AddHttpActivities(configuration);
        services.TryAddSingleton<CaseService>();
        services.TryAddSingleton<CaseReader>();
        services.TryAddSingleton<FollowingCases>();
        services.AddEffectHandler<BeginCaseHandler>();
        services.TryAddSingleton<UserTaskReader>();
        services.TryAddSingleton<UserTaskService>();
        services.TryAddSingleton<PartnerLinkStore>();
        services.TryAddSingleton<PartnerLinkService>();
        services.TryAddSingleton<PartnerAttempts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, CaseParticipant>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, PartnerLinkParticipant>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, UserTaskParticipant>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDefinitionRule, DecisionTableRule>());
        services.AddInvariants<CaseInvariants>();
        services.AddInvariants<UserTaskInvariants>();
        services.AddInvariants<MailInvariants>();
        return services.AddMigrations(typeof(ActivitiesServices).Assembly);
    }
}
