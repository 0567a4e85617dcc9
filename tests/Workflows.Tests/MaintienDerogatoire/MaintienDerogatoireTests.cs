using Cleiss.Activities.UserTasks;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests.MaintienDerogatoire;

public sealed class MaintienDerogatoireTests(Agency agency) : IClassFixture<Agency>
{
    private static readonly DateOnly In2026 = new(2026, 1, 1);

    [Fact]
    public async Task An_agreed_request_is_told_to_scheme_employer_and_worker()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        await request.ValidateAsync();
        await request.DecideAsync("accord");
        await request.DoAsync("relire", "Confirmer", agency.Juriste);

        await request.ClosedAsync("Accord de l’autorité étrangère");
        Assert.Equal(["transmission", "decision", "decision", "decision"], await request.MailsAsync());
        Assert.Equal(3, await request.CountAsync("mails", "case_id = @case and state = 'sent' and to_address in ('detachement@camieg.example', 'rh@energie.example', 'solene@courriel.example')"));
        Assert.Equal(2, await request.CountAsync("documents", "case_id = @case and number like 'IT-2026-%'"));
        Assert.Equal(1, await request.DecidedByRowAsync(8));
        Assert.Equal(0, await agency.CountAsync($"select count(*) from workflow_instances where id = '{request.InstanceId}' and state::text like '%camieg.example%'"));
    }

    [Fact]
    public async Task A_refusal_names_the_authoritys_reason()
    {
        var request = await Maintien.ReceiveAsync(agency, "CM", from: "2025-05-01", to: "2026-04-30");
        await request.ExamineAsync(to: "2026-04-30");
        await request.ValidateAsync();
        await request.DecideAsync("refus");
        await request.DoAsync("relire", "Confirmer", agency.Juriste);

        await request.ClosedAsync("Refus de l’autorité étrangère");
        Assert.Equal(3, await request.CountAsync("mails", "case_id = @case and body like '%La durée de six mois ne peut pas être dépassée.%'"));
        Assert.Equal(1, await request.CountAsync("case_facts", "case_id = @case and name = 'issue' and value = 'refus'"));
    }

    [Fact]
    public async Task A_partial_agreement_tells_its_period()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        await request.ValidateAsync();
        await request.DecideAsync("partiel");
        await request.DoAsync("relire", "Confirmer", agency.Juriste);

        await request.ClosedAsync("Accord partiel de l’autorité étrangère");
        Assert.Equal(3, await request.CountAsync("mails", "case_id = @case and body like '%du 1 mai 2025 au 30 avril 2028%'"));
    }

    [Theory]
    [InlineData("GB", "2021-05-01", "2024-04-30", 1, "Royaume-Uni, mission à partir du 1er mai 2021")]
    [InlineData("TH", "2025-05-01", "2028-04-30", 2, "Pays sans accord ni instrument européen")]
    [InlineData("IT", "2025-05-01", "2027-04-30", 6, "Un détachement ordinaire suffit")]
    [InlineData("DZ", "2025-05-01", "2030-04-30", 6, "Un détachement ordinaire suffit")]
    public async Task A_request_that_cannot_be_admitted_goes_back_with_the_reason(string country, string from, string to, int row, string why)
    {
        var request = await Maintien.ReceiveAsync(agency, country, from: from, to: to);
        await request.ExamineAsync(from: from, to: to);

        await request.ClosedAsync("Renvoyée au régime : " + why);
        Assert.Equal(["renvoi"], await request.MailsAsync());
        Assert.Equal(1, await request.DecidedByRowAsync(row));
        Assert.Equal(0, await request.CountAsync("documents", "case_id = @case"));
    }

    [Theory]
    [InlineData("JP", "2025-05-01", "2028-04-30")]
    [InlineData("BJ", "2025-05-01", "2028-04-30")]
    [InlineData("GB", "2021-04-30", "2024-04-30")]
    public async Task Where_no_duration_is_published_a_person_decides(string country, string from, string to)
    {
        var request = await Maintien.ReceiveAsync(agency, country, from: from, to: to);
        await request.ExamineAsync(from: from, to: to);

        await request.DoAsync("trancher", "Renvoyer la demande", agency.Juriste, await agency.SampleAsync("motif-decision"));

        await request.ClosedAsync("Renvoyée au régime : décision du juriste");
        Assert.Equal(1, await request.CountAsync("mails", "case_id = @case and body like '%La mission ne relève pas d''un détachement.%'"));
    }

    [Fact]
    public async Task An_incomplete_request_waits_for_the_schemes_documents_and_is_examined_again()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync(missing: "accord écrit du salarié");
        await request.ReplyAsync();
        await request.ExamineAsync();

        Assert.NotNull(await agency.OpenTaskAsync(request.CaseId, "valider"));
        Assert.Equal(1, await request.CountAsync("mails", "case_id = @case and body like '%accord écrit du salarié%' and to_address = 'detachement@camieg.example'"));
        Assert.Equal((1L, 1L), (await request.DecidedByRowAsync(4), await request.DecidedByRowAsync(8)));
    }

    [Fact]
    public async Task A_scheme_that_sends_nothing_is_reminded_and_the_request_is_filed()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync(missing: "accord écrit du salarié");
        await agency.UntilAsync("the scheme was asked", () => agency.Cases.AwaitsReplyAsync(request.CaseId, CancellationToken.None));

        agency.Time.Advance(TimeSpan.FromDays(46));
        await request.DoAsync("decider-pieces", "Clore sans réponse", agency.Agent);

        await request.ClosedAsync("Classé sans suite : dossier incomplet");
        Assert.Equal(2, await request.CountAsync("mails", "case_id = @case and template = 'maintien-derogatoire/relance-pieces'"));
    }

    [Fact]
    public async Task Who_examined_the_request_cannot_validate_it()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        var both = agency.Agent with { Roles = new HashSet<string> { Role.Agent, Role.Juriste } };

        var refused = await Assert.ThrowsAsync<UserTaskRefusedException>(() => request.DoAsync("valider", "Valider", both));

        Assert.Equal((403, "excluded"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_lawyer_sends_the_request_back_to_the_officer()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        await request.DoAsync("valider", "Renvoyer à l'instruction", agency.Juriste, reason: "Citez l'article de la convention.");

        var task = await agency.OpenTaskAsync(request.CaseId, "instruire");

        Assert.Equal("Citez l'article de la convention.", (await agency.Tasks.GetAsync(task.Id, agency.Agent, CancellationToken.None))!.SentBack!.Reason);
    }

    [Fact]
    public async Task Above_three_years_nothing_leaves_without_the_directors_signature()
    {
        var director = (await agency.Get<PeopleStore>().FindActorAsync("directrice", CancellationToken.None))!;
        var request = await Maintien.ReceiveAsync(agency, to: "2028-05-01");
        await request.ExamineAsync(to: "2028-05-01");
        await request.ValidateAsync();
        await agency.OpenTaskAsync(request.CaseId, "signer");
        Assert.Equal(0, await request.CountAsync("documents", "case_id = @case"));

        await request.DoAsync("signer", "Renvoyer au juriste", director, reason: "Justifiez la durée.");
        await request.ValidateAsync();
        await request.DoAsync("signer", "Signer", director);

        await agency.UntilAsync("the request has left", () => agency.Cases.AwaitsReplyAsync(request.CaseId, CancellationToken.None));
        Assert.Equal(["transmission"], await request.MailsAsync());
    }

    [Fact]
    public async Task A_silent_authority_is_reminded_three_times_and_an_officer_gives_up()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        await request.ValidateAsync();
        await agency.UntilAsync("the request has left", () => agency.Cases.AwaitsReplyAsync(request.CaseId, CancellationToken.None));

        agency.Time.Advance(TimeSpan.FromDays(91));
        await request.DoAsync("decider", "Clore sans réponse", agency.Agent);

        await request.ClosedAsync("Sans réponse de l'autorité étrangère");
        Assert.Equal(3, await request.CountAsync("mails", "case_id = @case and template = 'maintien-derogatoire/relance'"));
    }

    [Fact]
    public async Task A_decision_recorded_wrongly_is_corrected_before_anybody_is_told()
    {
        var request = await Maintien.ReceiveAsync(agency);
        await request.ExamineAsync();
        await request.ValidateAsync();
        await request.DecideAsync("refus");
        await request.DoAsync("relire", "Renvoyer pour correction", agency.Juriste, reason: "La lettre dit oui.");
        Assert.Equal(["transmission"], await request.MailsAsync());

        await request.DoAsync("enregistrer-decision", "Faire relire", agency.Agent, await agency.SampleAsync("decision-autorite-etrangere"));
        await request.DoAsync("relire", "Confirmer", agency.Juriste);

        await request.ClosedAsync("Accord de l’autorité étrangère");
    }

    [Fact]
    public async Task Requests_of_2025_and_of_2026_run_side_by_side_each_under_its_version()
    {
        var old = await Maintien.ReceiveAsync(agency, receivedOn: new DateOnly(2025, 12, 31));
        var recent = await Maintien.ReceiveAsync(agency, receivedOn: In2026);
        Assert.NotEqual((await old.FindAsync()).DefinitionVersionId, (await recent.FindAsync()).DefinitionVersionId);

        await recent.ExamineAsync("Soumettre à la validation");
        await old.ExamineAsync();
        await recent.ValidateAsync();
        await old.ValidateAsync();
        await recent.ReplyAsync();
        await old.DecideAsync("accord");
        await old.DoAsync("relire", "Confirmer", agency.Juriste);

        await recent.ClosedAsync("Transmise à la Caisse nationale des Urssaf");
        await old.ClosedAsync("Accord de l’autorité étrangère");
        Assert.Equal(["transmission-urssaf", "transmise"], await recent.MailsAsync());
        Assert.Equal(1, await recent.CountAsync("documents", "case_id = @case and number like 'CNG-2026-%'"));
    }

    [Fact]
    public async Task A_running_request_of_2025_moves_to_Urssaf_only_by_a_validated_plan()
    {
        var moved = await Maintien.ReceiveAsync(agency);
        await moved.ExamineAsync();
        await agency.OpenTaskAsync(moved.CaseId, "valider");
        var kept = await Maintien.ReceiveAsync(agency);
        await kept.ExamineAsync();
        await kept.ValidateAsync();
        await agency.UntilAsync("the other request has left", () => agency.Cases.AwaitsReplyAsync(kept.CaseId, CancellationToken.None));

        await MigrateAsync(moved, dryRun: true);
        Assert.NotNull(await agency.OpenTaskAsync(moved.CaseId, "valider"));
        await MigrateAsync(moved, dryRun: false);
        await moved.ValidateAsync();
        await moved.ReplyAsync();
        await kept.DecideAsync("accord");
        await kept.DoAsync("relire", "Confirmer", agency.Juriste);

        await moved.ClosedAsync("Transmise à la Caisse nationale des Urssaf");
        await kept.ClosedAsync("Accord de l’autorité étrangère");
    }

    private async Task MigrateAsync(Maintien request, bool dryRun)
    {
        var result = await agency.Get<WorkflowRuntime>().AlterAsync(new AlterWorkflow(request.InstanceId, [new Migrate(2)], "proprietaire", dryRun), CancellationToken.None);
        Assert.True(result.Applied, string.Join(' ', result.Refusals));
    }
}
