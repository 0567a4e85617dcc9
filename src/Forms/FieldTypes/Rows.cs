using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.Rendering;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// A repeatable group. Properties: <c>cleiss.rows.min</c>, <c>cleiss.rows.max</c>, <c>cleiss.row.title</c> (a title for each row),
/// <c>cleiss.row.name</c> (key of the field whose value is added to the title),
/// <c>cleiss.rule.no-overlap</c> = <c>from,to</c> (periods of different rows must not overlap).
/// </summary>
public sealed class Rows : FieldType
{
    /// <summary>More rows than any paper form ever had; protects the server.</summary>
    public const int Most = 500;

    public override string Name => "rows";

    public override string FormJsType => "dynamiclist";

    public override string FrenchName => "Groupe répétable";

    public override bool IsPlain => true;

    public override FieldShape Shape => FieldShape.Rows;

    public override Type View => typeof(RowsBox);

    public override JsonNode? EmptyValue => new JsonArray();

    public override JsonNode? Example => new JsonArray(new JsonObject());

    public static int Minimum(FormField field) => Count(field, "cleiss.rows.min", field.Required ? 1 : 0);

    public static int Maximum(FormField field) => Math.Min(Count(field, "cleiss.rows.max", Most), Most);

    public static Bilingual RowTitle(FormField field)
    {
        var french = field.Property("cleiss.row.title");
        return french is null ? new Bilingual("Ligne", "Rândul") : new Bilingual(french, field.Properties.FirstOrDefault(p => p.Key.StartsWith("cleiss.row.title.", StringComparison.Ordinal)).Value);
    }

    /// <summary>The rows to draw: those given, or as many empty ones as the form begins with.</summary>
    internal static JsonArray Shown(FieldContext context) => context.Value as JsonArray
        ?? (context.Drawing.ReadOnly ? [] : new JsonArray([.. Enumerable.Range(0, Math.Max(context.Field.InitialRows, Minimum(context.Field))).Select(_ => new JsonObject())]));

    public override FieldReading Read(FormField field, JsonNode value) => new(value);

    private static int Count(FormField field, string property, int otherwise) =>
        int.TryParse(field.Property(property), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : otherwise;
}
