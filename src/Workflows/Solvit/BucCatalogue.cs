using System.Globalization;
using System.Text.RegularExpressions;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.Solvit;

/// <summary>A line of the reports' table, as printed.</summary>
internal sealed record BucLine(string Code, string Sector, string Title, int Transferred2025, int Transferred2024);

/// <summary>The business use cases that Cleiss passed on in 2025 and 2024. One code is printed twice, and stays so.</summary>
internal static partial class BucCatalogue
{
    public static IReadOnlyList<BucLine> Lines { get; } =
        [.. Csv.Read("buc-2025.csv", "Solvit/Data/").Select(row => new BucLine(
            row["buc"], row["sector"], row["title"],
            int.Parse(row["transferred_2025"], CultureInfo.InvariantCulture), int.Parse(row["transferred_2024"], CultureInfo.InvariantCulture)))];

    /// <summary>Letters before the number, by which rules may name a whole sector: <c>S</c>, <c>UB</c>…</summary>
    public static IReadOnlyList<string> Sectors { get; } = [.. Lines.Select(line => SectorOf(line.Code)).Distinct().Order(StringComparer.Ordinal)];

    public static BucLine? Find(string code) => Lines.FirstOrDefault(line => line.Code == code);

    public static string SectorOf(string code) => Letters().Match(code).Value;

    [GeneratedRegex("^[A-Z]+", RegexOptions.None, 1000)]
    private static partial Regex Letters();
}
