using Cleiss.Workflows.Statistiques;
using Cleiss.Workflows.Traductions;
using Cleiss.Workflows.Traductions.Market;
using Cleiss.Workflows.Traductions.Months;
using Xunit;

namespace Cleiss.Workflows.Tests.Traductions;

/// <summary>Words, money, the market and what the statistics page says of them.</summary>
public sealed class TranslationFiguresTests(LanguageService service) : IClassFixture<LanguageService>
{
    private Agency Agency => service.Agency;

    [Fact]
    public async Task The_days_count_from_the_receipt_and_the_statistics_tell_what_the_cases_hold()
    {
        var today = Cleiss.Activities.ParisDate.Of(Agency.Time.GetUtcNow());
        var late = await service.RequestAsync("so", LanguageService.TextOf(300), receivedOn: today.AddDays(-15));
        await Agency.UntilAsync("the alert of day 14 has left", async () => await Agency.CountAsync($"select count(*) from mails where case_id = '{late}' and template = 'traduction/alerte' and state = 'sent'") == 1);
        var inHouse = await service.RequestAsync("ar", LanguageService.TextOf(150));
        var certified = await service.RequestAsync("it", LanguageService.TextOf(20), "certification");
        await service.AnswerAsync(await service.TokenAsync(late, "traduction/commande"), "Accepter");
        Agency.Time.Advance(TimeSpan.FromDays(8));
        await service.DeliverAsync(late);
        await service.DoAsync(late, "reviser-prestataire", service.Reviser, "Certifier");
        await service.DoAsync(certified, "verifier", service.Reviser, "Certifier");
        await service.ClosedAsync(late);
        await service.ClosedAsync(certified);
        await Agency.OpenTaskAsync(inHouse, "traduire");

        var report = await Agency.Get<StatisticsDesk>().ComputeAsync("traduction", today.Year, CancellationToken.None);
        var figures = report.Figures.ToDictionary(figure => figure.Words, figure => figure.Value);
        var price = ModelledMarket.Prices.Where(price => price is { Language: "so", Direction: "version" }).MaxBy(price => price.From)!.Cents;
        Assert.Equal((3, 2, 1, 2), (figures["Demandes reçues"], figures["Traductions"], figures["Certifications"], figures["Demandes traitées"]));
        Assert.Equal((15.5m, 1, 50), (figures["Délai moyen"], figures["Au-delà de 21 jours"], figures["Traduites en interne"]));
        Assert.Equal(price / 100m, figures["Dépense externe"]);
        var pages = report.Tables.Single(table => table.Key == "pages");
        Assert.Equal([1m, 0.5m, 0.5m, null], pages.Rows.Single(row => row.Name == "arabe").Values);
        Assert.Equal([2m, 1m, 1m], report.Tables.Single(table => table.Key == "delais").Rows.Single(row => row.Name == "Moins de 14 jours").Values);
        Assert.Contains(await PublishedRemarksAsync(2025), remark => remark.Contains("−4,68", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_published_spend_by_language_and_its_changes_come_out_of_the_costs()
    {
        var rows = Published();
        foreach (var (language, before, now, _) in rows)
        {
            await Agency.ExecuteAsync(
                $"""
                insert into translation_costs (id, case_id, language, direction, month, cents, reason, recorded_at, recorded_by)
                select '{language}-' || m.month, 'rapport-2025', '{language}', 'version', m.month, m.euros * 100, 'Chiffres du rapport annuel', '2026-01-05', 'essai'
                from (values ('2024-06', {before}), ('2025-06', {now})) m (month, euros)
                """);
        }

        var computed = await Agency.Get<TranslationCosts>().SpendAsync(2025, CancellationToken.None);

        var table = (await Agency.Get<StatisticsDesk>().ComputeAsync("traduction", 2025, CancellationToken.None)).Tables.Single(one => one.Key == "depenses");
        Assert.Equal([46_274m, 26_369m, -19_905m], table.Rows.Single(row => row.Name == "serbe").Values);
        Assert.Equal([rows.Sum(row => row.Before), rows.Sum(row => row.Now), (decimal?)rows.Sum(row => row.Change)], table.Rows.Single(row => row.IsTotal).Values);
        Assert.Equal(16, computed.Count);
        Assert.Equal(
            rows.OrderBy(row => row.Change).Select(row => (row.Language, row.Before * 100, row.Now * 100, row.Change * 100)),
            computed.Select(row => (row.Language, row.BeforeCents, row.NowCents, row.ChangeCents)));
        Assert.Equal("ar", Assert.Single(computed, row => row.ChangeCents == -1_733_800).Language);
    }

    [Fact]
    public async Task The_modelled_market_has_the_published_totals_and_every_row_says_it_is_modelled()
    {
        var lots = await Agency.Get<TranslationMarket>().ListLotsAsync(CancellationToken.None);

        Assert.Equal(50, lots.Count);
        Assert.Equal([15, 16, 18], lots.Where(lot => lot.Unsuccessful).Select(lot => lot.Number));
        Assert.Equal(34_547_500, lots.Where(lot => lot.Direction == "version").Sum(lot => lot.CeilingWords));
        Assert.Equal(5_343_300, lots.Where(lot => lot.Direction == "theme").Sum(lot => lot.CeilingWords));
        Assert.All(lots, lot => Assert.True(lot.Modelled));
        Assert.Equal((23, 125), ((int)await Agency.CountAsync("select count(*) from translation_providers"), (int)await Agency.CountAsync("select count(*) from translation_offers")));
        Assert.Equal(3, await Agency.CountAsync("select count(*) from translation_prices where not modelled and valid_from = '2025-01-01' and language in ('ru', 'sr', 'ar')"));
        Assert.Equal((56, 39), (ModelledMarket.Languages.Count(language => language.Version), ModelledMarket.Languages.Count(language => language.Theme)));
    }

    [Theory]
    [InlineData(105, 3327, 1164)]
    [InlineData(1260, 3327, 13973)]
    [InlineData(300, 3473, 3473)]
    [InlineData(1, 3473, 12)]
    public void An_amount_is_the_words_over_300_times_the_price_of_the_page_to_the_cent(int words, int pageCents, int cents) =>
        Assert.Equal(cents, TranslationMoney.AmountCents(words, pageCents));

    private async Task<IReadOnlyList<string>> PublishedRemarksAsync(int year) =>
        (await Agency.Get<StatisticsDesk>().ComputeAsync("traduction", year, CancellationToken.None)).Remarks;

    private static List<(string Language, long Before, long Now, long Change)> Published()
    {
        using var stream = typeof(TranslationCosts).Assembly.GetManifestResourceStream("Traductions/Data/translation-costs.csv")!;
        return [.. new StreamReader(stream).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim().Split(',')).Select(cells =>
            (cells[0], long.Parse(cells[2], null), long.Parse(cells[3], null), long.Parse(cells[4], null)))];
    }
}
