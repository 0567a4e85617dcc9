using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cleiss.Forms.Validation;

/// <summary>
/// Which values expressions can see. Only those they name are sent: three hundred rows that each carried the whole answer would not fit through
/// the script host. A name inside a text counts as well, since FEEL can look values up by text.
/// </summary>
internal sealed partial class FeelNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly bool _whole;

    public FeelNames(IEnumerable<string> expressions)
    {
        foreach (var expression in expressions)
        {
            _names.UnionWith(Word().Matches(expression).Select(match => match.Value));
            // `this` or `parent` as a value of its own, not followed by a name.
            _whole |= Whole().IsMatch(expression);
        }
    }

    public bool Contains(string name) => _names.Contains(name);

    /// <summary>A copy of what is named in <paramref name="data"/>.</summary>
    public JsonObject Pick(JsonObject data, bool nested = false)
    {
        var picked = new JsonObject();
        foreach (var (name, value) in data)
        {
            if (_names.Contains(name) || (nested && _whole))
            {
                picked[name] = value?.DeepClone();
            }
        }

        return picked;
    }

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(this|parent)\b(?!\s*\.)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();
}
