using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.Traductions.Market;

/// <summary>
/// The market of 2025-2028 as far as it is published, filled in where it is not: 50 lots of which three are unsuccessful, 23 providers, 125
/// offers, ceilings that sum to the published totals. The composition of lots, names, ranks, ceilings and most prices are modelled.
/// </summary>
public static class ModelledMarket
{
    public const int VersionCeiling = 34_547_500;
    public const int ThemeCeiling = 5_343_300;
    public const int ProviderCount = 23;
    public const int OfferCount = 125;

    private const int LotCount = 50;

    /// <summary>Lots into French, the three unsuccessful among them; the rest are from French.</summary>
    private const int VersionLots = 30;

    private static readonly int[] Unsuccessful = [15, 16, 18];

    /// <summary>Serbo-Croat has one price, published under <c>sr</c>.</summary>
    private static readonly string[] SerboCroat = ["bs", "hr", "cnr"];

    public sealed record Lot(int Number, string Label, string Direction, IReadOnlyList<string> Languages, int CeilingWords, bool Unsuccessful);

    public sealed record Provider(string Code, string Name, string Address, string Country, string Siret);

    public sealed record Offer(int Lot, string Provider, int Rank);

    public sealed record Price(string Language, string Direction, DateOnly From, int Cents, bool Modelled);

    public static IReadOnlyList<TranslationLanguage> Languages { get; } = [.. Csv.Read("languages.csv", "Traductions/Data/").Select(row => new TranslationLanguage(
        row["code"], row["language"], row["version_to_french"] == "yes", row["theme_from_french"] == "yes",
        int.TryParse(row["unsuccessful_lot_2025_2028"], out var lot) ? lot : null,
        int.TryParse(row["internal_requests_2023"], out var requests) ? requests : 0))];

    public static IReadOnlyList<Lot> Lots { get; } = MakeLots();

    public static IReadOnlyList<Provider> Providers { get; } =
        [.. Enumerable.Range(1, ProviderCount).Select(n => new Provider(
            $"P{n:00}", $"Atelier de traduction {n:00} (modélisé)", n <= 17 ? $"{n}, rue des Exemples\n75000 Paris" : $"{n} Example Street", n <= 17 ? "France" : "Étranger", $"{100000000 + n * 1111} 00010"))];

    public static IReadOnlyList<Offer> Offers { get; } = MakeOffers();

    public static IReadOnlyList<Price> Prices { get; } = MakePrices();

    /// <summary>How many requests an in-house tray takes before they go out: about eight working days of what was done in 2023.</summary>
    public static int TrayLimit(TranslationLanguage language) => language.InternalRequests2023 == 0 ? 0 : Math.Max(5, language.InternalRequests2023 / 30);

    private static List<Lot> MakeLots()
    {
        var numbers = Enumerable.Range(1, LotCount).Except(Unsuccessful).ToList();
        var into = Share(numbers.Where(n => n <= VersionLots).ToList(), [.. Languages.Where(language => language.Version)], TranslationDirection.Version, VersionCeiling);
        var from = Share(numbers.Where(n => n > VersionLots).ToList(), [.. Languages.Where(language => language.Theme)], TranslationDirection.Theme, ThemeCeiling);
        var none = Unsuccessful.Select(n => MakeLot(n, TranslationDirection.Version, [.. Languages.Where(language => language.UnsuccessfulLot == n)], 0, true));
        return [.. into.Concat(from).Concat(none).OrderBy(lot => lot.Number)];
    }

    private static List<Lot> Share(List<int> numbers, List<TranslationLanguage> languages, string direction, int total)
    {
        var groups = numbers.Select((_, i) => languages.Where((_, place) => place % numbers.Count == i).ToList()).ToList();
        var weights = groups.Select(group => group.Sum(language => 200L + language.InternalRequests2023)).ToList();
        var left = total;
        return [.. numbers.Select((number, i) =>
        {
            var ceiling = i == numbers.Count - 1 ? left : (int)(total * weights[i] / weights.Sum() / 100 * 100);
            left -= ceiling;
            return MakeLot(number, direction, groups[i], ceiling, false);
        })];
    }

    private static Lot MakeLot(int number, string direction, List<TranslationLanguage> languages, int ceiling, bool unsuccessful) => new(
        number, $"Lot {number} – {string.Join(", ", languages.Select(language => language.Name))} ({(direction == TranslationDirection.Theme ? "thème" : "version")})",
        direction, [.. languages.Select(language => language.Code)], ceiling, unsuccessful);

    private static List<Offer> MakeOffers()
    {
        var lots = Lots.Where(lot => !lot.Unsuccessful).ToList();
        var third = OfferCount - 2 * lots.Count;
        return [.. lots.SelectMany((lot, i) => Enumerable.Range(1, i < third ? 3 : 2).Select(rank =>
            new Offer(lot.Number, Providers[(lot.Number * 7 + (rank - 1) * 5) % ProviderCount].Code, rank)))];
    }

    private static List<Price> MakePrices()
    {
        var published = new Dictionary<string, (int Before, int Now)> { ["ru"] = (3420, 3473), ["sr"] = (3603, 3327), ["ar"] = (3111, 3336) };
        var (before, now) = (new DateOnly(2021, 1, 1), new DateOnly(2025, 1, 1));
        var prices = new List<Price>();
        foreach (var (language, place) in Languages.Select((language, place) => (language, place)))
        {
            var code = SerboCroat.Contains(language.Code) ? "sr" : language.Code;
            var known = published.TryGetValue(code, out var of);
            var modelled = 2900 + place * 37 % 1500;
            if (language.Version)
            {
                prices.Add(new(language.Code, TranslationDirection.Version, before, known ? of.Before : modelled, !known));
                prices.Add(new(language.Code, TranslationDirection.Version, now, known ? of.Now : modelled + 50, !known));
            }

            if (language.Theme)
            {
                prices.Add(new(language.Code, TranslationDirection.Theme, before, modelled + 300, true));
                prices.Add(new(language.Code, TranslationDirection.Theme, now, modelled + 350, true));
            }
        }

        return prices;
    }
}

/// <param name="UnsuccessfulLot">Number of the lot for which no offer was kept; null for the others.</param>
public sealed record TranslationLanguage(string Code, string Name, bool Version, bool Theme, int? UnsuccessfulLot, int InternalRequests2023);
