using System.Text.Json.Nodes;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Forms.Validation;
using Cleiss.Persistence.Files;
using Cleiss.TestKit;

namespace Cleiss.Forms.Tests;

/// <summary>Forms and their validator, with the real FEEL library.</summary>
public sealed class FormsKit : IDisposable
{
    /// <summary>The day it is in Paris, half an hour after midnight; in UTC it is still the day before.</summary>
    public const string Today = "2026-03-10";

    private readonly NodeFeel _feel = new();

    public FormsKit()
    {
        Types = new FieldTypeRegistry();
        Reader = new FormSchemaReader(Types);
        Conditions = new FormConditions(_feel);
        Validator = new FormValidator(Conditions, new Files(), new ManualTimeProvider(new DateTimeOffset(2026, 3, 9, 23, 30, 0, TimeSpan.Zero)));
    }

    public FieldTypeRegistry Types { get; }

    public FormSchemaReader Reader { get; }

    public FormConditions Conditions { get; }

    public FormValidator Validator { get; }

    public static IReadOnlyList<ShippedForm> Shipped { get; } = new EmbeddedShippedForms(typeof(FormsKit).Assembly).List();

    public FormDefinition ShippedForm(string key)
    {
        var form = Shipped.Single(candidate => candidate.Key == key);
        return Reader.Read(key, 1, FormState.Published, form.Schema, form.Sample);
    }

    /// <summary>A form of the given components, each written as JSON.</summary>
    public FormDefinition Form(params string[] components) =>
        Reader.Read("essai", 1, FormState.Draft, Schema(components), null);

    public static JsonObject Schema(params string[] components) =>
        Json($$"""{"type":"default","schemaVersion":19,"id":"essai","properties":{"cleiss.title.fr":"Essai"},"components":[{{string.Join(",", components)}}]}""");

    /// <summary>A component of one type whose key is <c>v</c>.</summary>
    public string Component(string type, string extra = "", string key = "v", string id = "c")
    {
        var kind = Types.All.Single(t => t.Name == type);
        var name = kind.Shape is FieldShape.Group or FieldShape.Rows ? "path" : "key";
        var label = kind.FormJsType switch { "datetime" => "dateLabel", "text" => "text", _ => "label" };
        var properties = $"\"cleiss.type\":\"{type}\"";
        return $$"""{"id":"{{id}}","type":"{{kind.FormJsType}}","{{name}}":"{{key}}","{{label}}":"Champ","properties":{ {{properties}} }{{(extra.Length == 0 ? "" : "," + extra)}}}""";
    }

    public static JsonObject Json(string json) => JsonNode.Parse(json)!.AsObject();

    public async Task<FormValidation> JudgeAsync(FormDefinition form, string data, string? action = null) =>
        await Validator.ValidateAsync(form, Json(data), "fr", action, CancellationToken.None);

    public void Dispose() => _feel.Dispose();

    /// <summary>Knows every file but those whose id says that nobody uploaded it.</summary>
    private sealed class Files : IUploadedFiles
    {
        public Task<StoredFile?> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult(
            id.StartsWith("inconnu", StringComparison.Ordinal) ? null : new StoredFile(id, new string('0', 64), "reponse.pdf", MediaSniffer.Pdf, 1200, "agent1", DateTimeOffset.UnixEpoch));
    }
}
