using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence.Files;

namespace Cleiss.Forms.Validation;

/// <summary>Judges an answer on the server; any JSON gets an answer, all mistakes are reported at once.</summary>
public sealed class FormValidator(FormConditions conditions, IUploadedFiles files, TimeProvider time)
{
    public Task<FormValidation> ValidateAsync(FormDefinition form, JsonObject data, string language, CancellationToken cancellationToken) =>
        ValidateAsync(form, data, language, action: null, cancellationToken);

    /// <param name="action">Key of the action chosen on the task; conditions see it as <c>action</c>.</param>
    public async Task<FormValidation> ValidateAsync(FormDefinition form, JsonObject data, string language, string? action, CancellationToken cancellationToken)
    {
        var safe = SafeJson.Copy(data);
        var result = await conditions.EvaluateAsync(form, safe, action, cancellationToken);
        var pass = new Pass(result, language, Today());
        var normalised = pass.ReadObject(form.Fields, safe, "");
        foreach (var (field, path, file) in pass.Files)
        {
            pass.JudgeFile(field, path, file, await files.FindAsync(FormSchemaReader.Text(file, "id") ?? "", cancellationToken));
        }

        return new FormValidation(pass.Errors.Count == 0, pass.Errors, normalised, pass.Dropped, [.. result.Hidden.Order(StringComparer.Ordinal)])
        {
            Required = [.. result.Required.Order(StringComparer.Ordinal)],
            Computed = result.Computed,
        };
    }

    private DateOnly Today() => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris")).DateTime);

    private sealed class Pass(ConditionResult conditions, string language, DateOnly today)
    {
        private readonly HashSet<string> _faulty = new(StringComparer.Ordinal);

        public List<FormError> Errors { get; } = [];

        public List<string> Dropped { get; } = [];

        public List<(FormField Field, string Path, JsonObject Value)> Files { get; } = [];

        public void JudgeFile(FormField field, string path, JsonObject value, StoredFile? stored)
        {
            var reading = stored is null ? FieldTypes.File.NotUploaded : FieldTypes.File.Judge(field, stored);
            if (reading.Fault is { } fault)
            {
                Add(path, fault.Code, fault.Fr, fault.Ro);
                return;
            }

            foreach (var (name, known) in reading.Value!.AsObject())
            {
                value[name] = known?.DeepClone();
            }
        }

        public JsonObject ReadObject(IReadOnlyList<FormField> fields, JsonObject data, string prefix)
        {
            var target = new JsonObject();
            var known = new HashSet<string>(StringComparer.Ordinal);
            ReadLevel(fields, data, target, prefix, known);
            foreach (var (name, _) in data.Where(entry => !known.Contains(entry.Key)))
            {
                var shown = name.Length > 60 ? name[..60] + "…" : name;
                Add(Join(prefix, shown), "unknown-field", $"Le formulaire n'a pas de champ « {shown} » : retirez-le.", $"Formularul nu are câmpul „{shown}”: eliminați-l.");
            }

            return target;
        }

        private void ReadLevel(IReadOnlyList<FormField> fields, JsonObject data, JsonObject target, string prefix, HashSet<string> known)
        {
            foreach (var field in fields)
            {
                var path = FormPaths.Of(prefix, field);
                if (field.Type.Shape == FieldShape.Text)
                {
                    if (!conditions.Hidden.Contains(path))
                    {
                        AddBroken(path);
                    }

                    continue;
                }

                if (conditions.Hidden.Contains(path))
                {
                    Drop(field, data, prefix, known);
                }
                else if (field.Type.Shape == FieldShape.Group && field.Key.Length == 0)
                {
                    ReadLevel(field.Children, data, target, prefix, known);
                    AddBroken(path);
                }
                else
                {
                    known.Add(field.Key);
                    ReadField(field, data[field.Key], target, path);
                    AddBroken(path);
                }
            }

            CheckSiblings(fields, target, prefix);
        }

        private void Drop(FormField field, JsonObject data, string prefix, HashSet<string> known)
        {
            if (field.Key.Length == 0)
            {
                foreach (var child in field.Children)
                {
                    Drop(child, data, prefix, known);
                }

                return;
            }

            known.Add(field.Key);
            if (data.TryGetPropertyValue(field.Key, out var value) && !field.Type.IsEmpty(value))
            {
                Dropped.Add(FormPaths.Of(prefix, field));
            }
        }

        private void ReadField(FormField field, JsonNode? value, JsonObject target, string path)
        {
            if (field.Expression is not null)
            {
                target[field.Key] = conditions.Computed.GetValueOrDefault(path)?.DeepClone();
                return;
            }

            switch (field.Type.Shape)
            {
                case FieldShape.Group:
                    ReadGroup(field, value, target, path);
                    break;
                case FieldShape.Rows:
                    ReadRows(field, value, target, path);
                    break;
                default:
                    ReadValue(field, value, target, path);
                    break;
            }
        }

        private void ReadValue(FormField field, JsonNode? value, JsonObject target, string path)
        {
            if (field.Type.IsEmpty(value))
            {
                if (IsRequired(field, path))
                {
                    AddRequired(field, path);
                }

                if (field.Type.EmptyValue is { } empty)
                {
                    target[field.Key] = empty.DeepClone();
                }

                return;
            }

            var reading = field.Type.Read(field, value!);
            if (reading.Fault is { } fault)
            {
                Add(path, fault.Code, fault.Fr, fault.Ro);
                target[field.Key] = value!.DeepClone();
            }
            else
            {
                target[field.Key] = reading.Value?.DeepClone();
                if (field.Type is FieldTypes.File && target[field.Key] is JsonObject file)
                {
                    Files.Add((field, path, file));
                }
            }
        }

        private void ReadGroup(FormField field, JsonNode? value, JsonObject target, string path)
        {
            if (value is not (null or JsonObject))
            {
                Add(path, "object", "Cette partie doit contenir des champs.", "Această parte trebuie să conțină câmpuri.");
                return;
            }

            // An optional address left empty asks nothing of its parts.
            if (field.Type.NeedsOwnObject && !IsRequired(field, path) && field.Type.IsEmpty(value))
            {
                return;
            }

            var before = Errors.Count;
            var read = ReadObject(field.Children, value as JsonObject ?? [], path);
            if (Errors.Count == before && field.Type.Read(field, read).Fault is { } fault)
            {
                Add(fault.Part is { } part && field.Children.Any(child => child.Key == part) ? Join(path, part) : path, fault.Code, fault.Fr, fault.Ro);
            }

            target[field.Key] = read;
        }

        private void ReadRows(FormField field, JsonNode? value, JsonObject target, string path)
        {
            var rows = new JsonArray();
            target[field.Key] = rows;
            if (value is not (null or JsonArray))
            {
                Add(path, "array", "Cette partie doit être une liste de lignes.", "Această parte trebuie să fie o listă de rânduri.");
                return;
            }

            var given = value as JsonArray ?? [];
            var minimum = IsRequired(field, path) ? Math.Max(1, Rows.Minimum(field)) : Rows.Minimum(field);
            if (given.Count < minimum)
            {
                Add(path, "rows-min", minimum == 1 ? $"Ajoutez au moins une ligne à « {field.Label.Fr} »." : $"Ajoutez des lignes à « {field.Label.Fr} » : il en faut au moins {minimum}.", $"Adăugați rânduri la „{field.Label.In("ro")}”: cel puțin {minimum}.");
            }

            var maximum = Rows.Maximum(field);
            if (given.Count > maximum)
            {
                Add(path, "rows-max", $"Retirez des lignes de « {field.Label.Fr} » : {maximum} au plus, il y en a {given.Count}.", $"Eliminați rânduri din „{field.Label.In("ro")}”: cel mult {maximum}, sunt {given.Count}.");
                return;
            }

            for (var i = 0; i < given.Count; i++)
            {
                var place = $"{path}[{i}]";
                if (given[i] is null or JsonObject)
                {
                    rows.Add(ReadObject(field.Children, given[i] as JsonObject ?? [], place));
                }
                else
                {
                    rows.Add(new JsonObject());
                    Add(place, "object", "Cette ligne doit contenir des champs.", "Acest rând trebuie să conțină câmpuri.");
                }
            }

            CheckOverlap(field, rows, path);
        }

        /// <summary>What a field must be beside its siblings and today.</summary>
        private void CheckSiblings(IReadOnlyList<FormField> fields, JsonObject data, string prefix)
        {
            foreach (var field in fields)
            {
                var path = FormPaths.Of(prefix, field);
                if (_faulty.Contains(path) || FormSchemaReader.Text(data, field.Key) is not { } text)
                {
                    continue;
                }

                if (field.Type is Date && Date.Range(text) is { } date)
                {
                    CheckDate(field, path, date, fields, data);
                }
                else if (field.Type is ForeignId && field.Property("cleiss.country.field") is { } sibling
                    && ForeignId.Judge(FormSchemaReader.Text(data, sibling), text) is { } fault)
                {
                    Add(path, fault.Code, fault.Fr, fault.Ro);
                }
            }
        }

        /// <summary><c>cleiss.rule.not-before</c> names the sibling date a date must not precede; <c>cleiss.date.min</c> and <c>.max</c> are dates or <c>today</c>.</summary>
        private void CheckDate(FormField field, string path, (DateOnly First, DateOnly Last) date, IReadOnlyList<FormField> fields, JsonObject data)
        {
            // Of a date known in part only what is certain counts: no false alarm.
            if (Bound(field.Property("cleiss.date.min")) is { } min && date.Last < min.First)
            {
                Add(path, "date-min", $"Cette date doit être le {Words(min.First, '/')} ou plus tard : corrigez-la.", $"Această dată trebuie să fie {Words(min.First, '.')} sau mai târziu: corectați-o.");
            }
            else if (Bound(field.Property("cleiss.date.max")) is { } max && date.First > max.Last)
            {
                Add(path, "date-max", $"Cette date doit être le {Words(max.Last, '/')} ou plus tôt : corrigez-la.", $"Această dată trebuie să fie {Words(max.Last, '.')} sau mai devreme: corectați-o.");
            }

            var start = field.Property("cleiss.rule.not-before");
            if (start is not null && Date.Range(FormSchemaReader.Text(data, start)) is { } from && date.Last < from.First)
            {
                var label = fields.SelectMany(f => f.SelfAndDescendants()).FirstOrDefault(f => f.Key == start)?.Label ?? new Bilingual(start);
                Add(path, "end-before-start", $"Cette date précède « {label.Fr} » : corrigez l'une des deux.", $"Această dată este anterioară câmpului „{label.In("ro")}”: corectați una dintre ele.");
            }
        }

        private (DateOnly First, DateOnly Last)? Bound(string? bound) => bound == "today" ? (today, today) : Date.Range(bound);

        private static string Words(DateOnly date, char separator) =>
            date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture).Replace('/', separator);

        private void CheckOverlap(FormField field, JsonArray rows, string path)
        {
            if (field.Property("cleiss.rule.no-overlap")?.Split(',', StringSplitOptions.TrimEntries) is not [var from, var to])
            {
                return;
            }

            var periods = new List<(int Row, DateOnly First, DateOnly Last)>();
            for (var i = 0; i < rows.Count; i++)
            {
                var row = (JsonObject)rows[i]!;
                if (Date.Range(FormSchemaReader.Text(row, from)) is { } start)
                {
                    // Of dates known in part only what is certain counts: no false alarm.
                    var last = Date.Range(FormSchemaReader.Text(row, to))?.First ?? DateOnly.MaxValue;
                    periods.Add((i, start.Last, last));
                }
            }

            foreach (var later in periods)
            {
                var earlier = periods.FirstOrDefault(p => p.Row < later.Row && p.First <= later.Last && later.First <= p.Last, (-1, default, default));
                if (earlier.Row >= 0 && later.First <= later.Last)
                {
                    Add($"{path}[{later.Row}].{from}", "overlap", $"Cette période chevauche celle de la ligne {earlier.Row + 1} : corrigez les dates de l'une ou de l'autre.", $"Această perioadă se suprapune cu cea din rândul {earlier.Row + 1}: corectați datele uneia dintre ele.");
                }
            }
        }

        private bool IsRequired(FormField field, string path) => field.Required || conditions.Required.Contains(path);

        private void AddRequired(FormField field, string path)
        {
            switch (field.Type)
            {
                case Checkbox:
                    Add(path, "required", $"Cochez « {field.Label.Fr} » pour continuer.", $"Bifați „{field.Label.In("ro")}” pentru a continua.");
                    break;
                case ChoiceField or YesNo or MultipleChoice or ListedField:
                    Add(path, "required", $"Choisissez une réponse pour « {field.Label.Fr} ».", $"Alegeți un răspuns pentru „{field.Label.In("ro")}”.");
                    break;
                case FieldTypes.File:
                    Add(path, "required", $"Joignez un fichier à « {field.Label.Fr} ».", $"Atașați un fișier la „{field.Label.In("ro")}”.");
                    break;
                default:
                    Add(path, "required", $"Renseignez « {field.Label.Fr} ».", $"Completați „{field.Label.In("ro")}”.");
                    break;
            }
        }

        // A value that is wrong in itself is named once; rules that build on it would only confuse.
        private void AddBroken(string path)
        {
            if (!_faulty.Contains(path) && conditions.Broken.TryGetValue(path, out var rules))
            {
                foreach (var rule in rules)
                {
                    Add(path, rule.Code, rule.Message.Fr, rule.Message.In("ro"));
                }
            }
        }

        private void Add(string path, string code, string fr, string ro)
        {
            _faulty.Add(path);
            Errors.Add(new FormError(path, code, language == "ro" ? ro : fr));
        }

        private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";
    }
}
