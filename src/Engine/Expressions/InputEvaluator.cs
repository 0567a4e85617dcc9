using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Expressions;

/// <summary>Fills an execution's input slots. Only JavaScript and Liquid leave the process, in one call per activity.</summary>
public sealed class InputEvaluator(IScriptEvaluator? scripts = null)
{
    internal async ValueTask EvaluateAsync(ActivityExecutionContext execution, CancellationToken cancellationToken)
    {
        var plan = execution.Activity.Inputs;
        var values = new object?[plan.All.Count];
        execution.InputValues = values;
        foreach (var input in plan.All)
        {
            if (input.Source != InputSource.Script)
            {
                values[input.Input.Slot] = Named(input, execution, static (input, execution) => Read(input, execution));
            }
        }

        if (plan.HasScripts)
        {
            await EvaluateScriptsAsync(execution, plan, values, cancellationToken);
        }
    }

    /// <summary>Evaluates one expression now, for what an activity needs again after it has begun.</summary>
    internal async ValueTask<object?> EvaluateOneAsync(ActivityExecutionContext execution, CompiledInput input, CancellationToken cancellationToken)
    {
        if (input.Source != InputSource.Script)
        {
            return Named(input, execution, static (input, execution) => Read(input, execution));
        }

        var expression = input.Input.Expression!;
        var value = (await RunAsync(execution, [new ScriptExpression(expression.Type, Values.ToText(expression.Value))], cancellationToken))[0];
        return Named(input, execution, (input, _) => input.Input.ConvertValue(value));
    }

    /// <summary>Evaluated inputs for the journal; null when there are none. Inputs marked sensitive stay out.</summary>
    internal JsonObject? Describe(ActivityExecutionContext execution)
    {
        if (execution.InputValues is not { } values)
        {
            return null;
        }

        var state = new JsonObject();
        foreach (var input in execution.Activity.Inputs.All)
        {
            if (!input.IsSensitive && values[input.Input.Slot] is { } value and not Delegate)
            {
                state[input.Name] = Values.ToJson(value);
            }
        }

        return state;
    }

    private static object? Read(CompiledInput input, ActivityExecutionContext execution) => input.Source switch
    {
        InputSource.Constant => input.Constant,
        InputSource.Variable => input.Input.ConvertValue(execution.GetVariable(input.Reference!)),
        InputSource.WorkflowInput => input.Input.ConvertValue(execution.WorkflowInput[input.Reference!]),
        InputSource.Delegate => input.Input.ConvertValue(((Func<ActivityExecutionContext, object?>)input.Input.Expression!.Value!)(execution)),
        _ => null,
    };

    private static object? Named(CompiledInput input, ActivityExecutionContext execution, Func<CompiledInput, ActivityExecutionContext, object?> read)
    {
        try
        {
            return read(input, execution);
        }
        catch (FormatException e)
        {
            throw new FormatException($"Input {input.Name} of activity {execution.Activity.Id}: {e.Message}", e);
        }
    }

    private async ValueTask EvaluateScriptsAsync(
        ActivityExecutionContext execution, CompiledInputs plan, object?[] values, CancellationToken cancellationToken)
    {
        var sources = plan.All.Where(input => input.Source == InputSource.Script).ToList();
        var results = await RunAsync(
            execution, sources.ConvertAll(input => new ScriptExpression(input.Input.Expression!.Type, Values.ToText(input.Input.Expression.Value))), cancellationToken);
        for (var i = 0; i < sources.Count; i++)
        {
            var value = results[i];
            values[sources[i].Input.Slot] = Named(sources[i], execution, (input, _) => input.Input.ConvertValue(value));
        }
    }

    /// <summary>Runs scripts in the scope of an execution and applies what they changed.</summary>
    internal async Task<IReadOnlyList<JsonNode?>> RunAsync(
        ActivityExecutionContext execution, IReadOnlyList<ScriptExpression> expressions, CancellationToken cancellationToken)
    {
        var evaluator = scripts
            ?? throw new InvalidOperationException("This host has no script evaluator; register one to use JavaScript or Liquid expressions.");
        var workflow = execution.WorkflowExecutionContext;
        var result = await evaluator.EvaluateAsync(
            new ScriptBatch(
                expressions,
                ToJson(workflow.VisibleVariables(execution)),
                workflow.Input.DeepClone().AsObject(),
                Outputs(workflow),
                Values.ToJson(workflow.LastResult),
                workflow.Id,
                workflow.Workflow.DefinitionId,
                workflow.Workflow.Version,
                workflow.Name,
                workflow.CorrelationId,
                workflow.Now),
            cancellationToken);
        foreach (var (name, value) in result.ChangedVariables)
        {
            workflow.SetVariable(execution, name, Values.Unwrap(value?.DeepClone()));
        }

        workflow.CorrelationId = result.CorrelationId ?? workflow.CorrelationId;
        workflow.Name = result.WorkflowInstanceName ?? workflow.Name;
        return result.Values;
    }

    private static JsonObject ToJson(Dictionary<string, object?> values) =>
        new(values.Select(pair => KeyValuePair.Create(pair.Key, Values.ToJson(pair.Value))));

    private static JsonObject Outputs(WorkflowExecutionContext workflow) =>
        new(workflow.ActivityOutputs.Select(pair => KeyValuePair.Create<string, JsonNode?>(
            workflow.Workflow.Activities.TryGetValue(pair.Key, out var activity) && activity.Name is { Length: > 0 } name ? name : pair.Key,
            ToJson(pair.Value))));
}
