using Cleiss.Activities.Mail;
using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Workflows.Hosting;
using Cleiss.Workflows.Referentiels;
using Cleiss.Workflows.Traductions.Activities;
using Cleiss.Workflows.Traductions.Market;
using Cleiss.Workflows.Traductions.Months;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Workflows.Traductions;

internal sealed class TraductionModule : IProcessModule
{
    public void Register(IServiceCollection services)
    {
        services.TryAddSingleton<TranslationMarket>();
        services.TryAddSingleton<TranslationCosts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPartnerDirectory, TranslationMarket>(provider => provider.GetRequiredService<TranslationMarket>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPrintedData, TranslationPrints>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, TranslationParticipant>());
        services.AddEffectHandler<ExamineTranslationHandler>();
        services.AddEffectHandler<RouteTranslationHandler>();
        services.AddInvariants<TranslationInvariants>();
        services.AddStartupTask<MarketSeed>();
    }
}
