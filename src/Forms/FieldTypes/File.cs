using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A file uploaded beforehand: <c>{ id, name }</c>, the id given by <c>POST /api/files</c>.</summary>
public sealed partial class File : FieldType
{
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
            return FieldReading.Wrong("file", "Joignez le fichier de nouveau : son envoi n'a pas abouti.", "Atașați din nou fișierul: trimiterea nu a reușit.");
        }

        var name = value is JsonObject named ? FormSchemaReader.Text(named, "name") : null;
        return new FieldReading(new JsonObject { ["id"] = id, ["name"] = string.IsNullOrWhiteSpace(name) ? id : name[..Math.Min(name.Length, 200)] });
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
        return new Bilingual(name, name);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9\-_]{0,79}\z", RegexOptions.None, 1000)]
    private static partial Regex Id();
}
