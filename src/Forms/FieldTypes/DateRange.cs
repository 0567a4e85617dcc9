using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>From one date to another, both included: <c>du</c> and <c>au</c>. <c>cleiss.range.months</c> is the longest it may be.</summary>
public sealed class DateRange : BlockField
{
    public override string Name => "date-range";

    public override string FrenchName => "Dates de début et de fin";

    protected override IReadOnlyList<string> Parts { get; } = ["du", "au"];

    protected override FieldFault? Judge(FormField field, JsonObject block)
    {
        if (EndBeforeStart(block) is { } order)
        {
            return order;
        }

        return int.TryParse(field.Property("cleiss.range.months"), NumberStyles.None, CultureInfo.InvariantCulture, out var months)
            && Date.Range(Part(block, "du")) is { } start && Date.Range(Part(block, "au")) is { } end && end.First >= start.Last.AddMonths(Math.Min(months, 1200))
            ? new FieldFault("range-too-long", $"Cette durée dépasse {months} mois : corrigez les dates.", $"Această durată depășește {months} luni: corectați datele.", "au")
            : null;
    }
}
