using System.Text.Json;

namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <param name="Budgets">In the order they were adopted.</param>
/// <param name="Adopted">When the board voted a budget, by code, where it is printed.</param>
/// <param name="Changes">By code of the budget whose document prints them.</param>
public sealed record BudgetYear(
    int Year,
    decimal? JobsCeilingEtpt,
    IReadOnlyList<Budget> Budgets,
    IReadOnlyDictionary<string, DateOnly> Adopted,
    IReadOnlyDictionary<string, BudgetChanges> Changes,
    Execution? Execution);

/// <summary>Budgets and execution as the activity reports of 2024 and 2025 print them (<c>Data/budgets.json</c>).</summary>
public static class PublishedBudgets
{
    public static IReadOnlyList<BudgetYear> Years { get; } = Read();

    private static List<BudgetYear> Read()
    {
        using var stream = typeof(PublishedBudgets).Assembly.GetManifestResourceStream("BudgetRectificatif/budgets.json")
            ?? throw new FileNotFoundException("budgets.json is not part of this build.");
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("years").EnumerateObject().Select(ReadYear)];
    }

    private static BudgetYear ReadYear(JsonProperty year)
    {
        var budgets = year.Value.GetProperty("budgets").EnumerateArray().ToList();
        return new(
            int.Parse(year.Name, System.Globalization.CultureInfo.InvariantCulture),
            BudgetJson.Amount(year.Value, "jobsCeilingEtpt"),
            [.. budgets.Select(ReadBudget)],
            budgets.Where(budget => budget.TryGetProperty("adoptedByBoard", out _)).ToDictionary(
                budget => budget.GetProperty("code").GetString()!,
                budget => DateOnly.ParseExact(budget.GetProperty("adoptedByBoard").GetString()!, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                StringComparer.Ordinal),
            budgets.Where(budget => budget.TryGetProperty("changes", out _)).ToDictionary(
                budget => budget.GetProperty("code").GetString()!, budget => ReadChanges(budget.GetProperty("changes")), StringComparer.Ordinal),
            year.Value.TryGetProperty("execution", out var execution) ? ReadExecution(execution) : null);
    }

    private static Budget ReadBudget(JsonElement budget) => BudgetJson.Read(budget, budget.GetProperty("code").GetString()!);

    private static BudgetChanges ReadChanges(JsonElement changes) =>
        new(BudgetJson.ByKind(changes, "Cp", amount => amount.GetDecimal()), BudgetJson.Amount(changes, "totalCp"), BudgetJson.Amount(changes, "revenue"));

    private static Execution ReadExecution(JsonElement execution)
    {
        var rates = execution.GetProperty("rates");
        return new(
            new Budget(
                "exécution", BudgetJson.ByKind(execution, "", amount => new Envelope(null, amount.GetDecimal())), TotalCp: BudgetJson.Amount(execution, "totalCp"),
                Revenue: BudgetJson.Amount(execution, "revenue"), Balance: BudgetJson.Amount(execution, "balance")),
            BudgetJson.ByKind(rates, "", rate => rate.GetDecimal()),
            BudgetJson.Amount(rates, "total"),
            BudgetJson.Amount(rates, "revenue"));
    }
}
