using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Forms.Validation;

namespace Cleiss.Forms.Answers;

/// <summary>What became of an answer or a draft on its way to another version of its form.</summary>
/// <param name="Data">What the new version can hold; not yet judged by it.</param>
/// <param name="Renamed">Values that stand under another key now.</param>
/// <param name="Lost">Values that have no place, or are not right, in the new version.</param>
public sealed record FormMoving(JsonObject Data, IReadOnlyList<RenamedValue> Renamed, IReadOnlyList<LostValue> Lost);

public sealed record RenamedValue(string From, string To);

/// <param name="Label">Of the field in the old version.</param>
/// <param name="Reason">A sentence.</param>
public sealed record LostValue(string Path, string Label, string Reason);

/// <summary>
/// Carries data from one version of a form to another: a field takes the value of the field with its key, or with the key that its property
/// <c>cleiss.was</c> names. A task is never moved by itself; it keeps the version it was created with.
/// </summary>
public static class FormMove
{
    public static FormMoving Plan(FormDefinition from, FormDefinition to, JsonObject data)
    {
        var plan = new Carrying();
        var moved = plan.Level(Held(from.Fields), Held(to.Fields), SafeJson.Copy(data), "", "");
        return new FormMoving(moved, plan.Renamed, plan.Lost);
    }

    // Sections without an object of their own do not matter: a field may move from one to another.
    private static List<FormField> Held(IEnumerable<FormField> fields) =>
        [.. fields.SelectMany(field => field.Key.Length > 0 ? [field] : Held(field.Children))];

    private sealed class Carrying
    {
        public List<RenamedValue> Renamed { get; } = [];

        public List<LostValue> Lost { get; } = [];

        public JsonObject Level(List<FormField> old, List<FormField> now, JsonObject data, string oldAt, string nowAt)
        {
            var target = new JsonObject();
            var taken = new HashSet<string>(StringComparer.Ordinal);
            foreach (var field in now.Where(field => field.Expression is null))
            {
                var source = old.Find(candidate => candidate.Key == field.Key)
                    ?? old.Find(candidate => candidate.Key == field.Property("cleiss.was") && !now.Exists(other => other.Key == candidate.Key));
                if (source is null || !taken.Add(source.Key) || source.Type.IsEmpty(data[source.Key]))
                {
                    continue;
                }

                var (oldPath, nowPath) = (FormPaths.Of(oldAt, source), FormPaths.Of(nowAt, field));
                if (Carry(source, field, data[source.Key]!, oldPath, nowPath) is { } value)
                {
                    target[field.Key] = value;
                    if (source.Key != field.Key)
                    {
                        Renamed.Add(new RenamedValue(oldPath, nowPath));
                    }
                }
            }

            foreach (var gone in old.Where(field => field.Expression is null && !taken.Contains(field.Key) && !field.Type.IsEmpty(data[field.Key])))
            {
                Lose(FormPaths.Of(oldAt, gone), gone, "Le formulaire n'a plus ce champ.");
            }

            return target;
        }

        private JsonNode? Carry(FormField old, FormField now, JsonNode value, string oldPath, string nowPath)
        {
            switch (old.Type.Shape, now.Type.Shape)
            {
                case (FieldShape.Group, FieldShape.Group) when value is JsonObject inner:
                    return Level(Held(old.Children), Held(now.Children), inner, oldPath, nowPath);
                case (FieldShape.Rows, FieldShape.Rows) when value is JsonArray rows:
                    return new JsonArray([.. rows.Select((row, i) => Level(Held(old.Children), Held(now.Children), row as JsonObject ?? [], $"{oldPath}[{i}]", $"{nowPath}[{i}]"))]);
                case (FieldShape.Value, FieldShape.Value):
                    var reading = now.Type.Read(now, value);
                    if (reading.Fault is not { } fault)
                    {
                        return reading.Value?.DeepClone();
                    }

                    // A draft may have been wrong before; its author goes on mending it.
                    if (old.Type == now.Type && old.Type.Read(old, value).Fault?.Code == fault.Code)
                    {
                        return value.DeepClone();
                    }

                    Lose(oldPath, old, fault.Fr);
                    return null;
                default:
                    Lose(oldPath, old, "Ce champ est devenu d'une autre sorte.");
                    return null;
            }
        }

        private void Lose(string path, FormField field, string reason) => Lost.Add(new LostValue(path, field.Label.Fr, reason));
    }
}
