using System.Globalization;
using Cleiss.Activities;
using Cleiss.Persistence;
using Cleiss.Workflows.Statistiques;
using Cleiss.Workflows.Traductions.Market;
using Cleiss.Workflows.Traductions.Months;
using Npgsql;

namespace Cleiss.Workflows.Traductions;

/// <summary>Demand, delay, spend and pages by language, year on year, as the activity report tells them.</summary>
public sealed class TranslationStatistics(CaseCounts counts, TranslationCosts costs, NpgsqlDataSource database, TimeProvider time) : IProcessStatistics
{
    /// <summary>Calendar days the service has promised.</summary>
    private const int PromisedDays = 21;

    private const int AlertDays = 14;

    private static readonly (string Words, Func<CountedCase, bool> Counts)[] Kinds =
    [
        ("Traitées", one => one.State == "closed"),
        ("Annulées", one => one.State == "cancelled"),
        ("En cours", one => one.ClosedAt is null),
    ];

    public string ProcessKey => TraductionProcess.ProcessKey;

    public async Task<StatisticsReport> ComputeAsync(int year, CancellationToken cancellationToken)
    {
        var now = await counts.ListAsync(ProcessKey, year, cancellationToken);
        var before = await counts.ListAsync(ProcessKey, year - 1, cancellationToken);
        var pages = await ReadPagesAsync(year, cancellationToken);
        var spend = await costs.SpendAsync(year, cancellationToken);
        KeyFigure Figure(string words, Func<CountedCase, bool> counted) => new(words, now.Count(counted), Before: before.Count(counted));
        return new StatisticsReport(
            [
                Figure("Demandes reçues", _ => true) with { Remark = Change(now.Count, before.Count) },
                Figure("Traductions", one => one.Fact("nature") == "traduction"),
                Figure("Certifications", one => one.Fact("nature") == "certification"),
                Figure("Demandes traitées", Kinds[0].Counts),
                new KeyFigure("Délai moyen", Mean(now), "jours", before.Any(Kinds[0].Counts) ? Mean(before) : null) { Remark = $"engagement : {PromisedDays} jours au plus" },
                Figure($"Au-delà de {PromisedDays} jours", one => DaysOf(one) > PromisedDays),
                new KeyFigure("Traduites en interne", Share(pages.Sum(row => row.InHouse), pages.Sum(row => row.Routed)), "%") { Remark = "part des traductions confiées à quelqu'un" },
                new KeyFigure("Dépense externe", spend.Sum(row => row.NowCents) / 100m, "€", spend.Sum(row => row.BeforeCents) / 100m) { Remark = "par mois de comptabilisation" },
            ],
            [
                CaseCounts.Table("par-langue", "Demandes par langue", "Langue", now, one => one.Fact("langue"), Language, Kinds),
                CaseCounts.Table("par-demandeur", "Demandes par organisme demandeur", "Organisme", now, one => one.Fact("organisme"), name => name, Kinds) with { Charted = [0] },
                Delays(now),
                SpendTable(spend, year),
                Pages(pages, year),
            ],
            Published(year));
    }

    private static decimal Share(int part, int whole) => whole == 0 ? 0 : Math.Round(100m * part / whole, 2, MidpointRounding.AwayFromZero);

    private static string? Change(int now, int before) => before == 0 ? null : $"soit {Percent(now, before)} en un an";

    private static string Percent(decimal now, decimal before) => (100m * (now - before) / before).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture).Replace('.', ',') + "\u202f%";

    private static string Language(string code) => ModelledMarket.Languages.FirstOrDefault(language => language.Code == code)?.Name ?? code;

    /// <summary>Calendar days from receipt to the end, or until today.</summary>
    private int DaysOf(CountedCase one) => ParisDate.Of(one.ClosedAt ?? time.GetUtcNow()).DayNumber - one.ReceivedOn.DayNumber;

    private decimal Mean(IReadOnlyList<CountedCase> cases)
    {
        var days = cases.Where(Kinds[0].Counts).Select(one => (decimal)DaysOf(one)).ToList();
        return days.Count == 0 ? 0 : Math.Round(days.Average(), 2, MidpointRounding.AwayFromZero);
    }

    private StatisticsTable Delays(IReadOnlyList<CountedCase> cases)
    {
        string[] bands = [$"Moins de {AlertDays} jours", $"De {AlertDays} à {PromisedDays} jours", $"Plus de {PromisedDays} jours"];
        var table = CaseCounts.Table(
            "delais", "Demandes selon leur délai", "Délai, en jours calendaires", [.. cases.Where(one => one.State != "cancelled")],
            one => DaysOf(one) is var days && days < AlertDays ? 0 : days <= PromisedDays ? 1 : 2, [0, 1, 2], band => bands[band], [Kinds[0], Kinds[2]]);
        return table with { Remark = "Une demande en cours est comptée jusqu'à aujourd'hui." };
    }

    private static StatisticsTable SpendTable(IReadOnlyList<LanguageSpend> spend, int year)
    {
        StatisticsRow Row(string name, long before, long now, bool total = false) => new(name, [before / 100m, now / 100m, (now - before) / 100m], total);
        return new StatisticsTable(
            "depenses", "Dépense externe par langue", "Langue", [Words(year - 1), Words(year), "Évolution"],
            [.. spend.Select(row => Row(Language(row.Language), row.BeforeCents, row.NowCents)), Row("Total", spend.Sum(row => row.BeforeCents), spend.Sum(row => row.NowCents), true)],
            [1], "€")
        {
            Remark = "Une livraison coûte ses mots divisés par 300, multipliés par le prix de la page à la date de la commande. Elle compte dans le mois où elle est acceptée ; après la clôture, dans le premier mois ouvert.",
        };
    }

    private static StatisticsTable Pages(List<LanguagePages> pages, int year) => new(
        "pages", "Pages par demande et par langue", "Langue", [$"Demandes {Words(year)}", $"Pages {Words(year)}", $"Pages par demande {Words(year)}", $"Pages par demande {Words(year - 1)}"],
        [.. pages.OrderByDescending(row => row.Requests).ThenBy(row => row.Language, StringComparer.Ordinal).Select(row =>
            new StatisticsRow(Language(row.Language), [row.Requests, Of(row.Words), Ratio(row.Words, row.Requests), Ratio(row.WordsBefore, row.RequestsBefore)]))],
        [2])
    {
        Remark = "Une page compte 300 mots ; seules comptent les traductions dont les mots sont comptés.",
    };

    private static decimal Of(long words) => Math.Round((decimal)words / TranslationMoney.WordsPerPage, 2, MidpointRounding.AwayFromZero);

    private static decimal? Ratio(long words, int requests) =>
        requests == 0 ? null : Math.Round((decimal)words / TranslationMoney.WordsPerPage / requests, 2, MidpointRounding.AwayFromZero);

    private static string Words(int year) => year.ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Published(int year) => year switch
    {
        2024 =>
        [
            "Le rapport d'activité 2024 compte 80 830 demandes (62 754 traductions et 18 076 certifications), dont 77 440 traitées, et 922 745 € de dépense externe.",
        ],
        2025 =>
        [
            $"Le rapport d'activité 2025 compte 77 046 demandes (59 831 traductions et 17 215 certifications) et 77 936 demandes traitées : 76 724 de l'année et 1 212 reportées. Il annonce −3,75 % de demandes ; ses chiffres (80 830 en 2024) donnent {Percent(77_046, 80_830)}.",
            "Il compte 908 174 € de dépense externe (922 745 € en 2024). Les 16 langues de son tableau n'en sont qu'un extrait : leur somme est plus petite.",
        ],
        _ => [],
    };

    private async Task<List<LanguagePages>> ReadPagesAsync(int year, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select r.language,
                count(*) filter (where c.received_on >= $2), coalesce(sum(r.words) filter (where c.received_on >= $2), 0)::bigint,
                count(*) filter (where c.received_on < $2), coalesce(sum(r.words) filter (where c.received_on < $2), 0)::bigint,
                count(*) filter (where c.received_on >= $2 and r.route = 'inhouse'), count(*) filter (where c.received_on >= $2 and r.route is not null)
            from translation_requests r join cases c on c.id = r.case_id
            where not r.test and r.kind = 'traduction' and r.words is not null and c.received_on >= $1 and c.received_on < $3
            group by r.language
            """);
        command.AddParameters(Sql.Date(new DateOnly(year - 1, 1, 1)), Sql.Date(new DateOnly(year, 1, 1)), Sql.Date(new DateOnly(year + 1, 1, 1)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<LanguagePages>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new LanguagePages(
                reader.GetString(0), (int)reader.GetInt64(1), reader.GetInt64(2), (int)reader.GetInt64(3), reader.GetInt64(4), (int)reader.GetInt64(5), (int)reader.GetInt64(6)));
        }

        return rows;
    }

    /// <param name="Routed">Given to somebody, in-house or outside.</param>
    private sealed record LanguagePages(string Language, int Requests, long Words, int RequestsBefore, long WordsBefore, int InHouse, int Routed);
}
