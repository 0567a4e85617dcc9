using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Countries by ISO 3166-1 with their names, from the embedded list <c>countries.csv</c>.</summary>
public static class Countries
{
    private static readonly Dictionary<string, CountryName> ByCode = Load();

    /// <summary>In the order of their French names.</summary>
    public static IReadOnlyList<CountryName> All { get; } =
        ByCode.Values.OrderBy(country => Plain(country.Name.Fr), StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>By code; or by its French name, as people type it where a list cannot be opened.</summary>
    public static CountryName? Find(string? text)
    {
        var wanted = text?.Trim() ?? "";
        return ByCode.GetValueOrDefault(wanted.ToUpperInvariant())
            ?? All.FirstOrDefault(country => string.Equals(Plain(country.Name.Fr), Plain(wanted), StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(string text) => string.Concat(
        text.Normalize(System.Text.NormalizationForm.FormD).Where(c => System.Globalization.CharUnicodeInfo.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark));

    private static Dictionary<string, CountryName> Load()
    {
        using var stream = typeof(Countries).Assembly.GetManifestResourceStream("Cleiss.Forms.FieldTypes.countries.csv")
            ?? throw new InvalidOperationException("The embedded list of countries is missing.");
        using var reader = new StreamReader(stream);
        var result = new Dictionary<string, CountryName>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            result[cells[0]] = new CountryName(cells[0], new Bilingual(cells[1], cells[2]));
        }

        return result;
    }
}

public sealed record CountryName(string Code, Bilingual Name);
