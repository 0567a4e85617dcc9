using System.Globalization;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Rendering;

/// <summary>Says in words where in a form a path lies: « Période 2, Au ».</summary>
public static partial class FormPlaces
{
    /// <summary>Null when the path is not of this form.</summary>
    public static string? Describe(FormDefinition form, string path)
    {
        var words = new List<string>();
        var level = form.Fields;
        foreach (Match step in Step().Matches(path))
        {
            if (Find(level, step.Groups["name"].Value) is not { } field)
            {
                return words.Count == 0 ? null : string.Join(", ", words);
            }

            words.Add(step.Groups["row"].Success
                ? $"{Rows.RowTitle(field).Fr} {(int.Parse(step.Groups["row"].ValueSpan, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture)}"
                : field.Label.Fr);
            level = field.Children;
        }

        return words.Count == 0 ? null : string.Join(", ", words);
    }

    private static FormField? Find(IEnumerable<FormField> level, string key) =>
        level.Select(field => field.Key == key ? field : field.Key.Length == 0 ? Find(field.Children, key) : null).FirstOrDefault(field => field is not null);

    [GeneratedRegex(@"(?<name>[A-Za-z_][A-Za-z0-9_]*)(\[(?<row>[0-9]{1,6})\])?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
