using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cleiss.Forms.Rendering;

/// <summary>Rebuilds an answer from the inputs a browser posted; input names are paths, e.g. <c>periodes[0].du</c>.</summary>
public static partial class PostedForm
{
    /// <summary>Name of the buttons that add, remove and move rows.</summary>
    public const string OperationName = "_op";

    /// <summary>Ends the name of a hidden input in each row, so that an empty row is not lost.</summary>
    public const string RowMarker = "._row";

    /// <summary>Ends the name of a file input; the value itself stands in the hidden input of the plain name.</summary>
    public const string UploadSuffix = "@file";

    public static JsonObject ToJson(IFormCollection posted, FormDefinition form, string prefix = "")
    {
        var lookup = posted.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);
        var data = new JsonObject();
        Fill(form.Fields, data, "", lookup);
        return data;
    }

    /// <summary>Files posted without JavaScript: the path of their field and the file; store each and set <c>{id, name}</c> with <see cref="Set"/>.</summary>
    public static IReadOnlyList<(string Path, IFormFile File)> Uploads(IFormCollection posted, string prefix = "") =>
        [.. posted.Files.Where(file => file.Length > 0 && file.Name.StartsWith(prefix, StringComparison.Ordinal) && file.Name.EndsWith(UploadSuffix, StringComparison.Ordinal))
            .Select(file => (file.Name[prefix.Length..^UploadSuffix.Length], file))];

    /// <summary>Puts <paramref name="value"/> at <paramref name="path"/>; false when the answer has no such place.</summary>
    public static bool Set(JsonObject data, string path, JsonNode? value)
    {
        var steps = Steps(path);
        if (steps is null || steps.Count == 0 || steps[^1].Row is not null)
        {
            return false;
        }

        var target = data;
        foreach (var (name, row) in steps.Take(steps.Count - 1))
        {
            var next = row is null ? target[name] : target[name] is JsonArray rows && row < rows.Count ? rows[row.Value] : null;
            if (next is not JsonObject inner)
            {
                if (row is not null || next is not null)
                {
                    return false;
                }

                inner = [];
                target[name] = inner;
            }

            target = inner;
        }

        target[steps[^1].Name] = value;
        return true;
    }

    /// <summary>Does what the pressed row button asks (<c>add:periodes</c>, <c>remove:periodes[1]</c>, <c>up:…</c>, <c>down:…</c>); false when none was pressed.</summary>
    public static bool ApplyOperation(IFormCollection posted, JsonObject data, string prefix = "") =>
        posted.TryGetValue(OperationName, out var operation) && ApplyOperation(operation.ToString(), data, prefix);

    public static bool ApplyOperation(string operation, JsonObject data, string prefix = "")
    {
        var colon = operation.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !operation.AsSpan(colon + 1).StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var verb = operation[..colon];
        if (Steps(operation[(colon + 1 + prefix.Length)..]) is not { Count: > 0 } steps)
        {
            return false;
        }

        var target = data;
        foreach (var (name, row) in steps.Take(steps.Count - 1))
        {
            if ((row is null ? target[name] : target[name] is JsonArray list && row < list.Count ? list[row.Value] : null) is not JsonObject inner)
            {
                return false;
            }

            target = inner;
        }

        var (key, at) = steps[^1];
        if (verb == "add" && at is null)
        {
            if (target[key] is not JsonArray rows)
            {
                target[key] = rows = [];
            }

            if (rows.Count < Rows.Most)
            {
                rows.Add(new JsonObject());
            }

            return true;
        }

        return target[key] is JsonArray existing && at is { } index && index < existing.Count && Change(existing, verb, index);
    }

    private static bool Change(JsonArray rows, string verb, int index)
    {
        var target = verb switch { "remove" => -1, "up" => index - 1, "down" => index + 1, _ => -2 };
        if (target == -2)
        {
            return false;
        }

        if (verb == "remove" || (target >= 0 && target < rows.Count))
        {
            var row = rows[index];
            rows.RemoveAt(index);
            if (verb != "remove")
            {
                rows.Insert(target, row);
            }
        }

        return true;
    }

    private static void Fill(IReadOnlyList<FormField> fields, JsonObject data, string prefix, Dictionary<string, StringValues> posted)
    {
        foreach (var field in fields)
        {
            var path = prefix.Length == 0 ? field.Key : $"{prefix}.{field.Key}";
            switch (field.Type.Shape)
            {
                case FieldShape.Group when field.Key.Length == 0:
                    Fill(field.Children, data, prefix, posted);
                    break;
                case FieldShape.Group:
                    var inner = new JsonObject();
                    Fill(field.Children, inner, path, posted);
                    data[field.Key] = inner;
                    break;
                case FieldShape.Rows:
                    data[field.Key] = FillRows(field, path, posted);
                    break;
                case FieldShape.Value when field.Expression is null:
                    var given = posted.TryGetValue(path, out var values) ? values.Select(value => value ?? "").ToArray() : [];
                    if (field.Type.FromPosted(field, given) is { } read)
                    {
                        data[field.Key] = read;
                    }

                    break;
            }
        }
    }

    private static JsonArray FillRows(FormField field, string path, Dictionary<string, StringValues> posted)
    {
        var start = path + "[";
        var indexes = new SortedSet<int>();
        foreach (var name in posted.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal)))
        {
            var end = name.IndexOf(']', start.Length);
            if (end > 0 && int.TryParse(name.AsSpan(start.Length, end - start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                indexes.Add(index);
            }
        }

        var rows = new JsonArray();
        foreach (var index in indexes.Take(Rows.Most + 1))
        {
            var row = new JsonObject();
            Fill(field.Children, row, $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", posted);
            rows.Add(row);
        }

        return rows;
    }

    private static List<(string Name, int? Row)>? Steps(string path)
    {
        var steps = new List<(string, int?)>();
        foreach (var part in path.Split('.'))
        {
            var match = Step().Match(part);
            if (!match.Success)
            {
                return null;
            }

            steps.Add((match.Groups["name"].Value, match.Groups["row"].Success ? int.Parse(match.Groups["row"].ValueSpan, CultureInfo.InvariantCulture) : null));
        }

        return steps;
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z_][A-Za-z0-9_]*)(\[(?<row>[0-9]{1,6})\])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
