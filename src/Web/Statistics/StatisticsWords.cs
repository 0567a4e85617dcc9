using System.Globalization;
using Cleiss.Web.Words;
using Cleiss.Workflows.Statistiques;

namespace Cleiss.Web.Statistics;

/// <summary>Numbers of statistics as people read them.</summary>
internal static class StatisticsWords
{
    /// <summary>« 1 402 », « 99,66 % », « 908 174,00 € ».</summary>
    public static string Value(decimal value, string? unit)
    {
        value = Math.Round(value, 2, MidpointRounding.AwayFromZero);
        var whole = decimal.Truncate(value);
        var fraction = value == whole && unit != "€" ? "" : "," + (Math.Abs(value - whole) * 100).ToString("00", CultureInfo.InvariantCulture);
        var sign = value < 0 && whole == 0 ? "\u2212" : "";
        return sign + French.Number((long)whole) + fraction + (unit is null ? "" : "\u202F" + unit);
    }

    /// <summary>« +12 par rapport à l'année précédente (35) »; null when there is nothing to compare with.</summary>
    public static string? Change(KeyFigure figure) => figure.Before is not { } before
        ? null
        : figure.Value == before
            ? "comme l'année précédente"
            : $"{(figure.Value > before ? "+" : "")}{Value(figure.Value - before, figure.Unit)} par rapport à l'année précédente ({Value(before, figure.Unit)})";
}
