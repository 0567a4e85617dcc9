using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

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
    internal async ValueTask<object?> EvaluateOneAsync(
        ActivityExecutionContext execution, CompiledInput input, CancellationToken cancellationToken, JsonObject? arguments = null)
    {
        if (input.Source != InputSource.Script)
        {
            return Named(input, execution, static (input, execution) => Read(input, execution));
        }

        var expression = input.Input.Expression!;
        try
        {
            var run = await RunAsync(execution, [new ScriptExpression(expression.Type, Values.ToText(expression.Value))], cancellationToken, arguments);
            return Named(input, execution, (input, _) => input.Input.ConvertValue(run.Values[0]));
        }
        catch (ScriptException e)
        {
            throw Located(e, execution.Activity, input.Name);
        }
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
        IReadOnlyList<JsonNode?> results;
        try
        {
            results = (await RunAsync(execution, plan.ScriptExpressions, cancellationToken)).Values;
        }
        catch (ScriptException e)
        {
            throw Located(e, execution.Activity, e.Index is { } index ? plan.Scripts[index].Name : plan.Scripts is [var only] ? only.Name : null);
        }

        for (var i = 0; i < plan.Scripts.Count; i++)
        {
            var value = results[i];
            values[plan.Scripts[i].Input.Slot] = Named(plan.Scripts[i], execution, (input, _) => input.Input.ConvertValue(value));
        }
    }

    /// <summary>Runs scripts in the scope of an execution and applies what they changed.</summary>
    /// <param name="arguments">Values of this evaluation only: <c>args.Item</c>, <c>getItem()</c>.</param>
    internal async Task<ScriptBatchResult> RunAsync(
        ActivityExecutionContext execution, IReadOnlyList<ScriptExpression> expressions, CancellationToken cancellationToken, JsonObject? arguments = null)
    {
        var evaluator = scripts
            ?? throw new InvalidOperationException("This host has no script evaluator; register one to use JavaScript or Liquid expressions.");
        var result = await evaluator.EvaluateAsync(ScriptView.Of(execution, expressions, arguments), cancellationToken);
        var workflow = execution.WorkflowExecutionContext;
        foreach (var (name, value) in result.ChangedVariables)
        {
            workflow.SetVariable(execution, name, Values.Unwrap(value?.DeepClone()));
        }

        workflow.CorrelationId = result.CorrelationId ?? workflow.CorrelationId;
        workflow.Name = result.WorkflowInstanceName ?? workflow.Name;
        return result;
    }

    /// <summary>The same failure, saying where in the definition its script is.</summary>
    internal static ScriptException Located(ScriptException e, Activity activity, string? input)
    {
        var name = activity.DisplayText == activity.Id ? activity.Id : $"« {activity.DisplayText} » ({activity.Id})";
        var place = $"Activity {name}{(input is null ? "" : $", input {input}")}{(e.Line is { } line ? $", line {line}" : "")}";
        return new ScriptException($"{place}: {e.Cause ?? e.Message}", e.Index, e.Line, e.Cause ?? e.Message, e);
    }
}
