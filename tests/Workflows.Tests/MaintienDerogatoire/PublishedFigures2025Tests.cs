using Cleiss.Workflows.Statistiques;
using Xunit;

namespace Cleiss.Workflows.Tests.MaintienDerogatoire;

/// <summary>The activity report of 2025: 47 requests = 16 agreed + 9 refused (7 Cameroun, 2 Italie) + 22 pending. Schemes and dates are modelled.</summary>
public sealed class PublishedFigures2025Tests(Agency agency) : IClassFixture<Agency>
{
    private static readonly string[] Schemes = ["Camieg", "Cavimac", "CPRPF", "Banque de France"];
    private static readonly string[] Agreeing = ["BE", "DE", "ES", "LU"];

    [Fact]
    public async Task The_cases_of_2025_give_the_published_figures_on_the_statistics_page()
    {
        await PlayAsync(Enumerable.Range(0, 16).Select(i => (Agreeing[i % 4], "accord")));
        await PlayAsync(Enumerable.Repeat(("CM", "refus"), 7));
        await PlayAsync(Enumerable.Repeat(("IT", "refus"), 2));
        for (var i = 0; i < 22; i++)
        {
            var pending = await ReceiveAsync(i, Agreeing[i % 4]);
            if (i % 4 == 0)
            {
                await pending.ExamineAsync();
            }
        }

        // What is received in another year, or only tried out, does not count.
        await Maintien.ReceiveAsync(agency, receivedOn: new DateOnly(2026, 1, 2));

        var report = await agency.Get<StatisticsDesk>().ComputeAsync("maintien-derogatoire", 2025, CancellationToken.None);
        Assert.Equal([47, 16, 9, 0, 22], report.Figures.Select(figure => figure.Value));
        var byCountry = report.Tables.Single(table => table.Key == "refus-par-pays");
        Assert.Equal([("Cameroun", 7m), ("Italie", 2m), ("Total", 9m)], byCountry.Rows.Select(row => (row.Name, row.Values[0]!.Value)));
        var byScheme = report.Tables.Single(table => table.Key == "par-regime");
        Assert.Equal(Schemes.Length + 1, byScheme.Rows.Count);
        Assert.Equal([47m, 16m, 9m, 0m, 0m, 22m], byScheme.Rows[^1].Values.Select(value => value!.Value));
        Assert.All(report.Tables, table => Assert.All(
            Enumerable.Range(0, table.Columns.Count), column => Assert.Equal(table.Rows[^1].Values[column], table.Rows.Where(row => !row.IsTotal).Sum(row => row.Values[column]))));
    }

    private async Task PlayAsync(IEnumerable<(string Country, string Decision)> requests)
    {
        var number = 0;
        foreach (var (country, decision) in requests)
        {
            var request = await ReceiveAsync(number++, country);
            await request.ExamineAsync();
            await request.ValidateAsync();
            await request.DecideAsync(decision);
            await request.DoAsync("relire", "Confirmer", agency.Juriste);
        }

        await agency.UntilAsync(
            "the decisions are noted", async () => await agency.CountAsync("select count(*) from user_tasks where activity_id = 'relire' and completed_at is null") == 0);
    }

    private Task<Maintien> ReceiveAsync(int number, string country) =>
        Maintien.ReceiveAsync(agency, country, Schemes[number % Schemes.Length], new DateOnly(2025, 1 + number % 12, 1 + number % 28));
}
