using System.Globalization;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Web.Agreements;

/// <summary>Days as a date field of a browser sends them; one without such fields may send anything.</summary>
internal static class PostedDay
{
    public static string? Write(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Null when nothing was typed, and when what was typed is no day: then a fault says so.</summary>
    public static DateOnly? Read(string? text, string path, List<ReferenceFault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (DateOnly.TryParseExact(text.Trim(), ["yyyy-MM-dd", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        faults.Add(new(path, "date", "Écrivez la date comme 01/12/2026."));
        return null;
    }
}
