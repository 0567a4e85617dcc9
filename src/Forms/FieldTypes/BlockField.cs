using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Several fields that stand for one thing (an address, a person): a group with its own object and named parts, judged as a whole.</summary>
public abstract class BlockField : FieldType
{
    public sealed override string FormJsType => "group";

    public sealed override FieldShape Shape => FieldShape.Group;

    public sealed override bool NeedsOwnObject => true;

    public override Type View => typeof(SectionBox);

    public sealed override JsonNode? Example => null;

    /// <summary>Keys of the fields it cannot be without; the owner adds others as needed.</summary>
    protected abstract IReadOnlyList<string> Parts { get; }

    public sealed override IEnumerable<(string Code, string Message, string Mend)> CheckDefinition(FormField field) =>
        Parts.Where(part => !field.Children.Any(child => child.Key == part))
            .Select(part => ($"{Name}-part", $"Le bloc « {field.Label.Fr} » n'a pas de champ « {part} ».", $"Ajoutez-lui un champ de clé « {part} »."));

    /// <summary>Judges the block as a whole, its fields being already right.</summary>
    public sealed override FieldReading Read(FormField field, JsonNode value) =>
        value is JsonObject block && Judge(field, block) is { } fault ? new FieldReading(null, fault) : new FieldReading(value);

    protected virtual FieldFault? Judge(FormField field, JsonObject block) => null;

    protected static string? Part(JsonObject block, string key) => FormSchemaReader.Text(block, key) is { Length: > 0 } text ? text : null;

    protected static FieldFault? EndBeforeStart(JsonObject block) =>
        Date.Range(Part(block, "du")) is { } start && Date.Range(Part(block, "au")) is { } end && end.Last < start.First
            ? new FieldFault("end-before-start", "La fin précède le début : corrigez l'une des deux dates.", "Sfârșitul este anterior începutului: corectați una dintre cele două date.", "au")
            : null;
}
