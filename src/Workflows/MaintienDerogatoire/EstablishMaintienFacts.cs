using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.MaintienDerogatoire;

/// <summary>What the table of admissibility asks, from the request's dates and the reference data as it is now.</summary>
[Activity("Cleiss", "Cleiss", "Rapproche une demande de maintien des accords et des durées de détachement.", DisplayName = "Établir les faits du maintien")]
public sealed class EstablishMaintienFacts : CodeActivity<JsonObject>
{
    [Input(DisplayName = "Pays", Description = "Code du pays de la mission.", IsRequired = true, Order = 1)]
    public Input<string>? Country { get; set; }

    [Input(DisplayName = "Instruction", Description = "Résultat de la tâche d'instruction : du, au, detacheDepuis, complet.", IsRequired = true, Order = 2)]
    public Input<JsonObject>? Instruction { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var country = context.Get(Country) ?? "";
        var data = context.Get(Instruction)?["data"] as JsonObject ?? [];
        var reference = context.GetRequiredService<ReferenceData>();
        var european = await reference.FindEuropeanInstrumentAsync(country, CancellationToken.None);
        var agreement = (await reference.FindAgreementAsync(country, CancellationToken.None))?.Agreement;
        var posting = await reference.FindPostingDurationAsync(country, CancellationToken.None);
        var (from, to) = (Day(data, "du"), Day(data, "au"));
        var since = Day(data, "detacheDepuis") ?? from;
        var months = since is { } begun && to is { } end && end > begun ? Months(begun, end) : 0;
        context.Set(Result, new JsonObject
        {
            ["instrument"] = european is { Derogation: false } ? "royaume-uni" : european is not null ? "européen"
                : agreement is not null && agreement.IsInForce(DateOnly.FromDateTime(context.Now.UtcDateTime)) ? "accord" : "aucun",
            ["debut"] = from?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["datesCoherentes"] = from is not null && to > from && since <= from ? "oui" : "non",
            ["duree"] = european is not null
                ? months <= european.PostingMonths ? "détachement" : "au-delà"
                : DurationUnder(posting, months),
            ["mois"] = months,
            ["complet"] = data["complet"]?.GetValue<string>() == "oui" ? "oui" : "non",
        });
    }

    /// <summary>A row without a number of months for the extension says only how long the first posting may last.</summary>
    private static string DurationUnder(PostingDuration? posting, int months) => posting switch
    {
        null => "inconnue",
        _ when months <= posting.InitialMonths + (posting.ExtensionMonths ?? 0) => "détachement",
        { ExtensionMonths: null } => "inconnue",
        _ => "au-delà",
    };

    /// <summary>Begun months: a month and a day are two.</summary>
    private static int Months(DateOnly from, DateOnly to)
    {
        // The last day is part of the period.
        var end = to.AddDays(1);
        var whole = (end.Year - from.Year) * 12 + end.Month - from.Month;
        return from.AddMonths(whole) < end ? whole + 1 : whole;
    }

    private static DateOnly? Day(JsonObject data, string name) =>
        data[name] is JsonValue value && DateOnly.TryParseExact(value.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
