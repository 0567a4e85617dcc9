using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Scripting.Feel;

namespace Cleiss.Forms.Validation;

/// <summary>Which fields of an answer are hidden or required by condition, and the values the form computes.</summary>
public sealed class FormConditions(IFeelEvaluator feel)
{
    // Conditions that feed on each other settle in a few passes; a pair that never settles must not keep a person waiting.
    private const int MostPasses = 8;

    /// <param name="action">The action chosen on the task, which a condition may name; null outside a task.</param>
    public async Task<ConditionResult> EvaluateAsync(FormDefinition form, JsonObject data, string? action, CancellationToken cancellationToken)
    {
        var result = ConditionResult.Nothing;
        if (!form.AllFields().Any(field => field.HasExpressions))
        {
            return result;
        }

        for (var pass = 0; pass < MostPasses; pass++)
        {
            var seen = Without(form.Fields, data, "", result);
            var next = await EvaluateOnceAsync(form, data, seen, action, cancellationToken);
            if (next.SameAs(result))
            {
                return next;
            }

            result = next;
        }

        return result;
    }

    private async Task<ConditionResult> EvaluateOnceAsync(FormDefinition form, JsonObject data, JsonObject seen, string? action, CancellationToken cancellationToken)
    {
        var jobs = new List<(FeelJob Job, List<Asked> Asked)>();
        Collect(form.Fields, data, seen, "", names => Scope(names, seen, null, null, 0, action), jobs, (names, row, parent, index) => Scope(names, seen, row, parent, index, action));
        var answers = await AnswerAsync([.. jobs.Select(job => job.Job)], form.Key, cancellationToken);
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        var required = new HashSet<string>(StringComparer.Ordinal);
        var computed = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        var broken = new Dictionary<string, List<FormRule>>(StringComparer.Ordinal);
        for (var i = 0; i < jobs.Count; i++)
        {
            for (var j = 0; j < jobs[i].Asked.Count; j++)
            {
                var (path, kind, rule) = jobs[i].Asked[j];
                var value = answers[i][j];
                var isTrue = value is JsonValue && value.GetValueKind() == JsonValueKind.True;
                switch (kind)
                {
                    case Kind.Hide when isTrue:
                        hidden.Add(path);
                        break;
                    case Kind.Require when isTrue:
                        required.Add(path);
                        break;
                    case Kind.Compute:
                        computed[path] = value;
                        break;
                    case Kind.Judge when rule!.IsStop ? isTrue : value is JsonValue && value.GetValueKind() == JsonValueKind.False:
                        (broken.TryGetValue(path, out var rules) ? rules : broken[path] = []).Add(rule);
                        break;
                }
            }
        }

        return new ConditionResult(hidden, required, computed) { Broken = broken.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<FormRule>)pair.Value, StringComparer.Ordinal) };
    }

    private async Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> AnswerAsync(IReadOnlyList<FeelJob> jobs, string form, CancellationToken cancellationToken)
    {
        try
        {
            return await feel.EvaluateAsync(jobs, cancellationToken);
        }
        catch (ScriptException failure)
        {
            // An expression that is wrong in itself answers null; what comes here was stopped.
            throw new FormRulesStoppedException($"The rules of form {form} were not evaluated: {failure.Message}", failure);
        }
    }

    private static void Collect(
        IReadOnlyList<FormField> fields, JsonObject data, JsonObject seen, string prefix, Func<FeelNames, JsonObject> scope,
        List<(FeelJob Job, List<Asked> Asked)> jobs, Func<FeelNames, JsonObject, JsonObject, int, JsonObject> rowScope)
    {
        var expressions = new List<string>();
        var asked = new List<Asked>();
        Visit(fields, data, seen, prefix);
        if (expressions.Count > 0)
        {
            jobs.Add((new FeelJob(expressions, scope(new FeelNames(expressions))), asked));
        }

        void Ask(string? expression, string path, Kind kind, FormRule? rule = null)
        {
            if (expression is not null)
            {
                expressions.Add(expression);
                asked.Add(new Asked(path, kind, rule));
            }
        }

        void Visit(IReadOnlyList<FormField> level, JsonObject levelData, JsonObject levelSeen, string at)
        {
            foreach (var field in level)
            {
                var path = FormPaths.Of(at, field);
                Ask(field.HideWhen, path, Kind.Hide);
                Ask(field.RequiredWhen, path, Kind.Require);
                Ask(field.Expression, path, Kind.Compute);
                foreach (var rule in field.Rules)
                {
                    Ask(rule.Feel, path, Kind.Judge, rule);
                }

                if (field.Type.Shape == FieldShape.Group)
                {
                    var inner = field.Key.Length == 0 ? levelData : levelData[field.Key] as JsonObject ?? [];
                    var innerSeen = field.Key.Length == 0 ? levelSeen : levelSeen[field.Key] as JsonObject ?? [];
                    Visit(field.Children, inner, innerSeen, field.Key.Length == 0 ? at : path);
                }
                else if (field.Type.Shape == FieldShape.Rows && levelData[field.Key] is JsonArray rows)
                {
                    var seenRows = levelSeen[field.Key] as JsonArray;
                    for (var i = 0; i < Math.Min(rows.Count, Rows.Most); i++)
                    {
                        var row = rows[i] as JsonObject ?? [];
                        var seenRow = seenRows is not null && i < seenRows.Count ? seenRows[i] as JsonObject ?? [] : [];
                        Collect(field.Children, row, seenRow, $"{path}[{i}]", names => rowScope(names, seenRow, levelSeen, i + 1), jobs, rowScope);
                    }
                }
            }
        }
    }

    // In a row its own fields hide those of the form, as in form-js; `this` is the row, `parent` what surrounds it, `i` its number.
    private static JsonObject Scope(FeelNames names, JsonObject root, JsonObject? row, JsonObject? parent, int index, string? action)
    {
        var scope = names.Pick(root);
        foreach (var (name, value) in names.Pick(row ?? []))
        {
            scope[name] = value?.DeepClone();
        }

        if (names.Contains("this"))
        {
            scope["this"] = names.Pick(row ?? root, nested: true);
        }

        scope["action"] = action;
        if (row is not null)
        {
            scope["i"] = index;
            if (names.Contains("parent"))
            {
                scope["parent"] = names.Pick(parent ?? [], nested: true);
            }
        }

        return scope;
    }

    /// <summary>The data as conditions see it: without what is hidden, with what is computed.</summary>
    private static JsonObject Without(IReadOnlyList<FormField> fields, JsonObject data, string prefix, ConditionResult conditions)
    {
        var copy = (JsonObject)data.DeepClone();
        Strip(fields, copy, prefix);
        return copy;

        void Strip(IReadOnlyList<FormField> level, JsonObject target, string at)
        {
            foreach (var field in level)
            {
                var path = FormPaths.Of(at, field);
                if (field.Type.Shape == FieldShape.Group && field.Key.Length == 0)
                {
                    if (conditions.Hidden.Contains(path))
                    {
                        RemoveAll(field.Children, target);
                    }
                    else
                    {
                        Strip(field.Children, target, at);
                    }
                }
                else if (conditions.Hidden.Contains(path))
                {
                    target.Remove(field.Key);
                }
                else if (conditions.Computed.TryGetValue(path, out var value))
                {
                    target[field.Key] = value?.DeepClone();
                }
                else if (field.Type.Shape == FieldShape.Group && target[field.Key] is JsonObject inner)
                {
                    Strip(field.Children, inner, path);
                }
                else if (field.Type.Shape == FieldShape.Rows && target[field.Key] is JsonArray rows)
                {
                    for (var i = 0; i < Math.Min(rows.Count, Rows.Most); i++)
                    {
                        if (rows[i] is JsonObject row)
                        {
                            Strip(field.Children, row, $"{path}[{i}]");
                        }
                    }
                }
            }
        }

        static void RemoveAll(IReadOnlyList<FormField> level, JsonObject target)
        {
            foreach (var field in level)
            {
                if (field.Key.Length > 0)
                {
                    target.Remove(field.Key);
                }
                else
                {
                    RemoveAll(field.Children, target);
                }
            }
        }
    }

    private enum Kind
    {
        Hide,
        Require,
        Compute,
        Judge,
    }

    private sealed record Asked(string Path, Kind Kind, FormRule? Rule);
}

/// <param name="Hidden">Paths whose condition hides them; what lies below is hidden with them.</param>
/// <param name="Required">Paths their condition requires.</param>
/// <param name="Computed">Values by path.</param>
public sealed record ConditionResult(IReadOnlySet<string> Hidden, IReadOnlySet<string> Required, IReadOnlyDictionary<string, JsonNode?> Computed)
{
    public static readonly ConditionResult Nothing =
        new(new HashSet<string>(), new HashSet<string>(), new Dictionary<string, JsonNode?>(StringComparer.Ordinal));

    /// <summary>Rules that do not hold, by path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<FormRule>> Broken { get; init; } = new Dictionary<string, IReadOnlyList<FormRule>>(StringComparer.Ordinal);

    internal bool SameAs(ConditionResult other) =>
        Hidden.SetEquals(other.Hidden) && Required.SetEquals(other.Required) && Computed.Count == other.Computed.Count
        && Computed.All(pair => other.Computed.TryGetValue(pair.Key, out var value) && JsonNode.DeepEquals(value, pair.Value));
}

/// <summary>Names of places in an answer, as in error messages and in input names.</summary>
public static class FormPaths
{
    /// <summary>A field without a key (an information text, a section) is named by its component's id.</summary>
    public static string Of(string prefix, FormField field)
    {
        var name = field.Key.Length > 0 ? field.Key : "#" + field.Id;
        return prefix.Length == 0 ? name : $"{prefix}.{name}";
    }
}
