using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.Mail;
using Cleiss.Activities.UserTasks;
using Xunit;

namespace Cleiss.Workflows.Tests;

public sealed class DemandePcnTests(Agency agency) : IClassFixture<Agency>
{
    private const string Address = "camille.lefevre@exemple.example";

    [Fact]
    public async Task A_question_is_answered_by_mail_at_the_address_the_request_bears()
    {
        var opened = await OpenAsync();
        await CompleteAsync(opened, "Envoyer la réponse", new JsonObject { ["reponse"] = "Demandez d'abord l'accord de votre caisse." });

        await ClosedAsync(opened, "Réponse donnée");
        var mail = Assert.Single(await MailsAsync(opened));
        Assert.Equal((Address, "sent"), (mail.ToAddress, mail.State));
        Assert.Contains("Demandez d'abord l'accord de votre caisse.", mail.Body, StringComparison.Ordinal);
        Assert.Contains(opened.Reference, mail.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_and_the_question_never_enter_the_flow()
    {
        var opened = await OpenAsync();
        await CompleteAsync(opened, "Envoyer la réponse", new JsonObject { ["reponse"] = "Voici." });
        await ClosedAsync(opened, "Réponse donnée");

        Assert.Equal(0, await agency.CountAsync($"select count(*) from workflow_instances where correlation_id = '{opened.CaseId}' and (state::text like '%lefevre%' or state::text like '%genou%')"));
        Assert.Equal(0, await agency.CountAsync($"select count(*) from workflow_journal_pages where workflow_instance_id = '{opened.WorkflowInstanceId}' and (content::text like '%lefevre%' or content::text like '%genou%')"));
    }

    [Fact]
    public async Task Eight_working_days_are_given_to_answer()
    {
        var opened = await OpenAsync();
        var task = await agency.OpenTaskAsync(opened.CaseId, "repondre");

        Assert.True(task.DueAt >= task.CreatedAt.AddDays(10), $"due {task.DueAt}, created {task.CreatedAt}");
    }

    [Fact]
    public async Task A_missing_detail_is_asked_for_and_its_arrival_brings_the_question_back()
    {
        var opened = await OpenAsync();
        await CompleteAsync(opened, "Demander une précision", new JsonObject { ["precision"] = "Dans quel établissement ?" });
        await agency.UntilAsync("the detail is awaited", () => agency.Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));
        await agency.Cases.ReplyAsync(opened.CaseId, Reply(), null, agency.Agent, CancellationToken.None);

        await CompleteAsync(opened, "Envoyer la réponse", new JsonObject { ["reponse"] = "Cet établissement demande l'accord préalable." });

        await ClosedAsync(opened, "Réponse donnée");
        Assert.Equal(["demande-pcn/precision", "demande-pcn/reponse"], (await MailsAsync(opened)).Select(mail => mail.Template).Order());
    }

    [Fact]
    public async Task One_reminder_is_sent_then_the_request_is_filed()
    {
        var opened = await OpenAsync();
        await CompleteAsync(opened, "Demander une précision", new JsonObject { ["precision"] = "Dans quel pays ?" });
        await agency.UntilAsync("the detail is awaited", () => agency.Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));

        agency.Time.Advance(TimeSpan.FromDays(40));

        await ClosedAsync(opened, "Sans suite : précision non reçue");
        await agency.UntilAsync("the reminder has left", async () => (await MailsAsync(opened)).Count(mail => mail is { ReminderNumber: 1, State: "sent" }) == 1);
    }

    [Theory]
    [InlineData("Envoyer la réponse", "reponse")]
    [InlineData("Demander une précision", "precision")]
    public async Task An_action_without_its_text_is_refused_at_the_field(string action, string field)
    {
        var opened = await OpenAsync();
        var task = await agency.OpenTaskAsync(opened.CaseId, "repondre");

        var refused = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, action, []), agency.Agent, CancellationToken.None));

        Assert.Contains(refused.Faults, fault => fault.Path == field);
    }

    private async Task<OpenedCase> OpenAsync() => await agency.Cases.OpenAsync(
        new OpenCase("demande-pcn", await agency.SampleAsync("ouverture-demande-pcn")), agency.Agent, CancellationToken.None);

    private async Task CompleteAsync(OpenedCase opened, string action, JsonObject answer)
    {
        var task = await agency.OpenTaskAsync(opened.CaseId, "repondre");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, action, answer), agency.Agent, CancellationToken.None);
    }

    private Task ClosedAsync(OpenedCase opened, string status) => agency.UntilAsync(
        $"the case is closed: {status}",
        async () => await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None) is { State: CaseState.Closed } row && row.Status == status);

    private Task<IReadOnlyList<MailRow>> MailsAsync(OpenedCase opened) => agency.Get<MailStore>().ListAsync(opened.CaseId, 0, 20, CancellationToken.None);

    private static JsonObject Reply() => new() { ["dateReception"] = "2026-05-04", ["natureReponse"] = "complete" };
}
