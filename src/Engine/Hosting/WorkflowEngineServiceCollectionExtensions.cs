using System.Reflection;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Definitions.Checks;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Expressions;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Timers;
using Cleiss.Engine.Triggers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Engine.Hosting;

public static class WorkflowEngineServiceCollectionExtensions
{
    /// <summary>The engine with its built-in activities; bring a store (<see cref="IWorkflowStore"/>, <see cref="IDefinitionStore"/>).</summary>
    public static IServiceCollection AddWorkflowEngine(this IServiceCollection services)
    {
        services.AddActivitiesFrom(typeof(WorkflowEngineServiceCollectionExtensions).Assembly);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ActivityRegistry>();
        services.TryAddSingleton<CodeWorkflows>();
        services.TryAddSingleton<CodeWorkflowPublisher>();
        services.TryAddSingleton<WorkflowCompiler>();
        services.TryAddSingleton<DefinitionCache>();
        services.TryAddSingleton<DefinitionPublisher>();
        services.TryAddEnumerable(
            [
                ServiceDescriptor.Singleton<IWorkflowRule, FlowRules>(),
                ServiceDescriptor.Singleton<IWorkflowRule, LiteralRules>(),
                ServiceDescriptor.Singleton<IWorkflowRule, NameRules>(),
                ServiceDescriptor.Singleton<IWorkflowRule, ScriptRules>(),
            ]);
        services.TryAddSingleton(provider => new InputEvaluator(provider.GetService<IScriptEvaluator>()));
        services.TryAddSingleton<WorkflowRunner>();
        services.TryAddSingleton<InstanceInspector>();
        services.TryAddSingleton<BurstSignals>();
        services.TryAddSingleton<WorkflowRuntime>();
        services.TryAddSingleton<SchedulingOptions>();
        services.TryAddSingleton<TriggerIndexer>();
        services.TryAddSingleton<DueTriggers>();
        services.TryAddSingleton<StimulusSender>();
        services.AddEffectHandler<PublishEventHandler>();
        services.AddEffectHandler<DeliverStimulusHandler>();
        services.AddEffectHandler<StartInstanceHandler>();
        services.AddEffectHandler<CancelChildrenHandler>();
        services.AddEffectHandler<RunTaskHandler>();
        return services;
    }

    /// <summary>Makes the activities of an assembly known to definitions.</summary>
    public static IServiceCollection AddActivitiesFrom(this IServiceCollection services, Assembly assembly)
    {
        if (!services.Any(s => s.ServiceType == typeof(ActivityAssembly) && (s.ImplementationInstance as ActivityAssembly)?.Assembly == assembly))
        {
            services.AddSingleton(new ActivityAssembly(assembly));
        }

        return services;
    }

    /// <summary>Registers a workflow written in C#; the host publishes it when it starts.</summary>
    public static IServiceCollection AddWorkflow<T>(this IServiceCollection services)
        where T : WorkflowBase
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<WorkflowBase, T>());
        return services;
    }

    /// <summary>Registers an effect handler.</summary>
    public static IServiceCollection AddEffectHandler<T>(this IServiceCollection services)
        where T : class, IEffectHandler
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEffectHandler, T>());
        return services;
    }
}
