using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Alterations;

/// <summary>Applies alterations to an instance in memory, in order; the runtime commits the result when nothing was refused.</summary>
internal sealed class Alterer(DefinitionCache definitions)
{
    private readonly List<string> _refusals = [];
    private readonly List<string> _log = [];

    public IReadOnlyList<string> Refusals => _refusals;

    public IReadOnlyList<string> Log => _log;

    /// <returns>The context to go on with: another one after a migration.</returns>
    public async Task<WorkflowExecutionContext> ApplyAsync(
        WorkflowExecutionContext context, IReadOnlyList<Alteration> alterations, CancellationToken cancellationToken)
    {
        if (context.Status == WorkflowStatus.Finished)
        {
            _refusals.Add("L'instance est terminée : il n'y a plus rien à y changer.");
            return context;
        }

        foreach (var alteration in alterations)
        {
            switch (alteration)
            {
                case RetryIncidents retry:
                    await RetryAsync(context, retry.Activity);
                    break;
                case SkipActivity skip:
                    await TryAsync(context, () => SkipAsync(context, skip), cancellationToken);
                    break;
                case CancelActivity cancel:
                    await TryAsync(context, () => CancelAsync(context, cancel), cancellationToken);
                    break;
                case CancelInstance:
                    await context.CancelAllAsync();
                    _log.Add("L'instance est annulée.");
                    return context;
                case ModifyVariable modify:
                    Modify(context, modify);
                    break;
                case Migrate migrate:
                    context = await MigrateAsync(context, migrate, cancellationToken);
                    break;
                default:
                    throw new NotSupportedException($"{alteration.GetType().Name} is no alteration this engine knows.");
            }
        }

        return context;
    }

    /// <summary>What follows from a change may fail, such as a loop's condition: then the change is refused.</summary>
    private async ValueTask TryAsync(WorkflowExecutionContext context, Func<ValueTask> change, CancellationToken cancellationToken)
    {
        var incidents = context.NewIncidents;
        string? cause = null;
        try
        {
            await change();
            cause = context.NewIncidents > incidents ? context.Incidents[^1].Message : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            cause = e.Message;
        }

        if (cause is not null)
        {
            _refusals.Add($"Le flux ne pourrait pas continuer après ce changement : {cause}");
        }
    }

    private async ValueTask RetryAsync(WorkflowExecutionContext context, ActivityHandle? handle)
    {
        var faulted = context.Active.Where(active => active.Status == ActivityStatus.Faulted && (handle is null || Matches(active, handle))).ToList();
        if (faulted.Count == 0)
        {
            _refusals.Add(handle is null
                ? "Aucune activité n'est en incident : il n'y a rien à recommencer."
                : $"L'activité « {handle} » n'est pas en incident. Rechargez la page : quelqu'un l'a peut-être déjà reprise.");
            return;
        }

        foreach (var execution in faulted)
        {
            // An owner that began anew has cancelled what was at fault in it.
            if (execution.Status != ActivityStatus.Faulted)
            {
                continue;
            }

            _log.Add($"« {execution.Activity.DisplayText} » {(execution.HasUndone ? "reprend où elle s'est arrêtée" : "recommence")}.");
            await context.RetryAsync(execution);
        }

        context.EnqueuePending();
    }

    private async ValueTask SkipAsync(WorkflowExecutionContext context, SkipActivity skip)
    {
        foreach (var execution in PassableAmong(Running(context, skip.Activity)).Where(IsOpen))
        {
            var possible = execution.Activity.GetPossibleOutcomes();
            var outcomes = skip.Outcomes is { Count: > 0 } named ? named : possible is { Count: 0 } ? [] : Outcomes.Done;
            if (possible is not null && outcomes.FirstOrDefault(outcome => !possible.Contains(outcome)) is { } unknown)
            {
                _refusals.Add($"« {execution.Activity.DisplayText} » n'a pas l'issue « {unknown} ». Choisissez parmi : {string.Join(", ", possible)}.");
                continue;
            }

            context.Release(execution);
            // What the activity opened outside (a task, a mail's wait) is closed before the flow goes on without it.
            await context.CloseAsync(execution);
            await context.CompleteAsync(execution, outcomes);
            _log.Add($"« {execution.Activity.DisplayText} » est passée avec l'issue « {string.Join(", ", outcomes)} ».");
        }

        context.EnqueuePending();
    }

    private async ValueTask CancelAsync(WorkflowExecutionContext context, CancelActivity cancel)
    {
        foreach (var execution in PassableAmong(Running(context, cancel.Activity)).Where(IsOpen))
        {
            context.Release(execution);
            await context.CancelAloneAsync(execution);
            _log.Add($"« {execution.Activity.DisplayText} » est annulée.");
        }

        context.EnqueuePending();
    }

    /// <summary>The variable of this id, else of this name; the workflow's own before those of what runs in it.</summary>
    private void Modify(WorkflowExecutionContext context, ModifyVariable modify)
    {
        var value = Values.Unwrap(modify.Value?.DeepClone());
        if (Assign(context, value, variable => variable.Id == modify.Variable) || Assign(context, value, variable => variable.Name == modify.Variable))
        {
            return;
        }

        var known = context.Workflow.VariableNames;
        _refusals.Add(known.ContainsKey(modify.Variable) || known.Values.Contains(modify.Variable, StringComparer.Ordinal)
            ? $"La variable « {known.GetValueOrDefault(modify.Variable, modify.Variable)} » appartient à une étape qui n'est pas en cours : elle n'a pas de valeur à changer."
            : $"La variable « {modify.Variable} » n'existe pas. Variables : {string.Join(", ", known.Values.Distinct().Order(StringComparer.Ordinal))}.");
    }

    private bool Assign(WorkflowExecutionContext context, object? value, Func<Variable, bool> isMeant)
    {
        var name = context.Workflow.Variables.FirstOrDefault(isMeant)?.Name;
        if (name is not null)
        {
            context.Variables[name] = value;
        }
        else
        {
            foreach (var execution in context.Active)
            {
                if (execution is { Variables: { } scope, Activity: IHasVariables declaring } && declaring.Variables.FirstOrDefault(isMeant) is { } variable)
                {
                    name = variable.Name;
                    scope[name] = value;
                }
            }
        }

        if (name is not null)
        {
            _log.Add($"La variable « {name} » a une nouvelle valeur.");
        }

        return name is not null;
    }

    private async Task<WorkflowExecutionContext> MigrateAsync(WorkflowExecutionContext context, Migrate migrate, CancellationToken cancellationToken)
    {
        var wanted = await definitions.FindAsync(context.Workflow.DefinitionId, migrate.TargetVersion, cancellationToken);
        if (wanted is not { PublishedAt: not null })
        {
            _refusals.Add($"La version {migrate.TargetVersion} de « {context.Workflow.DefinitionId} » {(wanted is null ? "n'existe pas" : "est un brouillon : publiez-la d'abord")}.");
            return context;
        }

        var target = await definitions.GetAsync(wanted.Id, cancellationToken);
        if (target.DefinitionVersionId == context.Workflow.DefinitionVersionId)
        {
            _refusals.Add($"L'instance est déjà dans la version {target.Version}.");
            return context;
        }

        return InstanceMigration.Apply(context, new MigrationPlan(context.Workflow, target, migrate.Mappings), _refusals, _log) ?? context;
    }

    private List<ActivityExecutionContext> Running(WorkflowExecutionContext context, ActivityHandle handle)
    {
        var found = context.Active.Where(active => IsOpen(active) && Matches(active, handle)).ToList();
        if (found.Count == 0)
        {
            _refusals.Add($"L'activité « {handle} » n'est pas en cours dans cette instance. Rechargez la page : elle s'est peut-être terminée entre-temps.");
        }

        return found;
    }

    private List<ActivityExecutionContext> PassableAmong(List<ActivityExecutionContext> found)
    {
        var judged = found.ConvertAll(execution => (Execution: execution, Why: execution.Activity.WhyNotPassedOver(execution)));
        _refusals.AddRange(judged.Select(one => one.Why).OfType<string>().Distinct());
        return [.. judged.Where(one => one.Why is null).Select(one => one.Execution)];
    }

    /// <summary>Asked at each turn: what was done to one execution may have ended the next.</summary>
    private static bool IsOpen(ActivityExecutionContext execution) => execution.Status is not (ActivityStatus.Completed or ActivityStatus.Canceled);

    private static bool Matches(ActivityExecutionContext execution, ActivityHandle handle) =>
        handle.ActivityInstanceId is { } instanceId ? execution.Id == instanceId : execution.Activity.Id == handle.ActivityId;
}
