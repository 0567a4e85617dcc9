using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Expressions;

namespace Cleiss.Engine.Definitions.Checks;

/// <summary>The names scripts of a definition may use, and those they use in vain.</summary>
internal sealed class DefinitionNames
{
    private static readonly string[] LoopVariables = ["CurrentValue", "CurrentIndex"];

    private readonly DefinitionView _definition;
    private readonly HashSet<string> _everywhere = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _outputAccessors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _activityNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _inputs;

    public DefinitionNames(DefinitionView definition, IReadOnlyList<DefinitionScript> scripts)
    {
        _definition = definition;
        _inputs = new HashSet<string>(definition.Compiled.InputNames, StringComparer.OrdinalIgnoreCase);
        _everywhere.UnionWith(definition.Compiled.Variables.Select(variable => variable.Name));
        foreach (var activity in definition.Activities)
        {
            _activityNames.Add(activity.Id);
            _activityNames.Add(activity.Name ?? activity.Id);
            foreach (var output in activity.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.PropertyType.IsSubclassOf(typeof(Output))))
            {
                _outputAccessors.Add($"get{output.Name}From{ScriptFunctions.Pascal(activity.Name ?? activity.Id)}");
                _outputAccessors.Add($"get{output.Name}From{ScriptFunctions.Pascal(activity.Id)}");
            }
        }

        // A script may create a variable by writing it.
        foreach (var script in scripts.Where(script => script.Expression.Language == "JavaScript"))
        {
            var tokens = ScriptTokens.Of(script.Expression.Source);
            for (var i = 0; i < tokens.Count; i++)
            {
                if (QuotedArgument(tokens, i, "setVariable") is { } name || (name = Member(tokens, i)) is not null && IsWritten(tokens, i + 3))
                {
                    _everywhere.Add(name);
                }
            }
        }
    }

    public IEnumerable<DefinitionProblem> CheckJavaScript(DefinitionScript script)
    {
        var tokens = ScriptTokens.Of(script.Expression.Source);
        var visible = VisibleFrom(script.Activity);
        var declared = Declared(tokens);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i - 1].Is("."))
            {
                continue;
            }

            var line = tokens[i].Line;
            if ((QuotedArgument(tokens, i, "getVariable") ?? Member(tokens, i)) is { } variable)
            {
                if (!visible.Contains(variable))
                {
                    yield return UnknownVariable(script, variable, line, visible);
                }
            }
            else if (QuotedArgument(tokens, i, "getInput") is { } input)
            {
                if (!_inputs.Contains(input))
                {
                    yield return Problem(
                        script, line, $"lit l'entrée « {input} », que la définition ne déclare pas", $"Déclarez-la, ou corrigez le nom. Entrées : {Listed(_inputs)}.", ProblemSeverity.Warning);
                }
            }
            else if (QuotedArgument(tokens, i, "getOutputFrom") is { } activity)
            {
                if (!_activityNames.Contains(activity))
                {
                    yield return Problem(script, line, $"lit une sortie de l'activité « {activity} », qui n'existe pas", "Donnez l'identifiant ou le nom d'une activité.");
                }
            }
            else if (IsAccessorCall(tokens, i, declared) && !IsKnownAccessor(tokens[i].Text, script, visible))
            {
                yield return Problem(
                    script, line, $"appelle {tokens[i].Text}(), qui n'existe pas : aucune variable, entrée ou sortie ne s'appelle ainsi",
                    $"Variables : {Listed(visible)}. Entrées : {Listed(_inputs)}.");
            }
        }
    }

    public IEnumerable<DefinitionProblem> CheckLiquid(DefinitionScript script)
    {
        var source = script.Expression.Source;
        var visible = VisibleFrom(script.Activity);
        foreach (Match tag in ScriptRules.LiquidTags().Matches(source))
        {
            var text = ScriptRules.LiquidTexts().Replace(tag.Value, "''");
            var line = 1 + source.AsSpan(0, tag.Index).Count('\n');
            foreach (Match member in ScriptRules.LiquidMembers().Matches(text))
            {
                var name = member.Groups["name"].Value;
                if (member.Groups["of"].Value == "Input")
                {
                    if (!_inputs.Contains(name))
                    {
                        yield return Problem(
                            script, line, $"lit l'entrée « {name} », que la définition ne déclare pas", $"Déclarez-la, ou corrigez le nom. Entrées : {Listed(_inputs)}.", ProblemSeverity.Warning);
                    }
                }
                else if (!visible.Contains(name))
                {
                    yield return UnknownVariable(script, name, line, visible);
                }
            }
        }
    }

    private static DefinitionProblem UnknownVariable(DefinitionScript script, string name, int line, IEnumerable<string> visible) =>
        Problem(script, line, $"se sert de la variable « {name} », qui n'existe pas", $"Corrigez le nom ou déclarez la variable. Variables : {Listed(visible)}.");

    private static DefinitionProblem Problem(
        DefinitionScript script, int line, string what, string mend, ProblemSeverity severity = ProblemSeverity.Error) => new(
        "CLS-1012", script.Path,
        string.Create(CultureInfo.InvariantCulture, $"« {script.Activity.DisplayText} » : le script de « {script.Label} », ligne {line}, {what}. {mend}"), severity);

    /// <summary>Variables of the workflow, of the containers around the activity, and of the loops among them.</summary>
    private HashSet<string> VisibleFrom(Activity activity)
    {
        var visible = new HashSet<string>(_everywhere, StringComparer.OrdinalIgnoreCase);
        for (var scope = activity; scope is not null; scope = scope.Parent)
        {
            if (scope is IHasVariables container)
            {
                visible.UnionWith(container.Variables.Select(variable => variable.Name));
            }

            if (scope.Type is "Elsa.For" or "Elsa.ForEach" or "Elsa.ParallelForEach")
            {
                visible.UnionWith(LoopVariables);
            }
        }

        return visible;
    }

    private bool IsKnownAccessor(string function, DefinitionScript script, HashSet<string> visible)
    {
        if (ScriptFunctions.Names.Contains(function) || _outputAccessors.Contains(function))
        {
            return true;
        }

        var name = function[3..];
        return visible.Any(variable => ScriptFunctions.Pascal(variable) == name)
            || function.StartsWith("get", StringComparison.Ordinal) && _inputs.Any(input => input == name || ScriptFunctions.Pascal(input) == name)
            // Evaluated for each item, with functions of its own.
            || script.Input == "CorrelationIdFunction";
    }

    private static bool IsAccessorCall(List<ScriptToken> tokens, int i, HashSet<string> declared) =>
        tokens[i] is { Kind: ScriptTokenKind.Word, Text: { Length: > 3 } word }
        && (word.StartsWith("get", StringComparison.Ordinal) || word.StartsWith("set", StringComparison.Ordinal))
        && char.IsUpper(word[3])
        && i + 1 < tokens.Count && tokens[i + 1].Is("(")
        && !declared.Contains(word);

    /// <summary>Names the script gives to things of its own: whatever is declared, assigned, a parameter or a member of an object or class.</summary>
    private static HashSet<string> Declared(List<ScriptToken> tokens)
    {
        var declared = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != ScriptTokenKind.Word)
            {
                continue;
            }

            var before = i > 0 ? tokens[i - 1] : default;
            var after = i + 1 < tokens.Count ? tokens[i + 1] : default;
            var isMember = after.Is("(") && before.Kind == ScriptTokenKind.Sign && before.Text is "{" or "," && Closes(tokens, i + 1) is { } end && end + 1 < tokens.Count && tokens[end + 1].Is("{");
            if (isMember || after.Is("=") || after.Is(":") || after.Is(",") || after.Is(")")
                || before.Kind == ScriptTokenKind.Word && before.Text is "function" or "const" or "let" or "var" or "class" or "get" or "set" or "async" or "static")
            {
                declared.Add(tokens[i].Text);
            }
        }

        return declared;
    }

    private static int? Closes(List<ScriptToken> tokens, int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            depth += tokens[i].Is("(") ? 1 : tokens[i].Is(")") ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary><c>function("name")</c> or <c>function("name", …)</c> at this token: the name.</summary>
    private static string? QuotedArgument(List<ScriptToken> tokens, int i, string function) =>
        i + 3 < tokens.Count && tokens[i].Is(function) && tokens[i + 1].Is("(") && tokens[i + 2].Kind == ScriptTokenKind.Text
        && (tokens[i + 3].Is(")") || tokens[i + 3].Is(",")) && tokens[i + 2].Text is { Length: > 0 } name && !name.Contains('\\', StringComparison.Ordinal)
            ? name
            : null;

    /// <summary><c>variables.name</c> at this token: the name.</summary>
    private static string? Member(List<ScriptToken> tokens, int i) =>
        i + 2 < tokens.Count && tokens[i].Is("variables") && tokens[i + 1].Is(".") && tokens[i + 2].Kind == ScriptTokenKind.Word
        && !(i > 0 && tokens[i - 1].Is("."))
        && !(i + 3 < tokens.Count && tokens[i + 3].Is("(") && tokens[i + 2].Text is "hasOwnProperty" or "toString")
            ? tokens[i + 2].Text
            : null;

    /// <summary>An assignment, with or without an operation: <c>=</c>, <c>+=</c>, <c>||=</c>, but no comparison.</summary>
    private static bool IsWritten(List<ScriptToken> tokens, int i)
    {
        var signs = string.Concat(tokens.Skip(i).TakeWhile(token => token.Kind == ScriptTokenKind.Sign && token.Text is "=" or "+" or "-" or "*" or "/" or "|" or "&" or "?" or "!" or "<" or ">").Take(3).Select(token => token.Text));
        return signs.StartsWith('=') && !signs.StartsWith("==", StringComparison.Ordinal)
            || signs is ['+' or '-' or '*' or '/' or '|' or '&', '=', ..] or ['|', '|', '=', ..] or ['?', '?', '=', ..] or ['&', '&', '=', ..];
    }

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.OrdinalIgnoreCase).Take(20)) is { Length: > 0 } list ? list : "aucune";
}
