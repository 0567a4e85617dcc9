namespace Cleiss.Workflows.Referentiels;

/// <param name="Roles">Who may move a form along this arrow.</param>
public sealed record FormLifeArrow(string From, string To, IReadOnlyList<string> Roles);

/// <summary>The life of a form: a line of states, moved one step at a time, forward or back.</summary>
public static class FormLife
{
    public const string Draft = "draft";
    public const string Negotiation = "negotiation";
    public const string Validated = "validated";
    public const string Notified = "notified";
    public const string InForce = "in-force";
    public const string Replaced = "replaced";

    public static IReadOnlyList<string> Line { get; } = [Draft, Negotiation, Validated, Notified, InForce, Replaced];

    public static string Words(string life) => life switch
    {
        Draft => "brouillon",
        Negotiation => "en négociation",
        Validated => "validé par les organismes",
        Notified => "notifié par les autorités",
        InForce => "en vigueur",
        Replaced => "remplacé",
        _ => life,
    };

    /// <summary>The states one step away, the next one first.</summary>
    public static IReadOnlyList<string> NeighboursOf(string life)
    {
        var at = Place(life);
        return at < 0 ? [] : [.. new[] { at + 1, at - 1 }.Where(place => place >= 0 && place < Line.Count).Select(place => Line[place])];
    }

    public static bool IsBack(string from, string to) => Place(to) < Place(from);

    private static int Place(string life)
    {
        for (var place = 0; place < Line.Count; place++)
        {
            if (Line[place] == life)
            {
                return place;
            }
        }

        return -1;
    }
}
