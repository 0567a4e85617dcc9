namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>An amount as a document prints it: euros, or euros and cents. The decimal keeps how precisely it was printed.</summary>
/// <param name="Label">French, as a sentence names it, e.g. <c>le personnel (CP)</c>.</param>
/// <param name="Exact">The same amount from more precise figures; null when nothing more precise is known.</param>
public sealed record Figure(string Label, decimal Printed, decimal? Exact = null)
{
    /// <summary>One unit of the last digit printed: 1 for euros, 0.01 for cents.</summary>
    public decimal Unit => UnitOf(Printed.Scale);

    /// <summary>False when the exact amount, rounded as the print is, gives another figure.</summary>
    public bool IsRoundedRight => Exact is not { } exact || RoundAs(exact, Printed) == Printed;

    /// <summary>Rounds half away from zero, as accounts do, to the precision of <paramref name="printed"/>.</summary>
    public static decimal RoundAs(decimal amount, decimal printed) => decimal.Round(amount, printed.Scale, MidpointRounding.AwayFromZero);

    private static decimal UnitOf(int scale)
    {
        var unit = 1m;
        for (var digit = 0; digit < scale; digit++)
        {
            unit /= 10m;
        }

        return unit;
    }
}
