using System.Globalization;

namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>Amounts and rates as French sentences write them, e.g. <c>−240 532,09 €</c>.</summary>
public static class FrenchAmount
{
    private static readonly NumberFormatInfo Numbers = new()
    {
        NumberGroupSeparator = "\u202F",
        NumberDecimalSeparator = ",",
        PercentDecimalSeparator = ",",
        NegativeSign = "\u2212",
    };

    /// <summary>With cents when the amount carries them.</summary>
    public static string Of(decimal amount) => amount.ToString(amount.Scale == 0 ? "#,0" : "#,0.00", Numbers) + "\u00A0€";

    /// <param name="rate">Per cent, e.g. 97.48.</param>
    public static string Rate(decimal rate) => rate.ToString("#,0.00", Numbers) + "\u00A0%";
}
