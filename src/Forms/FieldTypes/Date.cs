using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>
/// A date, kept as ISO 8601. With <c>cleiss.date.partial</c> = <c>true</c> the day, or day and month, may be unknown (<c>1958-03</c>, <c>1958</c>),
/// as on civil-status papers of some registers.
/// </summary>
public sealed partial class Date : FieldType
{
    public override string Name => "date";

    public override string FormJsType => "datetime";

    public override string FrenchName => "Date";

    public override bool IsPlain => true;

    public override Type View => typeof(LineInput);

    public override JsonNode? Example => "2025-03-10";

    public override InputHints Hints(FormField field) => new(InputMode: "numeric", AutoComplete: "off", MaxLength: 10, Width: "xs", Format: "date");

    public override FieldReading Read(FormField field, JsonNode value)
    {
        var partial = field.Property("cleiss.date.partial") == "true";
        if (value is not JsonValue scalar || !scalar.TryGetValue(out string? text) || Parse(text.Trim(), partial) is not { } iso)
        {
            return partial
                ? FieldReading.Wrong("date", "Écrivez une date qui existe : 10/03/1958, ou 03/1958, ou 1958 si le reste est inconnu.", "Scrieți o dată care există: 10.03.1958, sau 03.1958, sau 1958 dacă restul este necunoscut.")
                : FieldReading.Wrong("date", "Écrivez une date qui existe, jour/mois/année, par exemple 10/03/2025.", "Scrieți o dată care există, zi.lună.an, de exemplu 10.03.2025.");
        }

        return FieldReading.Of(iso);
    }

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted)
    {
        var text = base.FromPosted(field, posted);
        return text is not null && Parse(text.GetValue<string>().Trim(), partial: true) is { } iso ? JsonValue.Create(iso) : text;
    }

    public override string ToInput(JsonNode? value) => Show(base.ToInput(value), '/');

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var iso = base.ToInput(value);
        return new Bilingual(Show(iso, '/'), Show(iso, '.'));
    }

    /// <summary>First and last day a normalised (perhaps partial) date may mean; null when it is not one.</summary>
    public static (DateOnly First, DateOnly Last)? Range(string? iso)
    {
        if (iso is null || Parse(iso, partial: true) != iso)
        {
            return null;
        }

        var parts = iso.Split('-').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts.Length switch
        {
            1 => (new DateOnly(parts[0], 1, 1), new DateOnly(parts[0], 12, 31)),
            2 => (new DateOnly(parts[0], parts[1], 1), new DateOnly(parts[0], parts[1], DateTime.DaysInMonth(parts[0], parts[1]))),
            _ => (new DateOnly(parts[0], parts[1], parts[2]), new DateOnly(parts[0], parts[1], parts[2])),
        };
    }

    private static string? Parse(string text, bool partial)
    {
        var match = FrenchOrder().Match(text);
        if (!match.Success)
        {
            match = IsoOrder().Match(text);
        }

        if (!match.Success)
        {
            return null;
        }

        var (year, month, day) = (Part(match, "y"), Part(match, "m"), Part(match, "d"));
        if (year is not (>= 1850 and <= 2200) || (!partial && day is null) || month is < 1 or > 12)
        {
            return null;
        }

        if (day is not null && (day < 1 || day > DateTime.DaysInMonth(year.Value, month!.Value)))
        {
            return null;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}{(month is null ? "" : $"-{month:00}")}{(day is null ? "" : $"-{day:00}")}");
    }

    private static int? Part(Match match, string name) =>
        match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : null;

    private static string Show(string iso, char separator) =>
        Range(iso) is null ? iso : string.Join(separator, iso.Split('-').Reverse());

    [GeneratedRegex(@"^(?:(?:(?<d>[0-9]{1,2})[/. ])?(?<m>[0-9]{1,2})[/. ])?(?<y>[0-9]{4})\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FrenchOrder();

    [GeneratedRegex(@"^(?<y>[0-9]{4})(?:-(?<m>[0-9]{2})(?:-(?<d>[0-9]{2})(?:T00:00(?::00)?Z?)?)?)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsoOrder();
}
