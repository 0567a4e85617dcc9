using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;

namespace Cleiss.Forms.Catalogue;

/// <param name="Notes">What was changed or left out on the way, in French.</param>
public sealed record ImportedForm(JsonObject Schema, IReadOnlyList<string> Notes);

/// <summary>
/// Takes in form JSON of Camunda or of form-js itself: what we can draw is kept as it is, names are made usable, the rest is left out and told.
/// A form this product exported comes back unchanged.
/// </summary>
public sealed class FormImport(FieldTypeRegistry fieldTypes)
{
    // Components of form-js that show or do something beside asking for a value.
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["button"] = "un bouton (les actions viennent de la tâche)",
        ["html"] = "un bloc HTML",
        ["image"] = "une image",
        ["iframe"] = "une page incorporée",
        ["separator"] = "un trait de séparation",
        ["spacer"] = "un espace vide",
        ["table"] = "un tableau calculé",
        ["documentPreview"] = "un aperçu de document",
    };

    /// <param name="title">Used when the file names none.</param>
    public ImportedForm Read(JsonObject file, string key, string title)
    {
        var schema = file.DeepClone().AsObject();
        var notes = new List<string>();
        schema["type"] = "default";
        schema["id"] = key;
        var properties = Properties(schema);
        properties["cleiss.form.key"] = key;
        if (FormSchemaReader.Text(properties, "cleiss.title.fr") is null)
        {
            properties["cleiss.title.fr"] = title;
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        schema["components"] = Take(schema["components"] as JsonArray ?? [], ids, notes);
        return new ImportedForm(schema, notes);
    }

    private JsonArray Take(JsonArray components, HashSet<string> ids, List<string> notes)
    {
        var kept = new JsonArray();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in components.OfType<JsonObject>())
        {
            var copy = component.DeepClone().AsObject();
            var type = FormSchemaReader.Text(copy, "type") ?? "";
            var name = Label(copy) ?? type;
            if (type == "taglist")
            {
                copy["type"] = type = "checklist";
                notes.Add($"« {name} » : la liste d'étiquettes devient un choix multiple.");
            }

            var known = FormSchemaReader.Text(Properties(copy), "cleiss.type");
            if (fieldTypes.Find(known, type) is not { } fieldType)
            {
                notes.Add(LeftOut.TryGetValue(type, out var what) ? $"Laissé de côté : {what}." : $"Laissé de côté : « {name} », de type « {type} », que Cleiss ne sait pas afficher.");
                continue;
            }

            if (type == "datetime" && FormSchemaReader.Text(copy, "subtype") is "time" or "datetime")
            {
                copy["subtype"] = "date";
                copy["dateLabel"] ??= FormSchemaReader.Text(copy, "timeLabel");
                notes.Add($"« {name} » : l'heure n'est pas demandée, seulement la date.");
            }

            GiveId(copy, ids);
            GiveKey(copy, fieldType, name, keys, notes);
            if (copy["components"] is JsonArray children)
            {
                copy["components"] = Take(children, ids, notes);
            }

            kept.Add(copy);
        }

        return kept;
    }

    private static void GiveId(JsonObject component, HashSet<string> ids)
    {
        var id = FormSchemaReader.Text(component, "id");
        var wanted = string.IsNullOrWhiteSpace(id) ? "c" : id;
        var free = wanted;
        for (var i = 2; !ids.Add(free); i++)
        {
            free = $"{wanted}_{i.ToString(CultureInfo.InvariantCulture)}";
        }

        component["id"] = free;
    }

    private static void GiveKey(JsonObject component, FieldType type, string name, HashSet<string> keys, List<string> notes)
    {
        if (type.Shape == FieldShape.Text)
        {
            return;
        }

        var property = type.Shape == FieldShape.Value ? "key" : "path";
        var given = FormSchemaReader.Text(component, property) ?? "";
        if (given.Length == 0 && type.Shape == FieldShape.Group && !type.NeedsOwnObject)
        {
            return;
        }

        var wanted = FormSchemaReader.IsKey(given) ? given : UsableKey(given.Length > 0 ? given : name);
        var free = wanted;
        for (var i = 2; FormSchemaReader.ReservedKeys.Contains(free) || !keys.Add(free); i++)
        {
            free = wanted + i.ToString(CultureInfo.InvariantCulture);
        }

        if (free != given)
        {
            component[property] = free;
            notes.Add($"« {name} » : le nom technique « {given} » devient « {free} » ; relisez les conditions qui l'emploient.");
        }
    }

    /// <summary>Letters without accents, digits and « _ », beginning with a letter.</summary>
    public static string UsableKey(string text)
    {
        var result = new StringBuilder();
        var upper = false;
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                result.Append(upper ? char.ToUpperInvariant(c) : c);
                upper = false;
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                upper = result.Length > 0;
            }
        }

        var key = result.ToString();
        return key.Length == 0 ? "champ" : char.IsAsciiDigit(key[0]) ? "_" + key : char.ToLowerInvariant(key[0]) + key[1..];
    }

    private static string? Label(JsonObject component) =>
        FormSchemaReader.Text(component, "label") ?? FormSchemaReader.Text(component, "dateLabel") ?? FormSchemaReader.Text(component, "text") ?? FormSchemaReader.Text(component, "key");

    private static JsonObject Properties(JsonObject component)
    {
        if (component["properties"] is not JsonObject properties)
        {
            component["properties"] = properties = [];
        }

        return properties;
    }
}
