using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;
using Cleiss.Workflows.Solvit;
using Cleiss.Workflows.Statistiques;
using Xunit;

namespace Cleiss.Workflows.Tests.Solvit;

public sealed class SolvitTests(Agency agency) : IClassFixture<Agency>
{
    private Actor? _desk;

    [Fact]
    public async Task A_case_is_answered_the_fund_is_asked_and_the_solution_goes_to_who_asked()
    {
        var opened = await OpenAsync();
        await AnswerFirstAsync(opened);
        await ReplyAsync(opened);
        await SolveAsync(opened);

        await ClosedAsync(opened, "Résolue");
        Assert.Equal(["premiere-reponse", "demande-action", "solution"], await MailsAsync(opened));
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and to_address = 'sdl2@francetravail.example' and body like '%privée de revenu%'"));
        Assert.Equal(0, await CountAsync("bookmarks", $"workflow_instance_id = '{opened.WorkflowInstanceId}'"));
    }

    [Theory]
    [InlineData("S_BUC_06", "93", "non", "Centre national des soins à l'étranger (CNSE)")]
    [InlineData("F_BUC_01", "2A", "oui", "MSA de la Corse")]
    [InlineData("F_BUC_01", "2A", "non", "CAF du département 2A")]
    [InlineData("FB_BUC_02", "971", "non", "CAF du département 971")]
    [InlineData("S_BUC_24", "69", "oui", "MSA du département 69")]
    public async Task The_fund_is_found_by_case_place_and_scheme(string buc, string department, string agricultural, string fund)
    {
        var opened = await OpenAsync(buc, department, agricultural);
        await AnswerFirstAsync(opened);

        await WaitsAsync(opened);
        Assert.Equal(1, await CountAsync("trail_entries", $"trail_id = 'case:{opened.CaseId}' and sentence like '%{fund.Replace("'", "''", StringComparison.Ordinal)}%'"));
    }

    [Fact]
    public async Task The_rule_of_the_day_of_receipt_decides()
    {
        var opened = await OpenAsync(receivedOn: new DateOnly(2023, 12, 31));
        await AnswerFirstAsync(opened);

        await WaitsAsync(opened);
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and to_address = 'sdl2@pole-emploi.example'"));
    }

    [Theory]
    [InlineData("H_BUC_01", "93")]
    [InlineData("F_BUC_01", null)]
    public async Task Where_no_rule_names_a_fund_the_desk_does(string buc, string? department)
    {
        var opened = await OpenAsync(buc, department);
        await AnswerFirstAsync(opened);
        await DoAsync(opened, "determiner", "Saisir cette caisse", await agency.SampleAsync("caisse-determinee"));

        await WaitsAsync(opened);
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and to_address = 'sdl2@cnieg.example' and template = 'solvit-sdl2/demande-action'"));
    }

    [Fact]
    public async Task An_unknown_BUC_or_department_is_refused_when_the_case_is_opened()
    {
        Assert.Equal("unknown-buc", (await Assert.ThrowsAsync<CaseRefusedException>(() => OpenAsync("S_BUC_99"))).Code);
        Assert.Equal("unknown-department", (await Assert.ThrowsAsync<CaseRefusedException>(() => OpenAsync(department: "99x"))).Code);
    }

    [Theory]
    [InlineData("autre", 5)]
    [InlineData("soins", 3)]
    public async Task A_silent_fund_is_reminded_then_the_case_climbs_to_level_two_the_faster_the_more_urgent(string risk, int days)
    {
        var opened = await OpenAsync(risk: risk);
        await AnswerFirstAsync(opened);
        await WaitsAsync(opened);

        await PassAsync(opened, days, "relance");
        await PassAsync(opened, days, "niveau-2");

        await WaitsAsync(opened);
        Assert.Equal(1, await CountAsync("case_facts", $"{Of(opened)} and name = 'niveau' and value = '2 – responsable'"));
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/demande-action' and subject like '%sous {2 * days} jours%'"));
        await ReplyAsync(opened);
        await SolveAsync(opened, "2");
        await ClosedAsync(opened, "Résolue");
    }

    [Fact]
    public async Task Nobody_answers_at_any_level_and_the_director_closes_without_a_solution()
    {
        var opened = await OpenAsync();
        await ClimbToDirectorAsync(opened);
        await DoAsync(opened, "decider", "Clore sans solution", by: await ActorAsync("directrice"));

        await ClosedAsync(opened, "Clos sans solution");
        Assert.Equal("sans-solution", (await MailsAsync(opened))[^1]);
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/ticket-pays' and to_address = 'sdl2@belgique.example'"));
    }

    [Fact]
    public async Task The_director_writes_to_the_funds_director_who_is_reminded_and_answers_at_last()
    {
        var director = await ActorAsync("directrice");
        var opened = await OpenAsync();
        await ClimbToDirectorAsync(opened);
        await DoAsync(opened, "decider", "Écrire à la direction de la caisse", by: director);
        await WaitsAsync(opened);
        await PassAsync(opened, 7, "relance");
        agency.Time.Advance(TimeSpan.FromDays(7));
        await DoAsync(opened, "decider", "Écrire à la direction de la caisse", by: director);
        await ReplyAsync(opened);
        await SolveAsync(opened, "direction");

        await ClosedAsync(opened, "Résolue");
        Assert.Equal(2, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/direction' and body like '%directrice du Cleiss%'"));
    }

    [Fact]
    public async Task What_is_no_matter_of_social_security_is_refused_with_the_reason()
    {
        var opened = await OpenAsync();
        await DoAsync(opened, "premiere-reponse", "Refuser la saisine");
        await DoAsync(opened, "motiver-refus", "Revenir à la réponse");
        await DoAsync(opened, "premiere-reponse", "Refuser la saisine");
        await DoAsync(opened, "motiver-refus", "Envoyer le refus", await agency.SampleAsync("refus-sdl2"));

        await ClosedAsync(opened, "Saisine refusée");
        Assert.Equal(["refus"], await MailsAsync(opened));
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and to_address = 'solvit@belgique.example' and body like '%sur l''impôt%'"));
        Assert.Equal(0, await CountAsync("bookmarks", $"workflow_instance_id = '{opened.WorkflowInstanceId}'"));
    }

    [Fact]
    public async Task Where_the_SED_says_too_little_the_partner_is_asked_and_reminded_before_the_desk_names_the_fund()
    {
        var opened = await OpenAsync("F_BUC_01", department: null);
        await AnswerFirstAsync(opened);
        await DoAsync(opened, "determiner", "Demander des renseignements");
        await WaitsAsync(opened);
        await PassAsync(opened, 7, "relance");
        await ReplyAsync(opened);
        await DoAsync(opened, "determiner", "Saisir cette caisse", await agency.SampleAsync("caisse-determinee"));

        await WaitsAsync(opened);
        Assert.Equal(2, await CountAsync("mails", $"{Of(opened)} and to_address = 'sdl2@belgique.example' and template in ('solvit-sdl2/renseignements', 'solvit-sdl2/relance')"));
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/demande-action'"));
    }

    [Fact]
    public async Task A_fund_that_is_not_competent_is_replaced_while_it_is_awaited_and_after_its_answer()
    {
        var opened = await OpenAsync();
        await AnswerFirstAsync(opened);
        await WaitsAsync(opened);
        await agency.Cases.RequestAsync(opened.CaseId, "Changer de caisse", "La caisse se dit incompétente.", null, _desk!, CancellationToken.None);
        await DoAsync(opened, "determiner", "Saisir cette caisse", await agency.SampleAsync("caisse-determinee"));
        await ReplyAsync(opened);
        await DoAsync(opened, "apprecier-1", "Changer de caisse");
        var other = await agency.SampleAsync("caisse-determinee");
        (other["caisse"], other["courriel"]) = ("Caisse des Français de l'étranger", "sdl2@cfe.example");
        await DoAsync(opened, "determiner", "Saisir cette caisse", other);

        await WaitsAsync(opened);
        Assert.Equal(3, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/demande-action' and to_address in ('sdl2@francetravail.example', 'sdl2@cnieg.example', 'sdl2@cfe.example')"));
    }

    [Fact]
    public async Task An_answer_that_solves_nothing_may_go_straight_to_the_partner_country_or_the_director()
    {
        var opened = await OpenAsync();
        await AnswerFirstAsync(opened);
        await ReplyAsync(opened);
        await DoAsync(opened, "apprecier-1", "Ouvrir un ticket de pays à pays");
        await ReplyAsync(opened);
        await DoAsync(opened, "apprecier-pays", "Saisir la directrice");

        await agency.OpenTaskAsync(opened.CaseId, "decider");
        Assert.Equal(["premiere-reponse", "demande-action", "ticket-pays"], await MailsAsync(opened));
    }

    [Fact]
    public async Task The_clocks_count_from_the_receipt_not_from_the_opening()
    {
        var today = DateOnly.FromDateTime(agency.Time.GetUtcNow().Date);
        var opened = await OpenAsync(receivedOn: today.AddDays(-10));

        await agency.UntilAsync("the first answer is late at once", async () => await CountAsync("case_facts", $"{Of(opened)} and name = 'alerte7j'") == 1);
        agency.Time.Advance(TimeSpan.FromDays(20));
        await agency.UntilAsync("thirty days have passed", async () => await CountAsync("case_facts", $"{Of(opened)} and name = 'alerte30j'") == 1);
    }

    [Fact]
    public async Task An_owner_replaces_a_fund_at_a_date_and_the_history_tells_it()
    {
        var funds = agency.Get<CompetentFunds>();
        var owner = await ActorAsync("proprietaire");
        var rule = (await funds.ListAsync(CancellationToken.None)).Single(one => one.Id == "p");
        CompetentFundChange Change(CompetentFundRule of) =>
            new(of.Buc, of.Department, of.Agricultural, of.Fund, of.Email, of.ValidFrom, of.ValidTo, of.Remark, of.Revision);
        var next = Change(rule) with { Fund = "Caisse nationale de retraite", ValidFrom = new DateOnly(2027, 1, 1), Revision = null };

        var overlapping = await Assert.ThrowsAsync<CatalogueRefusedException>(() => funds.SaveAsync(null, next, owner, CancellationToken.None));
        await funds.SaveAsync("p", Change(rule) with { ValidTo = new DateOnly(2026, 12, 31) }, owner, CancellationToken.None);
        var added = await funds.SaveAsync(null, next, owner, CancellationToken.None);
        var late = await Assert.ThrowsAsync<CatalogueRefusedException>(() => funds.SaveAsync("p", Change(rule), owner, CancellationToken.None));

        Assert.Equal("overlap", Assert.Single(overlapping.Faults).Code);
        Assert.Equal((409, "changed-meanwhile"), (late.Status, late.Code));
        Assert.Equal("p", (await funds.FindAsync("P_BUC_01", null, false, new DateOnly(2026, 12, 31), CancellationToken.None))!.RuleId);
        Assert.Equal((added, "p-2027"), ((await funds.FindAsync("P_BUC_01", null, false, new DateOnly(2027, 1, 1), CancellationToken.None))!.RuleId, added));
        Assert.Equal(
            ["a ajouté aux caisses compétentes : P → Caisse nationale de retraite, depuis le 01/01/2027", "a modifié la caisse compétente pour P : dernier jour : (vide) → 31/12/2026"],
            (await funds.ListHistoryAsync(CancellationToken.None)).Select(line => line.Sentence));
    }

    [Fact]
    public void A_rule_with_mistakes_is_told_all_of_them_at_once()
    {
        var faults = CompetentFundRules.Check(
            new CompetentFundChange("X_BUC_01", "93, 999x", null, " ", "pas une adresse", new DateOnly(2026, 2, 1), new DateOnly(2026, 1, 1), null), []);

        Assert.Equal(["buc", "department", "fund", "email", "validTo"], faults.Select(fault => fault.Path));
    }

    [Fact]
    public async Task An_answer_that_solves_nothing_goes_on_to_level_two()
    {
        var opened = await OpenAsync();
        await AnswerFirstAsync(opened);
        await ReplyAsync(opened);
        await DoAsync(opened, "apprecier-1", "Poursuivre au niveau 2");

        await WaitsAsync(opened);
        Assert.Equal(1, await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/niveau-2'"));
    }

    [Fact]
    public async Task The_clocks_of_7_and_30_days_strike_while_nobody_has_answered()
    {
        var opened = await OpenAsync();

        agency.Time.Advance(TimeSpan.FromDays(7));
        await agency.UntilAsync("seven days have passed", async () => await CountAsync("case_facts", $"{Of(opened)} and name = 'alerte7j'") == 1);
        agency.Time.Advance(TimeSpan.FromDays(23));
        await agency.UntilAsync("the desk was told twice", async () => await CountAsync("mails", $"{Of(opened)} and template = 'solvit-sdl2/alerte' and state = 'sent'") == 2);
        Assert.Equal(1, await CountAsync("case_facts", $"{Of(opened)} and name = 'alerte30j'"));
    }

    [Fact]
    public async Task After_ten_weeks_without_solution_the_desk_is_told_though_it_had_answered_in_time()
    {
        var opened = await OpenAsync();
        await AnswerFirstAsync(opened);
        await WaitsAsync(opened);

        agency.Time.Advance(TimeSpan.FromDays(70));
        await agency.UntilAsync("ten weeks are counted", async () => await CountAsync("case_facts", $"{Of(opened)} and name = 'alerte10s'") == 1);

        Assert.Equal(0, await CountAsync("case_facts", $"{Of(opened)} and name in ('alerte7j', 'alerte30j')"));
        Assert.Equal(2, await CountAsync("case_facts", $"{Of(opened)} and name in ('tenu7j', 'tenu30j')"));
    }

    [Fact]
    public async Task The_quarterly_report_counts_by_sector_and_by_country_and_test_cases_never()
    {
        var before = await ReportAsync();
        await OpenAsync("S_BUC_24", receivedOn: new DateOnly(2026, 1, 15));
        await OpenAsync("UB_BUC_01", receivedOn: new DateOnly(2026, 1, 16));
        await OpenAsync("UB_BUC_01", receivedOn: new DateOnly(2026, 1, 16), test: true);

        var after = await ReportAsync();
        Assert.Equal(before.Figures[0].Value + 2, after.Figures[0].Value);
        var sector = after.Tables.Single(table => table.Key == "par-secteur");
        Assert.Equal(["Reçus", "T1", "T2", "T3", "T4"], sector.Columns);
        Assert.Contains(sector.Rows, row => row.Name == "maladie" && row.Values[1] >= 1);
        Assert.Equal("Belgique", after.Tables.Single(table => table.Key == "par-pays").Rows[0].Name);
    }

    [Fact]
    public async Task The_table_of_2025_adds_up_and_both_rates_are_shown_with_the_reason()
    {
        var report = await agency.Get<StatisticsDesk>().ComputeAsync("solvit-sdl2", 2025, CancellationToken.None);

        var total = report.Tables.Single(table => table.Key == "buc").Rows[^1];
        Assert.Equal([17_846m, 14_678m], total.Values.Select(value => value!.Value));
        Assert.Equal([99.66m, 99.69m], report.Figures.Where(figure => figure.Unit == "%").Select(figure => figure.Value));
        Assert.Contains(2024, await agency.Get<StatisticsDesk>().YearsAsync("solvit-sdl2", CancellationToken.None));
        Assert.Contains("soit 5 de plus", Assert.Single(report.Remarks), StringComparison.Ordinal);
    }

    private static string Of(OpenedCase opened) => $"case_id = '{opened.CaseId}'";

    private Task<StatisticsReport> ReportAsync() => agency.Get<StatisticsDesk>().ComputeAsync("solvit-sdl2", 2026, CancellationToken.None);

    private Task<long> CountAsync(string from, string where) => agency.CountAsync($"select count(*) from {from} where {where}");

    private async Task<Actor> ActorAsync(string id) => (await agency.Get<PeopleStore>().FindActorAsync(id, CancellationToken.None))!;

    private async Task<OpenedCase> OpenAsync(
        string buc = "UB_BUC_01", string? department = "93", string agricultural = "non", DateOnly? receivedOn = null, bool test = false, string risk = "revenu")
    {
        _desk ??= await ActorAsync("sdl2");
        var data = await agency.SampleAsync("saisine-sdl2");
        (data["buc"], data["agricole"], data["risque"]) = (buc, agricultural, risk);
        data.Remove("departement");
        if (department is not null)
        {
            data["departement"] = department;
        }

        return await agency.Cases.OpenAsync(new OpenCase("solvit-sdl2", data, receivedOn, test), _desk, CancellationToken.None);
    }

    private async Task DoAsync(OpenedCase opened, string activityId, string outcome, JsonObject? data = null, Actor? by = null)
    {
        var task = await agency.OpenTaskAsync(opened.CaseId, activityId);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, outcome, data), by ?? _desk!, CancellationToken.None);
    }

    private Task AnswerFirstAsync(OpenedCase opened) => DoAsync(opened, "premiere-reponse", "Envoyer la première réponse");

    private async Task SolveAsync(OpenedCase opened, string level = "1") => await DoAsync(opened, $"apprecier-{level}", "Communiquer la solution", await agency.SampleAsync("solution-sdl2"));

    private Task WaitsAsync(OpenedCase opened) =>
        agency.UntilAsync("the case waits for a reply", () => agency.Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));

    private async Task ReplyAsync(OpenedCase opened)
    {
        await WaitsAsync(opened);
        var reply = await agency.SampleAsync("reponse-partenaire");
        reply.Remove("piece");
        await agency.Cases.ReplyAsync(opened.CaseId, reply, null, _desk!, CancellationToken.None);
    }

    /// <summary>Days go by until one more mail of the template has left.</summary>
    private async Task PassAsync(OpenedCase opened, int days, string template)
    {
        var where = $"{Of(opened)} and template = 'solvit-sdl2/{template}' and state = 'sent'";
        var before = await CountAsync("mails", where);
        agency.Time.Advance(TimeSpan.FromDays(days));
        await agency.UntilAsync($"a mail « {template} » has left", async () => await CountAsync("mails", where) > before);
    }

    private async Task ClimbToDirectorAsync(OpenedCase opened)
    {
        await AnswerFirstAsync(opened);
        await WaitsAsync(opened);
        await PassAsync(opened, 10, "niveau-2");
        await WaitsAsync(opened);
        await PassAsync(opened, 10, "ticket-pays");
        await WaitsAsync(opened);
        agency.Time.Advance(TimeSpan.FromDays(14));
        await agency.OpenTaskAsync(opened.CaseId, "decider");
    }

    private async Task ClosedAsync(OpenedCase opened, string status)
    {
        await agency.UntilAsync("the case is closed", async () => (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!.State == CaseState.Closed);
        Assert.Equal(status, (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!.Status);
    }

    private async Task<IReadOnlyList<string>> MailsAsync(OpenedCase opened) =>
        [.. (await agency.Get<CaseReader>().GetAsync(opened.CaseId, CancellationToken.None))!.Mails.OrderBy(mail => mail.CreatedAt).ThenBy(mail => mail.Id, StringComparer.Ordinal)
            .Where(mail => mail.Template != "solvit-sdl2/alerte").Select(mail => mail.Template.Split('/')[1])];
}
