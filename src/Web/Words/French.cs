using System.Globalization;

namespace Cleiss.Web.Words;

/// <summary>
/// Dates and numbers as people read them here, always at Paris time. Names of days and months are written out so that a machine
/// without French cultures prints the same page.
/// </summary>
public static class French
{
    public static readonly TimeZoneInfo Paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

    private static readonly string[] Days = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"];
    private static readonly string[] ShortDays = ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."];

    private static readonly string[] Months =
    [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ];

    public static DateTime AtParis(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Paris).DateTime;

    public static DateOnly DayAtParis(DateTimeOffset instant) => DateOnly.FromDateTime(AtParis(instant));

    /// <summary>« 10 mars 2025 », for sentences.</summary>
    public static string Long(DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"{(date.Day == 1 ? "1er" : date.Day)} {Months[date.Month - 1]} {date.Year}");

    public static string Long(DateTimeOffset instant) => Long(DayAtParis(instant));

    /// <summary>« lundi 10 mars 2025 », where a deadline matters.</summary>
    public static string LongWithDay(DateTimeOffset instant) => $"{Days[(int)DayAtParis(instant).DayOfWeek]} {Long(instant)}";

    /// <summary>« 10 mars 2025, 14:32 », for what happened.</summary>
    public static string Moment(DateTimeOffset instant) => $"{Long(instant)}, {Time(instant)}";

    public static string Time(DateTimeOffset instant) => AtParis(instant).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>« 10/03/2025 », for tables.</summary>
    public static string Short(DateOnly date) => date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    public static string Short(DateTimeOffset instant) => Short(DayAtParis(instant));

    /// <summary>« 10/03/2025 14:32 », for tables.</summary>
    public static string ShortMoment(DateTimeOffset instant) => $"{Short(instant)} {Time(instant)}";

    /// <summary>A deadline in a table: « hier », « aujourd'hui », « demain », else « ven. 13/03/2026 ».</summary>
    public static string Deadline(DateTimeOffset due, DateTimeOffset now)
    {
        var day = DayAtParis(due);
        return (day.DayNumber - DayAtParis(now).DayNumber) switch
        {
            -1 => "hier",
            0 => "aujourd'hui",
            1 => "demain",
            _ => $"{ShortDays[(int)day.DayOfWeek]} {Short(day)}",
        };
    }

    /// <summary>Machine-readable form for <c>&lt;time datetime&gt;</c>.</summary>
    public static string Iso(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);

    /// <summary>« 1 dossier », « 12 dossiers »: in French zero and one are singular.</summary>
    public static string Count(long count, string singular, string plural) =>
        $"{Number(count)} {(count is 0 or 1 or -1 ? singular : plural)}";

    /// <summary>Thousands set apart by a narrow no-break space.</summary>
    public static string Number(long value) =>
        value.ToString("#,0", new NumberFormatInfo { NumberGroupSeparator = "\u202F", NegativeSign = "\u2212" });

    /// <summary>« 34 ko », « 1,2 Mo ».</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes.ToString(CultureInfo.InvariantCulture)} o",
        < 1_000_000 => $"{(bytes / 1_000).ToString(CultureInfo.InvariantCulture)} ko",
        _ => (bytes / 1_000_000m).ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ',') + " Mo",
    };

    /// <summary>Capital at the start of a sentence, the rest untouched.</summary>
    public static string Sentence(string text) =>
        text.Length == 0 ? text : char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..];
}
