namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>
/// Compares a printed total with its terms. A difference of at most one unit of the coarsest precision printed among them is a remark that says
/// which figure was rounded; a greater one is an error.
/// </summary>
public static class SumCheck
{
    /// <param name="terms">Added; a term to be taken off comes with its amount negated.</param>
    /// <returns>Null when the figures agree to the last digit.</returns>
    public static BudgetFinding? Compare(string path, Figure total, IReadOnlyList<Figure> terms)
    {
        var sum = terms.Sum(term => term.Printed);
        var difference = total.Printed - sum;
        if (difference == 0)
        {
            return null;
        }

        IReadOnlyList<Figure> all = [total, .. terms];
        var coarsest = all.Max(figure => figure.Unit);
        var facts = $"{Capital(total.Label)} : {FrenchAmount.Of(total.Printed)} ; la somme donne {FrenchAmount.Of(sum)}";
        if (Math.Abs(difference) > coarsest)
        {
            return new(FindingKind.Error, path, $"{facts}, soit un écart de {FrenchAmount.Of(difference)} que l'arrondi n'explique pas. Corrigez le total ou ses lignes.");
        }

        return new(FindingKind.Remark, path, $"{facts}. {Explain(total, sum, [.. all.Where(figure => figure.Unit == coarsest)], all)}");
    }

    private static string Explain(Figure total, decimal sum, IReadOnlyList<Figure> coarse, IReadOnlyList<Figure> all)
    {
        if (all.FirstOrDefault(figure => !figure.IsRoundedRight) is { Exact: { } exact } wrong)
        {
            return $"Arrondi dans le mauvais sens : {wrong.Label}, {FrenchAmount.Of(wrong.Printed)} imprimé pour {FrenchAmount.Of(exact)}.";
        }

        if (coarse.Count == all.Count)
        {
            return "Tous ces chiffres ont la même précision : l'un d'eux a été arrondi, et rien de plus précis ne dit lequel.";
        }

        if (coarse.Contains(total) && Figure.RoundAs(sum, total.Printed) == total.Printed)
        {
            return $"Arrondi {Precision(total)} : {total.Label}.";
        }

        if (coarse.Count > 1)
        {
            return $"L'un des chiffres connus {Precision(coarse[0])} seulement a été arrondi ou tronqué : {string.Join(", ", coarse.Select(figure => figure.Label))}.";
        }

        var rounded = coarse[0];
        var implied = rounded == total ? sum : rounded.Printed + (total.Printed - sum);
        return Figure.RoundAs(implied, rounded.Printed) == rounded.Printed
            ? $"Arrondi {Precision(rounded)} : {rounded.Label}, {FrenchAmount.Of(implied)} d'après les autres chiffres."
            : $"Arrondi dans le mauvais sens : {rounded.Label}, {FrenchAmount.Of(rounded.Printed)} imprimé pour {FrenchAmount.Of(implied)} d'après les autres chiffres.";
    }

    private static string Precision(Figure figure) => figure.Unit >= 1 ? "à l'euro" : "au centime";

    private static string Capital(string label) => char.ToUpperInvariant(label[0]) + label[1..];
}
