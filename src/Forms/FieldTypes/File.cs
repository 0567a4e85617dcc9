using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;
using Cleiss.Persistence.Files;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// A file uploaded beforehand: <c>{ id, name }</c>, the id given by <c>POST /api/files</c>; the validator adds what was stored under it (type
/// by content, size, SHA-256). <c>cleiss.file.types</c> = <c>pdf,docx</c> and <c>cleiss.file.max</c> (MB) restrict it.
/// </summary>
public sealed partial class File : FieldType
{
    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.Ordinal)
    {
        ["pdf"] = MediaSniffer.Pdf,
        ["png"] = MediaSniffer.Png,
        ["jpg"] = MediaSniffer.Jpeg,
        ["docx"] = MediaSniffer.Docx,
        ["odt"] = MediaSniffer.Odt,
        ["txt"] = MediaSniffer.Text,
    };

    /// <summary>What is said of an id under which nothing is stored.</summary>
    public static FieldReading NotUploaded =>
        FieldReading.Wrong("file", "Joignez le fichier de nouveau : son envoi n'a pas abouti.", "Atașați din nou fișierul: trimiterea nu a reușit.");

    public override string Name => "file";

    public override string FormJsType => "filepicker";

    public override string FrenchName => "Fichier joint";

    public override bool IsPlain => true;

    public override Type View => typeof(FileInput);

    public override JsonNode? Example => new JsonObject { ["id"] = "0f8fad5b-d9cb-469f-a165-70867728950e", ["name"] = "reponse.pdf" };

    public override FieldReading Read(FormField field, JsonNode value)
    {
        var id = value switch
        {
            JsonObject file => FormSchemaReader.Text(file, "id"),
            JsonValue scalar when scalar.TryGetValue(out string? text) => text,
            _ => null,
        };
        if (id is null || !Id().IsMatch(id))
        {
            return NotUploaded;
        }

        var name = value is JsonObject named ? FormSchemaReader.Text(named, "name") : null;
        return new FieldReading(new JsonObject { ["id"] = id, ["name"] = string.IsNullOrWhiteSpace(name) ? id : name[..Math.Min(name.Length, 200)] });
    }

    public override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field)
    {
        foreach (var type in Types(field).Where(type => !MediaTypes.ContainsKey(type)))
        {
            yield return ("file-type", $"Type de fichier inconnu : « {type} ».", $"Écrivez parmi : {string.Join(", ", MediaTypes.Keys)}.");
        }

        if (field.Property("cleiss.file.max") is { } max && !int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            yield return ("file-max", $"« {max} » n'est pas une taille.", "Écrivez un nombre entier de mégaoctets, de 1 à 25.");
        }
    }

    /// <summary>The value with what is known of the stored file, or what is wrong with that file here.</summary>
    public static FieldReading Judge(FormField field, StoredFile stored)
    {
        var allowed = Types(field);
        if (allowed.Length > 0 && !allowed.Any(type => MediaTypes.GetValueOrDefault(type) == stored.MediaType))
        {
            var names = string.Join(", ", allowed);
            return FieldReading.Wrong("file-type", $"Ce fichier n'est pas du type attendu ({names}), d'après son contenu : joignez-en un autre.", $"Acest fișier nu este de tipul așteptat ({names}), după conținutul său: atașați altul.");
        }

        if (int.TryParse(field.Property("cleiss.file.max"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && stored.Size > most * 1_000_000L)
        {
            return FieldReading.Wrong("file-size", $"Ce fichier dépasse {most} Mo : réduisez-le, puis joignez-le de nouveau.", $"Acest fișier depășește {most} MB: reduceți-l, apoi atașați-l din nou.");
        }

        return new FieldReading(new JsonObject
        {
            ["id"] = stored.Id,
            ["name"] = stored.Name,
            ["mediaType"] = stored.MediaType,
            ["size"] = stored.Size,
            ["sha256"] = stored.Sha256,
        });
    }

    /// <summary>The posted value is the id, optionally followed by <c>|</c> and the name.</summary>
    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted)
    {
        var parts = posted.LastOrDefault(text => text.Length > 0)?.Split('|', 2);
        return parts is null ? null : new JsonObject { ["id"] = parts[0], ["name"] = parts[^1] };
    }

    public override string ToInput(JsonNode? value) => value switch
    {
        JsonObject file => $"{FormSchemaReader.Text(file, "id")}|{FormSchemaReader.Text(file, "name")}",
        _ => base.ToInput(value),
    };

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var name = value is JsonObject file ? FormSchemaReader.Text(file, "name") ?? "" : base.ToInput(value);
        return value is JsonObject known && known["size"] is JsonValue size && size.TryGetValue(out decimal bytes)
            ? new Bilingual($"{name} ({Size(bytes)}o)", $"{name} ({Size(bytes)}B)")
            : new Bilingual(name, name);
    }

    /// <summary>For the browser's file dialog.</summary>
    public static string Accept(FormField field) =>
        string.Join(',', (Types(field) is { Length: > 0 } some ? some : [.. MediaTypes.Keys]).SelectMany(type => type switch { "jpg" => [".jpg", ".jpeg"], _ => new[] { "." + type } }));

    private static string[] Types(FormField field) =>
        (field.Property("cleiss.file.types") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Size(decimal bytes) => bytes < 1_000_000 ? $"{Math.Max(1, Math.Round(bytes / 1000)):0} k" : $"{Math.Round(bytes / 1_000_000):0} M";

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9\-_]{0,79}\z", RegexOptions.None, 1000)]
    private static partial Regex Id();
}
