using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Engine.Expressions;

/// <summary>
/// What the scripts of one execution may see: of variables, inputs and outputs only those a script could mean. Everything is copied to another
/// process, so what is left out is time saved.
/// </summary>
internal static class ScriptView
{
    public static ScriptBatch Of(ActivityExecutionContext execution, IReadOnlyList<ScriptExpression> expressions, JsonObject? arguments)
    {
        var workflow = execution.WorkflowExecutionContext;
        var names = expressions.Count == 1 ? [ScriptNames.Of(expressions[0].Source)] : expressions.Select(expression => ScriptNames.Of(expression.Source)).ToArray();
        return new ScriptBatch(
            expressions,
            Variables(execution, names),
            Inputs(execution, names),
            Outputs(execution, names),
            Array.Exists(names, script => script.Says("getLastResult")) ? Values.ToJson(workflow.LastResult)?.DeepClone() : null,
            workflow.Id,
            workflow.Workflow.DefinitionId,
            workflow.Workflow.Version,
            workflow.Name,
            workflow.CorrelationId,
            workflow.Now,
            workflow.Workflow.DefinitionVersionId,
            arguments);
    }

    /// <summary>From the outermost scope inwards, so that an inner variable hides an outer one of the same name.</summary>
    private static JsonObject Variables(ActivityExecutionContext execution, ScriptNames[] names)
    {
        var visible = new JsonObject();
        Add(visible, execution.WorkflowExecutionContext.Variables, names);
        AddScopes(visible, execution, names);
        return visible;
    }

    private static void AddScopes(JsonObject visible, ActivityExecutionContext? scope, ScriptNames[] names)
    {
        if (scope is null)
        {
            return;
        }

        AddScopes(visible, scope.Parent, names);
        if (scope.Variables is { } own)
        {
            Add(visible, own, names);
        }
    }

    private static void Add(JsonObject visible, IEnumerable<KeyValuePair<string, object?>> variables, ScriptNames[] names)
    {
        foreach (var (name, value) in variables)
        {
            if (Array.Exists(names, script => script.MayUse(name)))
            {
                visible[name] = Copy(value);
            }
        }
    }

    /// <summary>Inputs nobody gave are null, not unknown: their functions exist all the same.</summary>
    private static JsonObject Inputs(ActivityExecutionContext execution, ScriptNames[] names)
    {
        var inputs = new JsonObject();
        if (execution.Activity.Enclosing is { } enclosing)
        {
            foreach (var name in enclosing.InputNames.Where(name => Array.Exists(names, script => script.MayUse(name))))
            {
                inputs[name] = Copy(execution.GetVariable(name));
            }

            return inputs;
        }

        var workflow = execution.WorkflowExecutionContext;
        foreach (var name in workflow.Workflow.InputNames.Where(name => Array.Exists(names, script => script.MayUse(name))))
        {
            inputs[name] = null;
        }

        foreach (var (name, value) in workflow.Input)
        {
            if (Array.Exists(names, script => script.MayUse(name)))
            {
                inputs[name] = value?.DeepClone();
            }
        }

        return inputs;
    }

    /// <summary>Under the id or the name the script uses; an activity that has not run yet has outputs of null.</summary>
    private static JsonObject Outputs(ActivityExecutionContext execution, ScriptNames[] names)
    {
        var workflow = execution.WorkflowExecutionContext;
        var outputs = new JsonObject();
        if (!Array.Exists(names, script => script.Says("getOutputFrom") || script.SaysFrom))
        {
            return outputs;
        }

        var enclosing = execution.Activity.Enclosing;
        foreach (var activity in workflow.Workflow.Activities.Values.Where(activity => activity.Enclosing == enclosing))
        {
            foreach (var key in new[] { activity.LocalId, activity.Name }.Distinct())
            {
                if (key is { Length: > 0 } && Array.Exists(names, script => script.MayReadOutputsOf(key)))
                {
                    outputs[key] = Outputs(workflow, activity);
                }
            }
        }

        return outputs;
    }

    private static JsonObject Outputs(WorkflowExecutionContext workflow, Activity activity)
    {
        var own = new JsonObject();
        foreach (var property in activity.GetType().GetProperties().Where(property => property.PropertyType.IsSubclassOf(typeof(Output))))
        {
            own[property.Name] = null;
        }

        foreach (var (name, value) in workflow.ActivityOutputs.GetValueOrDefault(activity.Id) ?? [])
        {
            own[name] = Copy(value);
        }

        return own;
    }

    private static JsonNode? Copy(object? value) => value is JsonNode node ? node.DeepClone() : Values.ToJson(value);
}
