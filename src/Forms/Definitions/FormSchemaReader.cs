using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Definitions;

/// <summary>Reads form-js's schema into a <see cref="FormDefinition"/> and checks it as a whole: every problem is reported at once.</summary>
public sealed partial class FormSchemaReader(FieldTypeRegistry fieldTypes)
{
    /// <summary>Names a condition may use beside the form's own fields, so no field may be called so.</summary>
    public static readonly IReadOnlySet<string> ReservedKeys = new HashSet<string>(StringComparer.Ordinal) { "action", "this", "parent", "i" };

    private const int DeepestNesting = 6;

    // Texts beside label and help that people read; their twin is the same name with the language behind it.
    private static readonly string[] PairedProperties = ["cleiss.row.title", "cleiss.pattern.message", "cleiss.other.label"];

    /// <summary>The definition; throws with all blocking problems when the schema cannot be used.</summary>
    public FormDefinition Read(string key, int version, FormState state, JsonObject schema, JsonObject? sample)
    {
        var (definition, problems) = Check(key, version, state, schema, sample);
        var blocking = problems.Where(problem => problem.Blocking).ToList();
        return blocking.Count == 0 ? definition : throw new FormDefinitionException(blocking);
    }

    /// <summary>The definition as far as it can be read, and everything that is wrong with it.</summary>
    public (FormDefinition Definition, IReadOnlyList<FormProblem> Problems) Check(
        string key, int version, FormState state, JsonObject schema, JsonObject? sample)
    {
        var reading = new Reading(fieldTypes);
        var properties = reading.ReadProperties(schema, "$");
        if (Text(schema, "type") != "default")
        {
            reading.Add("form-type", "$.type", "Le type du formulaire doit être « default ».", "Remplacez la valeur de « type » par « default ».");
        }

        if (properties.GetValueOrDefault("cleiss.form.key") is { } declared && declared != key)
        {
            reading.Add("form-key", "$.properties.cleiss.form.key", $"La clé « {declared} » n'est pas celle du formulaire, « {key} ».", $"Écrivez « {key} ».");
        }

        var language = properties.GetValueOrDefault("cleiss.partner.language");
        reading.Language = string.IsNullOrWhiteSpace(language) ? null : language;
        var fields = reading.ReadComponents(schema["components"], "$.components", 0);
        var title = reading.Pair(properties, "cleiss.title.fr", "cleiss.title", "$.properties");
        if (title is null)
        {
            reading.Add("title-missing", "$.properties", "Le formulaire n'a pas de titre français.", "Ajoutez la propriété « cleiss.title.fr ».", blocking: false);
        }

        var visible = (properties.GetValueOrDefault("cleiss.flow.visible") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var topLevel = TopLevelKeys(fields).ToHashSet(StringComparer.Ordinal);
        foreach (var name in visible.Where(name => !topLevel.Contains(name)))
        {
            reading.Add("flow-visible-unknown", "$.properties.cleiss.flow.visible", $"Le champ « {name} » n'existe pas.", $"Retirez-le, ou choisissez parmi : {string.Join(", ", topLevel)}.", blocking: false);
        }

        foreach (var field in fields.SelectMany(f => f.SelfAndDescendants()).Where(f => visible.Contains(f.Key, StringComparer.Ordinal) && f.Type.IsPersonal))
        {
            reading.Add("flow-visible-personal", field.SchemaPath, $"« {field.Label.Fr} » est une donnée personnelle : le flux ne doit pas la voir.", "Retirez-la de « cleiss.flow.visible ».", blocking: false);
        }

        var definition = new FormDefinition
        {
            Key = key,
            Version = version,
            State = state,
            Schema = schema,
            Sample = sample,
            Title = title ?? new Bilingual(key),
            Code = properties.GetValueOrDefault("cleiss.code"),
            PartnerCode = properties.GetValueOrDefault("cleiss.partner.code"),
            PartnerLanguage = reading.Language,
            Family = properties.GetValueOrDefault("cleiss.family"),
            LegalBasis = reading.Pair(properties, "cleiss.legal-basis.fr", "cleiss.legal-basis", "$.properties"),
            VisibleToFlow = visible,
            Fields = fields,
            TextCount = reading.TextCount,
        };
        return (definition, reading.Problems);
    }

    private static IEnumerable<string> TopLevelKeys(IEnumerable<FormField> fields) =>
        fields.SelectMany(field => field.Type.Shape == FieldShape.Group && field.Key.Length == 0 ? TopLevelKeys(field.Children) : [field.Key]).Where(k => k.Length > 0);

    /// <summary>What may name a field in conditions and answers.</summary>
    public static bool IsKey(string text) => KeyPattern().IsMatch(text);

    internal static string? Text(JsonObject node, string name) =>
        node.TryGetPropertyValue(name, out var value) && value is JsonValue text && text.TryGetValue(out string? result) ? result : null;

    /// <summary>An expression as people write it, without the leading <c>=</c>; null for none.</summary>
    internal static string? Feel(string? expression) =>
        string.IsNullOrWhiteSpace(expression) ? null : expression.Trim().TrimStart('=').Trim();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.None, 1000)]
    private static partial Regex KeyPattern();

    private sealed class Reading(FieldTypeRegistry fieldTypes)
    {
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

        public List<FormProblem> Problems { get; } = [];

        public string? Language { get; set; }

        public int TextCount { get; private set; }

        public void Add(string code, string path, string message, string mend, bool blocking = true) =>
            Problems.Add(new FormProblem(code, path, message, mend, blocking));

        public Dictionary<string, string> ReadProperties(JsonObject component, string path)
        {
            var result = new Dictionary<string, string>(StringComparer.Ordinal);
            if (!component.TryGetPropertyValue("properties", out var node) || node is null)
            {
                return result;
            }

            if (node is not JsonObject properties)
            {
                Add("properties-not-object", path + ".properties", "« properties » doit être un objet.", "Écrivez des paires « nom : texte ».");
                return result;
            }

            foreach (var (name, value) in properties)
            {
                if (value is JsonValue text && text.TryGetValue(out string? content))
                {
                    result[name] = content;
                }
                else
                {
                    Add("property-not-text", $"{path}.properties.{name}", "Une propriété doit être un texte.", "Mettez la valeur entre guillemets.");
                }
            }

            return result;
        }

        /// <summary>A French text and its partner twin; tells when the twin is missing and the form has a partner language.</summary>
        public Bilingual? Pair(IReadOnlyDictionary<string, string> properties, string frenchName, string stem, string path) =>
            Pair(properties.GetValueOrDefault(frenchName), properties, stem, path);

        public Bilingual? Pair(string? french, IReadOnlyDictionary<string, string> properties, string stem, string path)
        {
            if (string.IsNullOrWhiteSpace(french))
            {
                return null;
            }

            TextCount++;
            var partner = Language is null ? null : properties.GetValueOrDefault($"{stem}.{Language}");
            if (Language is not null && string.IsNullOrWhiteSpace(partner))
            {
                Add("partner-text-missing", $"{path}.{stem}.{Language}", $"« {french} » n'est pas traduit.", $"Ajoutez la propriété « {stem}.{Language} ».", blocking: false);
            }

            return new Bilingual(french, string.IsNullOrWhiteSpace(partner) ? null : partner);
        }

        public List<FormField> ReadComponents(JsonNode? node, string path, int depth)
        {
            if (node is not JsonArray components)
            {
                Add("components-missing", path, "La liste « components » manque.", "Ajoutez « components », même vide.");
                return [];
            }

            if (depth > DeepestNesting)
            {
                Add("too-deep", path, "Les groupes sont trop imbriqués.", $"Ne dépassez pas {DeepestNesting} niveaux.");
                return [];
            }

            var fields = new List<FormField>();
            for (var i = 0; i < components.Count; i++)
            {
                var place = $"{path}[{i}]";
                if (components[i] is not JsonObject component)
                {
                    Add("component-not-object", place, "Un composant doit être un objet.", "Supprimez cet élément.");
                }
                else if (ReadComponent(component, place, depth) is { } field)
                {
                    fields.Add(field);
                }
            }

            foreach (var twins in Keys(fields).GroupBy(f => f.Key, StringComparer.Ordinal).Where(g => g.Count() > 1))
            {
                foreach (var twin in twins.Skip(1))
                {
                    Add("key-twice", twin.SchemaPath + ".key", $"La clé « {twin.Key} » sert deux fois au même niveau.", "Donnez une autre clé à l'un des deux champs.", blocking: false);
                }
            }

            return fields;
        }

        // Sections without a path keep their fields in the surrounding object, so their keys compete with their neighbours'.
        private static IEnumerable<FormField> Keys(IEnumerable<FormField> fields) =>
            fields.SelectMany(f => f.Key.Length > 0 ? [f] : f.Type.Shape == FieldShape.Group ? Keys(f.Children) : Enumerable.Empty<FormField>());

        private FormField? ReadComponent(JsonObject component, string path, int depth)
        {
            var properties = ReadProperties(component, path);
            var formJsType = Text(component, "type");
            var type = fieldTypes.Find(properties.GetValueOrDefault("cleiss.type"), formJsType);
            if (type is null)
            {
                Add("field-type-unknown", path + ".type", $"Type de champ inconnu : « {properties.GetValueOrDefault("cleiss.type") ?? formJsType ?? "absent"} ».", $"Types connus : {string.Join(", ", fieldTypes.All.Select(t => t.Name))}.");
                return null;
            }

            if (type.FormJsType != formJsType)
            {
                Add("base-type", path + ".type", $"Un champ « {type.Name} » repose sur le type « {type.FormJsType} », pas « {formJsType} ».", $"Écrivez « {type.FormJsType} ».");
            }

            var id = Text(component, "id");
            if (string.IsNullOrWhiteSpace(id))
            {
                Add("id-missing", path + ".id", "Le composant n'a pas d'identifiant.", "Ajoutez un « id » unique dans le formulaire.");
                id = path;
            }
            else if (!_ids.Add(id))
            {
                Add("id-twice", path + ".id", $"L'identifiant « {id} » sert deux fois.", "Donnez un identifiant unique à chaque composant.");
            }

            var key = type.Shape switch
            {
                FieldShape.Text => "",
                FieldShape.Value => Text(component, "key") ?? "",
                _ => Text(component, "path") ?? "",
            };
            CheckKey(type, key, path);
            var french = type.Shape == FieldShape.Text ? Text(component, "text") : type.FormJsType == "datetime" ? Text(component, "dateLabel") : Text(component, "label");
            var label = Pair(french ?? properties.GetValueOrDefault("cleiss.label.fr"), properties, "cleiss.label", path + ".properties");
            if (label is null)
            {
                Add("label-missing", path + ".label", "Le libellé français manque.", "Écrivez ce que la personne doit comprendre ou saisir.", blocking: false);
            }

            var validate = component["validate"] as JsonObject ?? [];
            var field = new FormField
            {
                Id = id,
                Key = key,
                Type = type,
                SchemaPath = path,
                Label = label ?? new Bilingual(key),
                Help = Pair(Text(component, "description"), properties, "cleiss.help", path + ".properties"),
                Required = validate["required"] is JsonValue required && required.TryGetValue(out bool isRequired) && isRequired,
                MinLength = (int?)Number(validate, "minLength", path),
                MaxLength = (int?)Number(validate, "maxLength", path),
                Min = Number(validate, "min", path) ?? Number(component, "min", path),
                Max = Number(validate, "max", path) ?? Number(component, "max", path),
                Pattern = PatternOf(validate, path),
                HideWhen = Feel((component["conditional"] as JsonObject) is { } conditional ? Text(conditional, "hide") : null),
                RequiredWhen = Feel(properties.GetValueOrDefault("cleiss.required.when")),
                Expression = Feel(Text(component, "expression")),
                Rules = FormRules.Read(properties),
                Choices = type.HasChoices ? ReadChoices(component, properties, path) : [],
                Children = type.Shape is FieldShape.Group or FieldShape.Rows ? ReadComponents(component["components"], path + ".components", depth + 1) : [],
                InitialRows = Math.Clamp((int)(Number(component, "defaultRepetitions", path) ?? 1), 0, 50),
                Properties = properties,
            };
            foreach (var stem in FormRules.MessageNames(properties).Concat(PairedProperties))
            {
                Pair(properties, stem, stem, path + ".properties");
            }

            foreach (var missing in FormRules.MissingMessages(properties))
            {
                Add("rule-message-missing", $"{path}.properties.{missing}", "Une règle n'a pas de message.", "Écrivez ce que la personne doit faire quand la règle n'est pas respectée.", blocking: false);
            }

            foreach (var (code, message, mend) in type.CheckDefinition(field))
            {
                Add(code, path, message, mend, blocking: false);
            }

            return field;
        }

        private void CheckKey(FieldType type, string key, string path)
        {
            if (key.Length == 0)
            {
                if (type.Shape is FieldShape.Value or FieldShape.Rows || type.NeedsOwnObject)
                {
                    var name = type.Shape == FieldShape.Value ? "key" : "path";
                    Add("key-missing", $"{path}.{name}", "Le champ n'a pas de clé.", $"Ajoutez « {name} », par exemple « dateNaissance ».", blocking: false);
                }
            }
            else if (!KeyPattern().IsMatch(key))
            {
                Add("key-form", path + ".key", $"La clé « {key} » n'est pas utilisable.", "Lettres sans accent, chiffres et « _ » seulement, sans chiffre au début.", blocking: false);
            }
            else if (ReservedKeys.Contains(key))
            {
                Add("key-reserved", path + ".key", $"La clé « {key} » a un sens réservé dans les conditions.", "Choisissez un autre nom.", blocking: false);
            }
        }

        private List<FormChoice> ReadChoices(JsonObject component, Dictionary<string, string> properties, string path)
        {
            var choices = new List<FormChoice>();
            if (component["values"] is not JsonArray { Count: > 0 } values)
            {
                Add("choices-missing", path + ".values", "Le champ ne propose aucun choix.", "Ajoutez au moins une valeur avec son libellé.", blocking: false);
                return choices;
            }

            for (var i = 0; i < values.Count; i++)
            {
                var place = $"{path}.values[{i}]";
                if (values[i] is not JsonObject choice || Text(choice, "value") is not { Length: > 0 } value)
                {
                    Add("choice-value", place, "Un choix doit avoir une valeur.", "Écrivez « value » et « label ».", blocking: false);
                    continue;
                }

                if (choices.Exists(c => c.Value == value))
                {
                    Add("choice-twice", place, $"La valeur « {value} » sert deux fois.", "Gardez une seule fois chaque valeur.", blocking: false);
                }

                choices.Add(new FormChoice(value, Pair(Text(choice, "label"), properties, $"cleiss.choice.{value}", path + ".properties") ?? new Bilingual(value)));
            }

            return choices;
        }

        private string? PatternOf(JsonObject validate, string path)
        {
            if (Text(validate, "pattern") is not { Length: > 0 } pattern)
            {
                return null;
            }

            try
            {
                _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
                return pattern;
            }
            catch (ArgumentException)
            {
                Add("pattern", path + ".validate.pattern", $"L'expression « {pattern} » n'est pas une expression régulière.", "Corrigez-la ou supprimez-la.", blocking: false);
                return null;
            }
        }

        private decimal? Number(JsonObject node, string name, string path)
        {
            if (!node.TryGetPropertyValue(name, out var value) || value is null)
            {
                return null;
            }

            var text = value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String ? value.ToString() : "";
            if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < int.MaxValue * 1000m)
            {
                return name.EndsWith("Length", StringComparison.Ordinal) || name == "defaultRepetitions" ? Math.Clamp(Math.Truncate(number), 0, 1_000_000) : number;
            }

            Add("number", $"{path}.{name}", $"« {name} » doit être un nombre.", "Écrivez un nombre, ou supprimez cette limite.", blocking: false);
            return null;
        }

    }
}
