using System.Globalization;

namespace Cleiss.Workflows.Traductions;

/// <summary>Pages and amounts of the market: a page is 300 words, pages are fractional, amounts are rounded to the cent.</summary>
public static class TranslationMoney
{
    public const int WordsPerPage = 300;

    private static readonly NumberFormatInfo French = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "\u202f" };

    /// <param name="pageCents">Price of a page on the order's date.</param>
    public static int AmountCents(int words, int pageCents) => (int)decimal.Round((decimal)words * pageCents / WordsPerPage, 0, MidpointRounding.AwayFromZero);

    /// <summary>E.g. <c>0,35</c>.</summary>
    public static string Pages(int words) => decimal.Round((decimal)words / WordsPerPage, 2, MidpointRounding.AwayFromZero).ToString("0.00", French);

    /// <summary>E.g. <c>1 164,33 €</c>.</summary>
    public static string Euros(long cents) => (cents / 100m).ToString("#,0.00", French) + "\u00a0€";
}
