using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A number; whole unless <c>cleiss.decimals</c> allows digits after the point.</summary>
public sealed class Number : NumericField
{
    public override string Name => "number";

    public override string FrenchName => "Nombre";

    public override bool IsPlain => true;

    public override JsonNode? Example => 42m;

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage) =>
        value is not null && ToNumber(value) is { } number
            ? new Bilingual(French(number), Format(number, "#,0.############", '.', ','))
            : base.Print(field, value, partnerLanguage);

    protected override int Decimals(FormField field) =>
        int.TryParse(field.Property("cleiss.decimals"), CultureInfo.InvariantCulture, out var decimals) ? Math.Clamp(decimals, 0, 6) : 0;
}
