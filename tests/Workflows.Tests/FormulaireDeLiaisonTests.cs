using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class FormulaireDeLiaisonTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task A_form_goes_from_the_officer_to_the_partner_and_the_reply_closes_the_case()
    {
        var opened = await agency.OpenWaitingAsync();
        Assert.StartsWith("FL-ESSAI-2026-", opened.Reference, StringComparison.Ordinal);

        var detail = (await agency.Get<CaseReader>().GetAsync(opened.CaseId, CancellationToken.None))!;
        Assert.Equal(CaseState.Waiting, detail.Case.State);
        Assert.StartsWith("SPEC-MD-2026-", Assert.Single(detail.Documents).Number, StringComparison.Ordinal);
        var mail = Assert.Single(detail.Mails);
        Assert.Equal("sent", mail.State);
        Assert.StartsWith("[SPÉCIMEN]", mail.Subject, StringComparison.Ordinal);
        Assert.Equal(detail.Documents[0].Id, Assert.Single(mail.Documents));

        await agency.ReplyAsync(opened.CaseId);

        var closed = (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!;
        Assert.Equal((CaseState.Closed, "Réponse reçue"), (closed.State, closed.Status));
    }

    [Fact]
    public async Task Whoever_filled_the_form_cannot_validate_it_even_as_a_lawyer()
    {
        var opened = await agency.OpenAsync();
        await agency.FillAsync(opened.CaseId);
        var task = await agency.OpenTaskAsync(opened.CaseId, "valider");
        var both = agency.Agent with { Roles = new HashSet<string> { Role.Agent, Role.Juriste } };

        var completing = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Valider"), both, CancellationToken.None));
        var claiming = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.ClaimAsync(task.Id, null, null, both, CancellationToken.None));

        Assert.Equal((403, "excluded"), (completing.Status, completing.Code));
        Assert.Equal("excluded", claiming.Code);
        Assert.NotNull((await agency.Tasks.GetAsync(task.Id, both, CancellationToken.None))!.Exclusion);
    }

    [Fact]
    public async Task Sent_back_the_officer_reads_the_reason_and_finds_the_former_answers()
    {
        var opened = await agency.OpenAsync();
        await agency.FillAsync(opened.CaseId);
        var task = await agency.OpenTaskAsync(opened.CaseId, "valider");
        var silent = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Renvoyer"), agency.Juriste, CancellationToken.None));
        Assert.Equal("reason-required", silent.Code);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Renvoyer", Reason: "La date manque."), agency.Juriste, CancellationToken.None);

        var again = await agency.OpenTaskAsync(opened.CaseId, "remplir");
        var detail = (await agency.Tasks.GetAsync(again.Id, agency.Agent, CancellationToken.None))!;

        Assert.Equal("La date manque.", detail.SentBack!.Reason);
        Assert.Equal("POPESCU", detail.Data!["nomNaissance"]!.GetValue<string>());
        Assert.Equal("agent1", again.Assignee);
        await agency.FillAsync(opened.CaseId);
        await agency.ValidateAsync(opened.CaseId);
        await agency.UntilAsync("the second round has left", () => agency.Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));
    }

    [Fact]
    public async Task Of_two_people_completing_at_once_one_wins_and_the_other_learns_who()
    {
        var opened = await agency.OpenAsync();
        await agency.FillAsync(opened.CaseId);
        var task = await agency.OpenTaskAsync(opened.CaseId, "valider");

        var outcomes = await Task.WhenAll(new[] { agency.Juriste, agency.Juriste2 }.Select(async actor =>
        {
            try
            {
                await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Valider"), actor, CancellationToken.None);
                return null;
            }
            catch (UserTaskRefusedException e)
            {
                return e;
            }
        }));

        var refused = Assert.Single(outcomes.OfType<UserTaskRefusedException>());
        Assert.Equal((409, "terminal"), (refused.Status, refused.Code));
        Assert.Matches("Claire Dubois|Paul Girard", refused.Message);
        Assert.Equal(1, await agency.CountAsync($"select count(*) from documents where case_id = '{opened.CaseId}'"));
    }

    [Fact]
    public async Task A_stale_revision_is_refused_and_a_repeated_operation_answered_alike()
    {
        var opened = await agency.OpenAsync();
        var task = await agency.OpenTaskAsync(opened.CaseId, "remplir");
        var data = await agency.SampleAsync("se-151-08");

        var stale = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Envoyer à la validation", data, ExpectedRevision: 7), agency.Agent, CancellationToken.None));
        var wrong = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Envoyer à la validation", []), agency.Agent, CancellationToken.None));
        var command = new CompleteUserTask(task.Id, "Envoyer à la validation", data, ExpectedRevision: 1, OperationId: "op-1");
        var first = await agency.Tasks.CompleteAsync(command, agency.Agent, CancellationToken.None);
        var second = await agency.Tasks.CompleteAsync(command, agency.Agent, CancellationToken.None);
        var other = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(command with { ActionKey = "Autre" }, agency.Agent, CancellationToken.None));

        Assert.Equal("revision-conflict", stale.Code);
        Assert.Equal("form-invalid", wrong.Code);
        Assert.Contains(wrong.Faults, fault => fault.Path == "nomNaissance");
        Assert.Equal((first.Status, first.Revision), (second.Status, second.Revision));
        Assert.Equal("idempotency-conflict", other.Code);
        Assert.Equal(1, await agency.CountAsync($"select count(*) from form_answers where task_id = '{task.Id}'"));
    }

    [Fact]
    public async Task Each_reminder_and_the_officers_question_come_exactly_once_even_after_200_days()
    {
        var opened = await agency.OpenWaitingAsync();

        agency.Time.Advance(TimeSpan.FromDays(200));
        var question = await agency.OpenTaskAsync(opened.CaseId, "decider");
        await agency.UntilAsync(
            "three reminders are sent",
            async () => await agency.CountAsync($"select count(*) from mails where case_id = '{opened.CaseId}' and reminder_number is not null and state = 'sent'") == 3);

        Assert.Equal(3, await agency.CountAsync($"select count(distinct reminder_number) from mails where case_id = '{opened.CaseId}' and reminder_number is not null"));
        Assert.Equal(1, await agency.CountAsync($"select count(*) from user_tasks where case_id = '{opened.CaseId}' and activity_id = 'decider'"));

        // A reply is possible while the question is open, and takes the question away.
        await agency.ReplyAsync(opened.CaseId);
        var gone = await agency.Get<UserTaskReader>().FindAsync(question.Id, CancellationToken.None);
        Assert.Equal(UserTaskStatus.Cancelled, gone!.Status);
        Assert.Equal(CaseState.Closed, (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!.State);
    }

    [Fact]
    public async Task The_officer_can_close_without_a_reply()
    {
        var opened = await agency.OpenWaitingAsync();
        agency.Time.Advance(TimeSpan.FromDays(91));
        var question = await agency.OpenTaskAsync(opened.CaseId, "decider");

        await agency.Tasks.CompleteAsync(new CompleteUserTask(question.Id, "Clore sans réponse"), agency.Agent2, CancellationToken.None);

        var closed = (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!;
        Assert.Equal((CaseState.Closed, "Sans réponse"), (closed.State, closed.Status));
        var late = await Assert.ThrowsAsync<CaseRefusedException>(() => agency.ReplyAsync(opened.CaseId));
        Assert.Equal("not-waiting", late.Code);
    }

    [Theory]
    [InlineData("inconnu", "se-151-08", "MD", true, "unknown-process")]
    [InlineData("formulaire-de-liaison", "se-999", "MD", true, "unknown-form")]
    [InlineData("formulaire-de-liaison", "se-151-08", "ZZ", true, "unknown-agreement")]
    [InlineData("formulaire-de-liaison", "se-151-08", "MD", false, "agreement-not-in-force")]
    public async Task What_cannot_be_opened_is_refused_with_a_code(string process, string form, string agreement, bool test, string code)
    {
        var refused = await Assert.ThrowsAsync<CaseRefusedException>(
            () => agency.Cases.OpenAsync(new OpenCase(process, Agency.Opening(form, agreement), Test: test), agency.Agent, CancellationToken.None));

        Assert.Equal(code, refused.Code);
    }
}
