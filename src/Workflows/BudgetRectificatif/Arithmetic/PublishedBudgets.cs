using System.Text.Json;

namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <param name="Budgets">In the order they were adopted.</param>
/// <param name="Changes">By code of the budget whose document prints them.</param>
public sealed record BudgetYear(
    int Year, decimal? JobsCeilingEtpt, IReadOnlyList<Budget> Budgets, IReadOnlyDictionary<string, BudgetChanges> Changes, Execution? Execution);

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
            Amount(year.Value, "jobsCeilingEtpt"),
            [.. budgets.Select(ReadBudget)],
            budgets.Where(budget => budget.TryGetProperty("changes", out _)).ToDictionary(
                budget => budget.GetProperty("code").GetString()!, budget => ReadChanges(budget.GetProperty("changes")), StringComparer.Ordinal),
            year.Value.TryGetProperty("execution", out var execution) ? ReadExecution(execution) : null);
    }

    private static Budget ReadBudget(JsonElement budget) => new(
        budget.GetProperty("code").GetString()!,
        budget.TryGetProperty("envelopes", out var envelopes)
            ? ByKind(envelopes, "", envelope => new Envelope(Amount(envelope, "ae"), Amount(envelope, "cp")))
            : new Dictionary<EnvelopeKind, Envelope>(),
        Amount(budget, "totalAe"),
        Amount(budget, "totalCp"),
        Amount(budget, "revenue"),
        Amount(budget, "balance"));

    private static BudgetChanges ReadChanges(JsonElement changes) =>
        new(ByKind(changes, "Cp", amount => amount.GetDecimal()), Amount(changes, "totalCp"), Amount(changes, "revenue"));

    private static Execution ReadExecution(JsonElement execution)
    {
        var rates = execution.GetProperty("rates");
        return new(
            new Budget(
                "exécution", ByKind(execution, "", amount => new Envelope(null, amount.GetDecimal())), TotalCp: Amount(execution, "totalCp"),
                Revenue: Amount(execution, "revenue"), Balance: Amount(execution, "balance")),
            ByKind(rates, "", rate => rate.GetDecimal()),
            Amount(rates, "total"),
            Amount(rates, "revenue"));
    }

    private static Dictionary<EnvelopeKind, T> ByKind<T>(JsonElement of, string suffix, Func<JsonElement, T> read) => Enum.GetValues<EnvelopeKind>()
        .Where(kind => of.TryGetProperty(kind.ToString().ToLowerInvariant() + suffix, out _))
        .ToDictionary(kind => kind, kind => read(of.GetProperty(kind.ToString().ToLowerInvariant() + suffix)));

    private static decimal? Amount(JsonElement of, string name) => of.TryGetProperty(name, out var amount) ? amount.GetDecimal() : null;
}
