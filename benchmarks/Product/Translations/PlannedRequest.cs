using System.Text;

namespace Cleiss.Product.Translations;

/// <summary>What will happen to one request; all of it is decided before the first is opened, so that the outcome can be counted.</summary>
/// <param name="Words">Of the document; modelled.</param>
public sealed record PlannedRequest(int Number, bool Certification, string Language, bool InHouse, int Words, Course Course)
{
    public byte[] Document => Encoding.UTF8.GetBytes($"demande{Number} " + string.Join(' ', Enumerable.Repeat("mot", Words - 1)));

    public bool Ordered => this is { Certification: false, InHouse: false };

    /// <summary>
    /// The proportions of 2025, 59 831 translations for 17 215 certifications, two translations in five in-house; the shares of languages follow
    /// the in-house requests of 2023 where they are known. Everything else is modelled: words, languages that go out, what goes wrong.
    /// </summary>
    public static IReadOnlyList<PlannedRequest> Year(int count)
    {
        const int Translations = 59_831;
        const int Certifications = 17_215;
        (string Code, int Weight)[] inHouse =
        [
            ("ar", 8734), ("ru", 3736), ("es", 2755), ("pt", 2331), ("de", 1962), ("en", 1499), ("uk", 1496), ("el", 1261), ("it", 688), ("fa", 619), ("tr", 576), ("nl", 524), ("ro", 348),
        ];
        (string Code, int Weight)[] outside = [("sq", 20), ("am", 8), ("hy", 12), ("zh", 15), ("ka", 14), ("hu", 6), ("ps", 0), ("mk", 3), ("sk", 5), ("so", 9), ("th", 4), ("vi", 7), ("bg", 22), ("hr", 4), ("cs", 3), ("lt", 2)];
        var certifications = (int)Math.Round((double)count * Certifications / (Translations + Certifications), MidpointRounding.AwayFromZero);
        var translations = count - certifications;
        var own = (int)Math.Round(translations * 0.4, MidpointRounding.AwayFromZero);
        var plan = new List<PlannedRequest>(count);
        for (var n = 0; n < count; n++)
        {
            // Spread evenly: each kind comes in its turn all year long.
            var certified = (long)(n + 1) * certifications / count > (long)n * certifications / count;
            var place = n - (int)((long)n * certifications / count);
            var mine = !certified && (long)(place + 1) * own / translations > (long)place * own / translations;
            var words = 60 + n * 7919 % 540;
            plan.Add(new PlannedRequest(n, certified, Pick(certified || mine ? inHouse : outside, n), mine, words, certified || mine ? Course.Smooth : CourseOf(place)));
        }

        return plan;
    }

    private static Course CourseOf(int place) => (place % 50) switch
    {
        3 or 27 => Course.Declined,
        11 => Course.Lapsed,
        19 => Course.SentBack,
        41 => Course.Late,
        _ => Course.Smooth,
    };

    private static string Pick((string Code, int Weight)[] languages, int n)
    {
        var at = (int)(n * 2654435761L % languages.Sum(language => language.Weight));
        foreach (var (code, weight) in languages)
        {
            if ((at -= weight) < 0)
            {
                return code;
            }
        }

        throw new InvalidOperationException("The weights end before their sum.");
    }
}

public enum Course
{
    Smooth,

    /// <summary>The first provider declines; the next in rank accepts.</summary>
    Declined,

    /// <summary>The first provider does not answer; the next in rank accepts.</summary>
    Lapsed,

    /// <summary>The reviser sends the first delivery back.</summary>
    SentBack,

    /// <summary>The provider delivers after more than 21 days.</summary>
    Late,
}
