using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Expressions;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Timers;

namespace Cleiss.Engine.Triggers;

/// <summary>Finds what can start a definition. Stores of definitions call it while they publish, so that index and version agree.</summary>
public sealed class TriggerIndexer(WorkflowCompiler compiler, InputEvaluator inputs, TimeProvider time, SchedulingOptions scheduling)
{
    /// <summary>Entries for a version about to be published; empty, without compiling, when nothing is marked as a start.</summary>
    /// <exception cref="DefinitionException">An activity's inputs cannot be evaluated without an instance.</exception>
    public async Task<IReadOnlyList<WorkflowTrigger>> IndexAsync(WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        if (!HasStart(definition.Document["root"]))
        {
            return [];
        }

        var problems = new List<DefinitionProblem>();
        // Without what it uses as activities: a trigger in there starts nothing here.
        var (compiled, unreadable) = compiler.Read(definition);
        if (compiled is null || unreadable.Any(problem => problem.Code != "CLS-1072"))
        {
            throw new DefinitionException($"workflow « {definition.DefinitionId} » v{definition.Version}", unreadable);
        }

        var triggers = await DescribeAsync(compiled, definition, problems, cancellationToken);
        return problems.Count == 0 ? triggers : throw new DefinitionException($"workflow « {definition.DefinitionId} » v{definition.Version}", problems);
    }

    /// <summary>What is wrong with the triggers of a document that compiles.</summary>
    public async Task<IReadOnlyList<DefinitionProblem>> CheckAsync(CompiledWorkflow compiled, CancellationToken cancellationToken)
    {
        var problems = new List<DefinitionProblem>();
        await DescribeAsync(compiled, null, problems, cancellationToken);
        return problems;
    }

    /// <summary>The date in the product's zone.</summary>
    public DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), scheduling.Zone).DateTime);

    /// <summary>Midnight of the first day of a version, in the product's zone; null when it is in force at once.</summary>
    public DateTimeOffset? InForceFrom(WorkflowDefinition definition)
    {
        if (definition.EffectiveFrom is not { } date)
        {
            return null;
        }

        var midnight = date.ToDateTime(TimeOnly.MinValue);
        var zone = scheduling.Zone;
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(1);
        }

        var start = new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
        return start > time.GetUtcNow() ? start : null;
    }

    private async Task<List<WorkflowTrigger>> DescribeAsync(
        CompiledWorkflow compiled, WorkflowDefinition? definition, List<DefinitionProblem> problems, CancellationToken cancellationToken)
    {
        var from = definition is null ? null : InForceFrom(definition);
        var now = from ?? time.GetUtcNow();
        var triggers = new List<WorkflowTrigger>();
        foreach (var activity in compiled.Activities.Values.Where(activity => activity is ITrigger && activity.Enclosing is null && IsStart(activity.CustomProperties)))
        {
            try
            {
                var execution = await EvaluateAsync(compiled, activity, now, cancellationToken);
                foreach (var stimulus in ((ITrigger)activity).DescribeTriggers(new TriggerIndexingContext(execution, now, scheduling.Zone)))
                {
                    triggers.Add(new WorkflowTrigger(
                        Ids.New(), compiled.DefinitionId, compiled.DefinitionVersionId, activity.Id, stimulus.Name,
                        StimulusHasher.Hash(stimulus.Name, stimulus.Stimulus), stimulus.Payload ?? stimulus.Stimulus, from, null, stimulus.DueAt, stimulus.Recurrence));
                }
            }
            catch (Exception e) when (e is FormatException or ScriptException or InvalidOperationException or TimeZoneNotFoundException)
            {
                problems.Add(new DefinitionProblem(
                    "CLS-1060",
                    $"$..[?(@.id=='{activity.Id}')]",
                    string.Create(CultureInfo.InvariantCulture, $"« {activity.DisplayText} » doit démarrer la procédure, mais ce qu'il attend ne peut pas être calculé avant qu'elle commence : {e.Message} Donnez-lui des valeurs fixes.")));
            }
        }

        return triggers;
    }

    private async Task<ActivityExecutionContext> EvaluateAsync(
        CompiledWorkflow compiled, Activity activity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var workflow = new WorkflowExecutionContext(compiled, "index", new Burst { Now = now });
        foreach (var variable in compiled.Variables)
        {
            workflow.Variables[variable.Name] = Values.Unwrap(variable.Default?.DeepClone());
        }

        var execution = workflow.CreateContext(activity, parent: null);
        if (activity.Inputs.All.Count > 0)
        {
            await inputs.EvaluateAsync(execution, cancellationToken);
        }

        return execution;
    }

    private static bool HasStart(JsonNode? node) => node switch
    {
        JsonObject json => json["customProperties"] is JsonObject properties && IsStart(properties) || json.Any(pair => HasStart(pair.Value)),
        JsonArray array => array.Any(HasStart),
        _ => false,
    };

    private static bool IsStart(JsonObject customProperties) =>
        customProperties["canStartWorkflow"] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}
