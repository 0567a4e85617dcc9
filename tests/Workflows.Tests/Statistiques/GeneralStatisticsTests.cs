using Cleiss.Persistence;
using Cleiss.Workflows.Statistiques;
using Npgsql;
using Xunit;

namespace Cleiss.Workflows.Tests.Statistiques;

/// <summary>Counts of the processes that the reports give no table for.</summary>
public sealed class GeneralStatisticsTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task Liaison_cases_are_counted_by_country_form_and_month_with_the_delay_of_the_reply()
    {
        await CaseAsync("formulaire-de-liaison", "2026-03-10", "2026-04-09", iso: "MD", form: "se-151-08");
        await CaseAsync("formulaire-de-liaison", "2026-03-11", "2026-03-31", iso: "MD", form: "se-151-01");
        await CaseAsync("formulaire-de-liaison", "2026-05-02", null, iso: "SN");
        await CaseAsync("formulaire-de-liaison", "2026-05-02", null, iso: "SN", test: true);

        var report = await ReportAsync("formulaire-de-liaison");

        Assert.Equal([3m, 2m, 1m, 25m], report.Figures.Select(figure => figure.Value));
        Assert.Equal([("Moldavie", 2m), ("Sénégal", 1m), ("Total", 3m)], Rows(report, "par-pays"));
        Assert.Equal([("Non renseigné", 1m), ("SE-151-01", 1m), ("SE-151-08", 1m), ("Total", 3m)], Rows(report, "par-formulaire"));
        Assert.Contains(("Mars", 2m), Rows(report, "par-mois"));
    }

    [Fact]
    public async Task Questions_to_the_contact_point_are_counted_by_subject_and_the_published_year_can_be_chosen()
    {
        await CaseAsync("demande-pcn", "2026-02-02", "2026-02-10", subject: "Se faire soigner en France");
        await CaseAsync("demande-pcn", "2026-02-02", null, subject: "Se faire soigner en France");

        var report = await ReportAsync("demande-pcn");
        Assert.Equal([2m, 1m, 1m, 8m], report.Figures.Select(figure => figure.Value));
        Assert.Equal([("Se faire soigner en France", 2m), ("Total", 2m)], Rows(report, "par-sujet"));
        Assert.Contains(2025, await agency.Get<StatisticsDesk>().YearsAsync("demande-pcn", CancellationToken.None));
        Assert.Contains("256 demandes", Assert.Single((await agency.Get<StatisticsDesk>().ComputeAsync("demande-pcn", 2025, CancellationToken.None)).Remarks), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, decimal Value)> Rows(StatisticsReport report, string table) =>
        report.Tables.Single(one => one.Key == table).Rows.Select(row => (row.Name, row.Values[0]!.Value));

    private Task<StatisticsReport> ReportAsync(string process) => agency.Get<StatisticsDesk>().ComputeAsync(process, 2026, CancellationToken.None);

    /// <summary>A case as it lies in the table: what is counted needs no flow.</summary>
    private async Task CaseAsync(string process, string receivedOn, string? closedOn, string? iso = null, string? form = null, bool test = false, string? subject = null)
    {
        var id = Guid.NewGuid().ToString("N");
        await using var command = agency.Get<NpgsqlDataSource>().CreateCommand(
            """
            with opened as (
                insert into cases (id, reference, process_key, definition_version_id, workflow_instance_id, title, state, test, agreement_iso, form_key,
                                   opened_by, opened_by_name, opened_at, received_on, closed_at)
                values ($1, $1, $2, 'v', $1, 't', case when $4::date is null then 'waiting' else 'closed' end, $5, $6, $7, 'agent1', 'Anne Martin', $3::date, $3::date, $4::date)
                returning id)
            insert into case_facts (case_id, name, value, recorded_at) select id, 'sujet', $8, $3::date from opened where $8 is not null
            """);
        command.AddParameters(
            Sql.Text(id), Sql.Text(process), Sql.Date(DateOnly.Parse(receivedOn, null)), Sql.Date(closedOn is null ? null : DateOnly.Parse(closedOn, null)), Sql.Bool(test),
            Sql.Text(iso), Sql.Text(form), Sql.Text(subject));
        await command.ExecuteNonQueryAsync();
    }
}
