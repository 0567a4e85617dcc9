using System.Globalization;
using System.Text.RegularExpressions;

namespace Cleiss.Workflows.BudgetRectificatif.Approval;

/// <param name="From">The day the authority asked in writing for documents.</param>
/// <param name="To">The day it had them.</param>
public sealed record Suspension(DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber;
}

/// <summary>
/// When a supervising authority's silence becomes approval (GBCP art. 176): a month after its receipt, from the day to the same day of the next
/// month, or to the month's last day when that month is shorter; each day of a suspension is added.
/// </summary>
/// <param name="LastDay">The delay ends with this day; the budget is executory from the next.</param>
/// <param name="Suspensions">As they count: inside the delay, none twice.</param>
/// <param name="Explanation">French, for people and the certificate.</param>
public sealed partial record ApprovalDeadline(DateOnly LastDay, IReadOnlyList<Suspension> Suspensions, string Explanation)
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    public DateOnly ExecutoryOn => LastDay.AddDays(1);

    /// <param name="delay">« 1 mois » or « 15 jours ».</param>
    /// <exception cref="FormatException">The delay does not read, or a suspension ends before it begins.</exception>
    public static ApprovalDeadline Compute(DateOnly received, string delay, IEnumerable<Suspension> suspensions)
    {
        var match = Delay().Match(delay.Trim());
        if (!match.Success)
        {
            throw new FormatException($"Le délai « {delay} » ne se lit pas. Écrivez par exemple « 1 mois » ou « 15 jours ».");
        }

        var count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        var inMonths = match.Groups["unit"].Value.StartsWith('m');
        var plain = inMonths ? received.AddMonths(count) : received.AddDays(count);
        var (counted, idle) = (new List<Suspension>(), new List<Suspension>());
        var last = plain;
        foreach (var suspension in suspensions.OrderBy(one => one.From))
        {
            // The form refuses it first; a flow may bring suspensions from elsewhere, and one counted as none would make silence an approval too early.
            if (suspension.To < suspension.From)
            {
                throw new FormatException($"La suspension du {Day(suspension.From)} au {Day(suspension.To)} s'achève avant de commencer : corrigez l'une des deux dates.");
            }

            var from = Later(suspension.From, counted.Count > 0 ? counted[^1].To : received);
            if (suspension.To > from && from <= last)
            {
                counted.Add(new Suspension(from, suspension.To));
                last = last.AddDays(counted[^1].Days);
            }
            else if (suspension.Days > 0)
            {
                idle.Add(suspension);
            }
        }

        List<string> sentences =
        [
            $"Reçu par la tutelle le {Day(received)} ; le délai de {delay.Trim()} court jusqu'au {Day(plain)}{(inMonths && plain.Day != received.Day ? ", dernier jour de ce mois" : "")}.",
            .. counted.Select(one => $"Suspendu du {Day(one.From)} au {Day(one.To)}, soit {one.Days} {(one.Days == 1 ? "jour" : "jours")}."),
            .. idle.Select(one => $"La suspension du {Day(one.From)} au {Day(one.To)} n'y ajoute rien : elle est hors du délai, ou déjà comptée."),
        ];
        sentences.Add($"{(counted.Count > 0 ? $"Le délai s'achève donc le {Day(last)}. " : "")}Sans décision d'ici là, le budget est réputé approuvé, et exécutoire le {Day(last.AddDays(1))}.");
        return new ApprovalDeadline(last, counted, string.Join(' ', sentences));
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static string Day(DateOnly date) => $"{(date.Day == 1 ? "1er" : date.Day.ToString(CultureInfo.InvariantCulture))} {date.ToString("MMMM yyyy", French)}";

    [GeneratedRegex(@"^(?<count>\d{1,3})\s*(?<unit>mois|jours?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Delay();
}
