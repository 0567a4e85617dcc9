using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Alterations;

/// <summary>
/// Rebuilds an instance over another version: same executions, same bookmarks, same variables; only what they belong to changes. Either
/// everything finds its place or nothing moves, with a reason for each thing that does not.
/// </summary>
internal static class InstanceMigration
{
    /// <returns>The instance in the new version; null when refused.</returns>
    public static WorkflowExecutionContext? Apply(WorkflowExecutionContext source, MigrationPlan plan, List<string> refusals, List<string> log)
    {
        var before = refusals.Count;
        refusals.AddRange(plan.Refusals);
        var burst = source.Burst;
        var target = new WorkflowExecutionContext(plan.Target, source.Id, burst)
        {
            CorrelationId = source.CorrelationId,
            Name = source.Name,
            ParentInstanceId = source.ParentInstanceId,
            Status = source.Status,
            SubStatus = source.SubStatus,
            CreatedAt = source.CreatedAt,
            LastNumber = source.LastNumber,
            JournalSequence = source.JournalSequence,
            Input = source.Input,
            Output = source.Output,
            Properties = source.Properties,
            LastResult = source.LastResult,
            Services = source.Services,
            Evaluator = source.Evaluator,
        };
        MoveVariables(source, target, plan, log);
        MoveExecutions(source, target, plan, refusals);
        if (refusals.Count > before)
        {
            return null;
        }

        foreach (var (activityId, outputs) in source.ActivityOutputs)
        {
            if (plan.Find(activityId) is { } counterpart)
            {
                target.ActivityOutputs[counterpart.Id] = outputs;
            }
            else
            {
                log.Add($"Les résultats de « {activityId} » ne sont plus accessibles : la version {plan.Target.Version} n'a plus cette activité.");
            }
        }

        target.Incidents.AddRange(source.Incidents.Select(incident => plan.Find(incident.ActivityId) is { } at
            ? incident with { ActivityId = at.Id, ActivityNodeId = at.NodeId }
            : incident));
        MoveBookmarks(source, target);
        source.ScheduleIn(target);
        var moved = plan.ActivityIds.Where(pair => pair.Key != pair.Value).ToDictionary(StringComparer.Ordinal);
        burst.Migration = new InstanceMigrated(source.Id, plan.Target.DefinitionVersionId, plan.Target.Version, moved);
        log.Add($"L'instance passe de la version {plan.Source.Version} à la version {plan.Target.Version}.");
        return target;
    }

    private static void MoveVariables(WorkflowExecutionContext source, WorkflowExecutionContext target, MigrationPlan plan, List<string> log)
    {
        foreach (var variable in plan.Target.Variables)
        {
            // By id first: a renamed variable keeps its value.
            var old = plan.Source.Variables.FirstOrDefault(candidate => candidate.Id == variable.Id)
                ?? plan.Source.Variables.FirstOrDefault(candidate => candidate.Name == variable.Name);
            if (old is not null && source.Variables.TryGetValue(old.Name, out var value))
            {
                target.Variables[variable.Name] = value;
            }
            else
            {
                target.Variables[variable.Name] = Values.Unwrap(variable.Default?.DeepClone());
                log.Add($"La nouvelle variable « {variable.Name} » prend sa valeur initiale.");
            }
        }

        foreach (var gone in plan.Source.Variables.Where(old => !plan.Target.Variables.Any(variable => variable.Id == old.Id || variable.Name == old.Name)))
        {
            log.Add($"La variable « {gone.Name} » n'existe plus : sa valeur est laissée.");
        }
    }

    private static void MoveExecutions(WorkflowExecutionContext source, WorkflowExecutionContext target, MigrationPlan plan, List<string> refusals)
    {
        var moved = new Dictionary<int, ActivityExecutionContext>();
        foreach (var execution in source.Active)
        {
            if (plan.Find(execution.Activity.Id) is not { } activity)
            {
                refusals.Add($"L'instance attend dans « {execution.Activity.DisplayText} » ({execution.Activity.Id}), qui n'a pas d'équivalent dans la version {plan.Target.Version}. Indiquez l'activité qui la remplace, ou attendez que cette étape soit passée.");
                continue;
            }

            ActivityExecutionContext? parent = null;
            if (execution.Parent is { } owner && !moved.TryGetValue(owner.Number, out parent))
            {
                // The owner has no place: that is already said.
                continue;
            }

            if (parent?.Activity != activity.Parent)
            {
                refusals.Add($"« {execution.Activity.DisplayText} » est dans « {execution.Parent?.Activity.DisplayText} », mais son équivalent « {activity.DisplayText} » est dans « {activity.Parent?.DisplayText} ». Une activité en cours ne change pas de conteneur.");
                continue;
            }

            var copy = new ActivityExecutionContext(target, execution.Number, activity, parent)
            {
                Status = execution.Status,
                StartedAt = execution.StartedAt,
                CompletionCallbackName = execution.CompletionCallback?.Method.Name ?? execution.CompletionCallbackName,
                Tag = execution.Tag,
                Undone = execution.Undone,
                Variables = MoveScope(execution, activity),
            };
            if (execution.HasProperties)
            {
                copy.Properties = execution.Properties.DeepClone().AsObject();
            }

            moved[copy.Number] = copy;
            target.Adopt(copy);
        }

        // Owners look at what runs in them, so all executions must have their place first.
        if (moved.Count == source.Active.Count)
        {
            refusals.AddRange(source.Active.SelectMany(execution => moved[execution.Number].Activity.MoveState(moved[execution.Number], execution.Activity, plan)));
        }
    }

    /// <summary>A container's own variables: kept by id, then by name; new ones begin at their initial value; loop values have no declaration.</summary>
    private static Dictionary<string, object?>? MoveScope(ActivityExecutionContext execution, Activity activity)
    {
        if (execution.Variables is not { } values || activity is not IHasVariables container || execution.Activity is not IHasVariables before)
        {
            return execution.Variables;
        }

        var scope = values.Where(pair => !before.Variables.Any(old => old.Name == pair.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var variable in container.Variables)
        {
            var old = before.Variables.FirstOrDefault(candidate => candidate.Id == variable.Id) ?? before.Variables.FirstOrDefault(candidate => candidate.Name == variable.Name);
            scope[variable.Name] = old is not null && values.TryGetValue(old.Name, out var value) ? value : Values.Unwrap(variable.Default?.DeepClone());
        }

        return scope;
    }

    private static void MoveBookmarks(WorkflowExecutionContext source, WorkflowExecutionContext target)
    {
        foreach (var bookmark in source.OpenBookmarks)
        {
            var owner = target.Active.First(active => active.Number == bookmark.ActivityNumber);
            var kept = bookmark with { ActivityId = owner.Activity.Id };
            target.OpenBookmarks.Add(kept);
            owner.OpenBookmarks++;
            if (kept != bookmark)
            {
                source.Burst.MovedBookmarks.Add(kept);
            }
        }
    }
}
