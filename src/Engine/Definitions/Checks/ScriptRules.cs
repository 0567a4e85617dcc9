using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Scripting;
using Cleiss.Engine.Expressions;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>Scripts can be read, and the variables, inputs and outputs they name exist.</summary>
internal sealed partial class ScriptRules(IScriptChecker? checker = null) : IWorkflowRule
{
    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(DefinitionView definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scripts = Scripts(definition).ToList();
        var mistakes = checker is null || scripts.Count == 0 ? [] : await checker.CheckAsync([.. scripts.Select(script => script.Expression)], cancellationToken);
        var names = new DefinitionNames(definition, scripts);
        for (var i = 0; i < scripts.Count; i++)
        {
            var script = scripts[i];
            if (i < mistakes.Count && mistakes[i] is { } mistake)
            {
                yield return new DefinitionProblem(
                    "CLS-1015", script.Path,
                    $"« {script.Activity.DisplayText} » : le script de « {script.Label} » ne peut pas être lu{(mistake.Line is { } line ? $", ligne {line}" : "")} : {mistake.Message} Corrigez-le.");
                continue;
            }

            foreach (var problem in script.Expression.Language == "Liquid" ? names.CheckLiquid(script) : names.CheckJavaScript(script))
            {
                yield return problem;
            }
        }
    }

    /// <summary>Expressions in JavaScript and Liquid, and the code of <c>RunJavaScript</c>, which is a text as long as it is not computed.</summary>
    private static IEnumerable<DefinitionScript> Scripts(DefinitionView definition)
    {
        foreach (var activity in definition.Activities)
        {
            foreach (var input in activity.Inputs.All)
            {
                var path = definition.PathOfInput(activity, input.Name);
                if (input.Source == InputSource.Script)
                {
                    var expression = input.Input.Expression!;
                    yield return new DefinitionScript(activity, input.Name, input.Label, path, new ScriptExpression(expression.Type, Values.ToText(expression.Value)));
                }
                else if (activity is RunJavaScript && input is { Name: nameof(RunJavaScript.Script), Constant: string source } && !string.IsNullOrWhiteSpace(source))
                {
                    yield return new DefinitionScript(activity, input.Name, input.Label, path, new ScriptExpression("JavaScript", source));
                }
            }
        }
    }

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline, 1000)]
    internal static partial Regex LiquidTags();

    [GeneratedRegex(@"'[^']*'|""[^""]*""", RegexOptions.None, 1000)]
    internal static partial Regex LiquidTexts();

    [GeneratedRegex(@"(?<![\p{L}\p{N}_.])(?<of>Variables|Input)\s*\.\s*(?<name>[\p{L}_][\p{L}\p{N}_-]*)", RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex LiquidMembers();
}

internal sealed record DefinitionScript(Activity Activity, string Input, string Label, string Path, ScriptExpression Expression);
