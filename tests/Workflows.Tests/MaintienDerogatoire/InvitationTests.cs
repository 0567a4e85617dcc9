using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests.MaintienDerogatoire;

/// <summary>A scheme fills in its request itself, through the link that an officer has sent.</summary>
public sealed class InvitationTests(Agency agency) : IClassFixture<Agency>
{
    private const string Send = "Envoyer la demande";

    [Fact]
    public async Task What_the_scheme_fills_in_by_its_link_is_judged_by_the_table_as_if_an_officer_had_typed_it()
    {
        // A letter of 2025 keeps its date: the request goes by version 1, whose table decides.
        var invitation = await InviteAsync(receivedOn: new DateOnly(2025, 6, 10));
        await AnswerAsync(await TokenAsync(invitation), await RequestAsync());
        var request = await OpenedByAsync(invitation);

        var row = await request.FindAsync();
        Assert.Equal(
            ("Maintien dérogatoire – Camieg – Italie", "LE GOFF", "agent1", new DateOnly(2025, 6, 10), false), (row.Title, row.LastName, row.OpenedBy, row.ReceivedOn, row.Test));
        await request.ExamineAsync();
        await agency.OpenTaskAsync(request.CaseId, "valider");
        Assert.Equal(1, await request.DecidedByRowAsync(8));
        Assert.Equal(1, await request.CountAsync("trail_entries", $"trail_id = 'case:' || @case and sentence like '%par son lien dans le dossier {invitation.Reference}.'"));
    }

    [Fact]
    public async Task A_request_is_received_on_the_day_the_scheme_sends_it()
    {
        var invitation = await InviteAsync();
        var token = await TokenAsync(invitation);
        agency.Time.Advance(TimeSpan.FromDays(3));
        await AnswerAsync(token, await RequestAsync());
        var request = await OpenedByAsync(invitation);

        Assert.Equal(Today, (await request.FindAsync()).ReceivedOn);
        await request.ExamineAsync("Soumettre à la validation");
        await agency.OpenTaskAsync(request.CaseId, "valider");
    }

    [Fact]
    public async Task The_link_sends_one_request_and_no_second_one()
    {
        var invitation = await InviteAsync();
        var token = await TokenAsync(invitation);
        var data = await RequestAsync();
        data["personne"] = "DEUXFOIS";
        await AnswerAsync(token, data.DeepClone().AsObject());

        var refused = await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => AnswerAsync(token, data));

        Assert.Equal((410, "link-closed"), (refused.Status, refused.Code));
        await OpenedByAsync(invitation);
        Assert.Equal(1, await agency.CountAsync("select count(*) from cases where last_name = 'DEUXFOIS'"));
        foreach (var table in new[] { "workflow_instances", "workflow_journal", "bookmarks", "outbox", "trail_entries", "user_tasks", "case_facts", "partner_links" })
        {
            Assert.True(
                await agency.CountAsync($"select count(*) from {table} t where t::text like '%DEUXFOIS%' or t::text like '%1978-11-02%' or t::text like '%solene@courriel.example%'") == 0,
                $"{table} holds personal data.");
        }
    }

    [Fact]
    public async Task An_incomplete_request_is_refused_with_messages_and_the_link_stays_open()
    {
        var invitation = await InviteAsync();
        var token = await TokenAsync(invitation);
        var data = await RequestAsync();
        data.Remove("personne");
        data["du"] = "2025-02-30";

        var refused = await Assert.ThrowsAsync<PartnerLinkRefusedException>(() => AnswerAsync(token, data));

        Assert.Equal((422, "form-invalid"), (refused.Status, refused.Code));
        Assert.Equal(["du", "personne"], refused.Faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
        Assert.All(refused.Faults, fault => Assert.EndsWith(".", fault.Message, StringComparison.Ordinal));
        await AnswerAsync(token, await RequestAsync());
        await OpenedByAsync(invitation);
    }

    [Fact]
    public async Task A_silent_scheme_is_invited_again_and_then_an_officer_fills_in_the_request()
    {
        var invitation = await InviteAsync();
        var first = await TokenAsync(invitation);
        agency.Time.Advance(TimeSpan.FromDays(15.1));
        await DoAsync(invitation, "decider", "Inviter de nouveau", new JsonObject { ["courrielRegime"] = "conventions@camieg.example" });
        var second = await TokenAsync(invitation, 2);
        Assert.NotEqual(first, second);
        Assert.Equal("link-closed", (await Assert.ThrowsAsync<PartnerLinkRefusedException>(async () => await AnswerAsync(first, await RequestAsync()))).Code);
        Assert.Equal(1, await agency.CountAsync($"select count(*) from mails where case_id = '{invitation.CaseId}' and state = 'sent' and to_address = 'conventions@camieg.example'"));

        agency.Time.Advance(TimeSpan.FromDays(15.1));
        await DoAsync(invitation, "decider", "Remplir la demande");
        var filling = await agency.OpenTaskAsync(invitation.CaseId, "remplir");
        Assert.Equal("Camieg", (await agency.Tasks.GetAsync(filling.Id, agency.Agent2, CancellationToken.None))!.Data!["regime"]!.GetValue<string>());
        await DoAsync(invitation, "remplir", "Enregistrer la demande", await RequestAsync(), actor: agency.Agent2);

        var row = await (await OpenedByAsync(invitation)).FindAsync();
        Assert.Equal(("agent2", Today), (row.OpenedBy, row.ReceivedOn));
    }

    [Fact]
    public async Task An_officer_gives_up_on_a_silent_scheme_with_a_reason()
    {
        var invitation = await InviteAsync();
        await TokenAsync(invitation);
        agency.Time.Advance(TimeSpan.FromDays(15.1));
        await DoAsync(invitation, "decider", "Clore sans demande", reason: "Le régime renonce à la mission.");

        Assert.Equal("Clos sans demande du régime", (await ClosedAsync(invitation)).Status);
        Assert.Equal(0, await agency.CountAsync($"select count(*) from trail_entries where kind = 'case.begun' and trail_id = 'case:{invitation.CaseId}'"));
    }

    [Fact]
    public async Task A_request_that_cannot_open_a_case_comes_back_to_the_officers_as_the_scheme_filled_it_in()
    {
        var people = agency.Get<PeopleStore>();
        var inviting = (await people.FindAsync(agency.Agent2.Id, CancellationToken.None))!;
        var invitation = await InviteAsync(actor: agency.Agent2);
        var token = await TokenAsync(invitation);
        await people.SaveAsync(inviting with { Active = false }, null, Actor.System, CancellationToken.None);
        try
        {
            await AnswerAsync(token, await RequestAsync());
            await DoAsync(invitation, "decider", "Remplir la demande");
        }
        finally
        {
            await people.SaveAsync(inviting, null, Actor.System, CancellationToken.None);
        }

        var filling = await agency.OpenTaskAsync(invitation.CaseId, "remplir");
        var filledIn = (await agency.Tasks.GetAsync(filling.Id, agency.Agent, CancellationToken.None))!.Data!;
        Assert.Equal("LE GOFF", filledIn["personne"]!.GetValue<string>());
        await DoAsync(invitation, "remplir", "Enregistrer la demande", filledIn.DeepClone().AsObject());

        Assert.Equal("agent1", (await (await OpenedByAsync(invitation)).FindAsync()).OpenedBy);
    }

    private DateOnly Today => ParisDate.Of(agency.Time.GetUtcNow());

    private Task<OpenedCase> InviteAsync(DateOnly? receivedOn = null, Actor? actor = null) => agency.Cases.OpenAsync(
        new OpenCase("invitation-maintien", new JsonObject { ["regime"] = "Camieg", ["courrielRegime"] = "detachement@camieg.example" }, receivedOn), actor ?? agency.Agent, CancellationToken.None);

    private Task<JsonObject> RequestAsync() => agency.SampleAsync("demande-maintien-derogatoire");

    private Task<string> TokenAsync(OpenedCase invitation, int number = 1) => agency.PartnerTokenAsync(invitation.CaseId, "invitation-maintien/invitation", number);

    private Task AnswerAsync(string token, JsonObject data) => agency.Get<PartnerLinkService>().AnswerAsync(token, Send, data, null, "192.0.2.1", CancellationToken.None);

    private async Task DoAsync(OpenedCase invitation, string step, string outcome, JsonObject? data = null, string? reason = null, Actor? actor = null)
    {
        var task = await agency.OpenTaskAsync(invitation.CaseId, step);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, outcome, data, Reason: reason), actor ?? agency.Agent, CancellationToken.None);
    }

    private async Task<Case> ClosedAsync(OpenedCase invitation)
    {
        Case? row = null;
        await agency.UntilAsync("the invitation is closed", async () => (row = await agency.Cases.FindAsync(invitation.CaseId, CancellationToken.None))!.State == CaseState.Closed);
        return row!;
    }

    /// <summary>The request that the invitation opened, named by the status it closed with.</summary>
    private async Task<Maintien> OpenedByAsync(OpenedCase invitation)
    {
        var status = (await ClosedAsync(invitation)).Status!;
        Assert.StartsWith("Demande enregistrée : dossier DER-2026-", status, StringComparison.Ordinal);
        var found = await agency.Get<CaseReader>().ListAsync(new CaseQuery("maintien-derogatoire", Search: status.Split(' ')[^1]), CancellationToken.None);
        var row = Assert.Single(found.Items);
        return new Maintien(agency, new OpenedCase(row.Id, row.Reference, row.WorkflowInstanceId));
    }
}
