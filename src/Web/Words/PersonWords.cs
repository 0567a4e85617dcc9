using System.Globalization;

namespace Cleiss.Web.Words;

/// <summary>People as lists name them: « POPESCU Ștefan ».</summary>
internal static class PersonWords
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    public static string? Of(string? lastName, string? firstNames)
    {
        var whole = $"{lastName?.ToUpper(French)} {firstNames}".Trim();
        return whole.Length == 0 ? null : whole;
    }
}
