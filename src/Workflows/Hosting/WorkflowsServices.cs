using Cleiss.Activities.Cases;
using Cleiss.Activities.Hosting;
using Cleiss.Activities.Mail;
using Cleiss.Documents.Rendering;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Hosting;
using Cleiss.Forms.FieldTypes;
using Cleiss.Forms.Hosting;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Hosting;
using Cleiss.Workflows.BudgetRectificatif.Register;
using Cleiss.Workflows.Definitions;
using Cleiss.Workflows.EnvoiGroupe;
using Cleiss.Workflows.Fiches;
using Cleiss.Workflows.FormulaireDeLiaison;
using Cleiss.Workflows.FormulaireRecu;
using Cleiss.Workflows.Referentiels;
using Cleiss.Workflows.Solvit;
using Cleiss.Workflows.Statistiques;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Workflows.Hosting;

public static class WorkflowsServices
{
    /// <summary>The business processes with their forms and reference data, over <c>AddActivities</c>. Safe to call twice.</summary>
    public static IServiceCollection AddWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddActivities(configuration);
        services.AddActivitiesFrom(typeof(WorkflowsServices).Assembly);
        services.AddEntityModule<ReferenceEntities>();
        services.AddShippedForms(typeof(WorkflowsServices).Assembly);
        services.TryAddSingleton<ReferenceData>();
        services.TryAddSingleton<CatalogueEditor>();
        services.TryAddSingleton<ProcedureSheets>();
        services.TryAddSingleton<DecisionReader>();
        services.TryAddSingleton<CaseReading>();
        services.TryAddSingleton<EnvelopeStore>();
        services.TryAddSingleton<EnvelopeSending>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, EnvelopeParticipant>());
        services.AddEffectHandler<AnnounceEnvelopeHandler>();
        services.AddEffectHandler<AnswerByFormHandler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPartnerDirectory, ReferenceData>(provider => provider.GetRequiredService<ReferenceData>()));
        services.TryAddSingleton<IAnswerSource, FormAnswerSource>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IInstitutionDirectory, PartnerInstitutions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAgreementDirectory, PartnerInstitutions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDefinitionRule, KnownNamesRule>());
        services.TryAddSingleton<CompetentFunds>();
        services.TryAddSingleton<BudgetRegister>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, BudgetParticipant>());
        services.AddStartupTask<BudgetSeed>();
        services.TryAddSingleton<CaseCounts>();
        services.TryAddSingleton<StatisticsDesk>();
        AddAll<IProcess>(services);
        AddAll<IProcessStatistics>(services);
        AddAll<IPrintedData>(services);
        foreach (var module in typeof(WorkflowsServices).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IProcessModule))))
        {
            ((IProcessModule)Activator.CreateInstance(module)!).Register(services);
        }

        services.AddStartupTask<ReferenceSeed>();
        services.AddStartupTask<ProcessSeed>();
        return services.AddMigrations(typeof(WorkflowsServices).Assembly);
    }

    private static void AddAll<T>(IServiceCollection services)
    {
        foreach (var type in typeof(WorkflowsServices).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T))))
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(T), type));
        }
    }
}
