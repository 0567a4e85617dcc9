using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cleiss.Workflows.BudgetRectificatif.Arithmetic;

/// <summary>Budgets as <c>Data/budgets.json</c> and the register write them. An amount keeps how precisely it was printed.</summary>
internal static class BudgetJson
{
    public static Budget Read(JsonElement budget, string code) => new(
        code,
        budget.TryGetProperty("envelopes", out var envelopes)
            ? ByKind(envelopes, "", envelope => new Envelope(Amount(envelope, "ae"), Amount(envelope, "cp")))
            : new Dictionary<EnvelopeKind, Envelope>(),
        Amount(budget, "totalAe"),
        Amount(budget, "totalCp"),
        Amount(budget, "revenue"),
        Amount(budget, "balance"),
        Amount(budget, "jobsEtpt"));

    public static JsonObject Write(Budget budget) => new()
    {
        ["envelopes"] = new JsonObject(budget.Envelopes.Select(pair => KeyValuePair.Create<string, JsonNode?>(
            KeyOf(pair.Key), new JsonObject { ["ae"] = pair.Value.Ae, ["cp"] = pair.Value.Cp }))),
        ["totalAe"] = budget.TotalAe,
        ["totalCp"] = budget.TotalCp,
        ["revenue"] = budget.Revenue,
        ["balance"] = budget.Balance,
        ["jobsEtpt"] = budget.JobsEtpt,
    };

    /// <summary>An amount of an answer; null when it is empty. Money has no single digit after the point: 0.1 is 0.10.</summary>
    public static decimal? Amount(JsonNode? value) =>
        value is JsonValue && decimal.TryParse(value.GetValueKind() == JsonValueKind.Number ? value.ToJsonString() : "", NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            ? amount.Scale == 1 ? amount + 0.00m : amount
            : null;

    public static decimal? Amount(JsonElement of, string name) =>
        of.TryGetProperty(name, out var amount) && amount.ValueKind == JsonValueKind.Number ? amount.GetDecimal() : null;

    public static Dictionary<EnvelopeKind, T> ByKind<T>(JsonElement of, string suffix, Func<JsonElement, T> read) => Enum.GetValues<EnvelopeKind>()
        .Where(kind => of.TryGetProperty(KeyOf(kind) + suffix, out _))
        .ToDictionary(kind => kind, kind => read(of.GetProperty(KeyOf(kind) + suffix)));

    public static string KeyOf(EnvelopeKind kind) => kind.ToString().ToLowerInvariant();
}
