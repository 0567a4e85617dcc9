using System.Globalization;
using Cleiss.Workflows.BudgetRectificatif.Arithmetic;

namespace Cleiss.Workflows.BudgetRectificatif.Register;

/// <summary>How far a budget has come.</summary>
public static class BudgetStage
{
    /// <summary>Its place is taken; its figures do not count yet.</summary>
    public const string Preparation = "preparation";

    /// <summary>Adopted by the board: the next one is prepared from it.</summary>
    public const string Adopted = "adopted";

    public const string Executory = "executory";
}

/// <summary>A budget of the agency: those the reports print, and those the process has brought to the board.</summary>
/// <param name="Rank">0 for the initial budget, 1 for the first amending one…</param>
/// <param name="Stage">One of <see cref="BudgetStage"/>.</param>
/// <param name="CaseId">Null for what the reports print.</param>
public sealed record RegisteredBudget(
    string Id, int Exercise, int Rank, string Stage, string? CaseId, Budget Figures, decimal? JobsCeiling, DateOnly? AdoptedOn, DateOnly? ExecutoryOn)
{
    public string Title => TitleOf(Exercise, Rank);

    /// <summary><c>BI</c>, <c>BR1</c>, <c>BR2</c>…</summary>
    public static string CodeOf(int rank) => rank == 0 ? "BI" : "BR" + rank.ToString(CultureInfo.InvariantCulture);

    public static string TitleOf(int exercise, int rank) =>
        string.Create(CultureInfo.InvariantCulture, $"{(rank == 0 ? "Budget initial" : $"Budget rectificatif n° {rank}")} de l'exercice {exercise}");
}
