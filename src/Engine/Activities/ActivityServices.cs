using Cleiss.Engine.Expressions;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Engine.Activities;

/// <summary>Services of the host, for activities. What reaches outside (mail, HTTP, files) belongs into an effect instead: see <c>AddEffect</c>.</summary>
public static class ActivityServices
{
    public static T? GetService<T>(this ActivityExecutionContext context)
        where T : notnull => Services(context).GetService<T>();

    public static T GetRequiredService<T>(this ActivityExecutionContext context)
        where T : notnull => Services(context).GetRequiredService<T>();

    /// <summary>Runs a script in the scope of this execution; what it wrote to variables is applied.</summary>
    /// <exception cref="ScriptException">Naming the activity, the input and the line.</exception>
    internal static async Task<ScriptBatchResult> RunScriptAsync(this ActivityExecutionContext context, string source, string inputName)
    {
        try
        {
            return await context.GetRequiredService<InputEvaluator>().RunAsync(context, [new ScriptExpression("JavaScript", source)], CancellationToken.None);
        }
        catch (ScriptException e)
        {
            throw InputEvaluator.Located(e, context.Activity, inputName);
        }
    }

    private static IServiceProvider Services(ActivityExecutionContext context) => context.WorkflowExecutionContext.Services
        ?? throw new InvalidOperationException("This workflow runs without a host's services.");
}
