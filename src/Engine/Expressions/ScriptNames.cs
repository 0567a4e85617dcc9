using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Cleiss.Engine.Expressions;

/// <summary>
/// The names a script could mean, read from its text without understanding it. Too many are harmless; too few would hide a value from a
/// script, so whatever computes a name (<c>getVariable(key)</c>, <c>variables[key]</c>, <c>eval</c>) counts as naming everything.
/// </summary>
public sealed partial class ScriptNames
{
    private static readonly ConcurrentDictionary<string, ScriptNames> Known = new(StringComparer.Ordinal);

    private readonly string _source;
    private readonly FrozenSet<string> _words;

    private ScriptNames(string source)
    {
        _source = source;
        _words = Words().EnumerateMatches(source).Collect(source).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        IsOpen = ComputesNames().IsMatch(source);
    }

    /// <summary>True when the script may compute the names it uses.</summary>
    public bool IsOpen { get; }

    /// <summary>The script may call a function such as <c>getResultFromStep1()</c>.</summary>
    public bool SaysFrom => IsOpen || _source.Contains("From", StringComparison.Ordinal);

    /// <summary>Cached: definitions keep their sources for as long as they live.</summary>
    public static ScriptNames Of(string source)
    {
        if (Known.TryGetValue(source, out var names))
        {
            return names;
        }

        if (Known.Count > 10_000)
        {
            // Scripts computed at run time would otherwise fill the memory.
            Known.Clear();
        }

        return Known.GetOrAdd(source, static text => new ScriptNames(text));
    }

    /// <summary>The word occurs, as a name or inside a text.</summary>
    public bool Says(string word) => IsOpen || _words.Contains(word);

    /// <summary>The script could read or write the variable or input: by name, or by its own function.</summary>
    public bool MayUse(string name)
    {
        if (IsOpen || _words.Contains(name))
        {
            return true;
        }

        var pascal = ScriptFunctions.Pascal(name);
        return _words.Contains("get" + pascal) || _words.Contains("set" + pascal)
            || !name.All(char.IsLetterOrDigit) && _source.Contains(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The script could read outputs of the activity: by <c>getOutputFrom</c> or by a function of its own.</summary>
    public bool MayReadOutputsOf(string activityIdOrName) =>
        IsOpen
        || _words.Contains(activityIdOrName)
        || !activityIdOrName.All(char.IsLetterOrDigit) && _source.Contains(activityIdOrName, StringComparison.OrdinalIgnoreCase)
        || _source.Contains("From" + ScriptFunctions.Pascal(activityIdOrName), StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"[\p{L}\p{N}_$]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Words();

    // A name in quotes is a name only when the argument ends there. « variables » and Liquid's « Variables », « Input » are open unless a
    // member follows. The rest are ways to reach a global without writing its name.
    [GeneratedRegex(
        """\b(getVariable|setVariable|getInput|getOutputFrom)\b(?!\s*\(\s*('[^'\\\r\n]*'|"[^"\\\r\n]*")\s*[,)])|\b(variables|Variables|Input)\b(?!\s*\??\s*\.\s*[\p{L}_$])|\b(eval|Function|globalThis|this|constructor)\b|\\u""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ComputesNames();
}

internal static class MatchWords
{
    public static HashSet<string> Collect(this Regex.ValueMatchEnumerator matches, string source)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var match in matches)
        {
            words.Add(source.Substring(match.Index, match.Length));
        }

        return words;
    }
}
