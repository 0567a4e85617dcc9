using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Issuing;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests.Liaison;

/// <summary>What was sent stays; a new document corrects or withdraws it.</summary>
public sealed class CorrectionTests(Agency agency) : IClassFixture<Agency>
{
    private const string Correct = "Corriger le document";
    private const string Withdraw = "Annuler le document";

    [Fact]
    public async Task A_corrected_document_replaces_the_one_the_partner_has_and_the_wait_begins_anew()
    {
        var opened = await agency.OpenWaitingAsync();
        var first = Assert.Single((await ReadAsync(opened.CaseId)).Documents);
        Assert.Equal([Correct, Withdraw], await agency.Cases.ListRequestsAsync(opened.CaseId, CancellationToken.None));

        var silent = await Assert.ThrowsAsync<CaseRefusedException>(() => AskAsync(opened.CaseId, Correct, " "));
        Assert.Equal("reason-required", silent.Code);
        agency.Time.Advance(TimeSpan.FromDays(20));
        await AskAsync(opened.CaseId, Correct, "Une période manque.");

        var task = await agency.OpenTaskAsync(opened.CaseId, "corriger");
        var detail = (await agency.Tasks.GetAsync(task.Id, agency.Agent, CancellationToken.None))!;
        Assert.Equal("POPESCU", detail.Data!["nomNaissance"]!.GetValue<string>());
        var data = await agency.SampleAsync("se-151-08");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Envoyer à la validation", data), agency.Agent2, CancellationToken.None);

        // Whoever corrected cannot validate, even as a lawyer.
        var validation = await agency.OpenTaskAsync(opened.CaseId, "valider-correction");
        var both = agency.Agent2 with { Roles = new HashSet<string> { Role.Agent, Role.Juriste } };
        Assert.Equal("excluded", (await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(validation.Id, "Valider"), both, CancellationToken.None))).Code);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(validation.Id, "Valider"), agency.Juriste, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 2);

        var after = await ReadAsync(opened.CaseId);
        var second = after.Documents.Single(document => document.Id != first.Id);
        var old = after.Documents.Single(document => document.Id == first.Id);
        Assert.Equal((DocumentState.Replaced, second.Id, first.Sha256), (old.State, old.ReplacedBy, old.Sha256));
        Assert.Equal((first.Id, false, DocumentState.Specimen), (second.PreviousDocumentId, second.CancelsPrevious, second.State));
        var mail = after.Mails.Single(mail => mail.Template == "formulaire-de-liaison/correction");
        Assert.Contains($"Il corrige et remplace le document {first.Number}", mail.Body, StringComparison.Ordinal);
        Assert.Equal([second.Id], mail.Documents);

        // Thirty days after the first sending nothing is due any more: the reminders count from the second.
        agency.Time.Advance(TimeSpan.FromDays(15));
        Assert.Equal(0, await RemindersAsync(opened.CaseId));
        agency.Time.Advance(TimeSpan.FromDays(16));
        await agency.UntilAsync("the first reminder is sent", async () => await RemindersAsync(opened.CaseId) == 1);
        Assert.Equal([second.Id], (await ReadAsync(opened.CaseId)).Mails.Single(sent => sent.ReminderNumber is not null).Documents);
    }

    [Fact]
    public async Task A_withdrawn_document_is_cancelled_by_a_notice_that_a_second_person_decides()
    {
        var opened = await agency.OpenWaitingAsync();
        var first = Assert.Single((await ReadAsync(opened.CaseId)).Documents);
        await AskAsync(opened.CaseId, Withdraw, "Mauvaise personne.", agency.Juriste);

        var task = await agency.OpenTaskAsync(opened.CaseId, "decider-annulation");
        var own = await Assert.ThrowsAsync<UserTaskRefusedException>(
            () => agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, Withdraw), agency.Juriste, CancellationToken.None));
        Assert.Equal((403, "excluded"), (own.Status, own.Code));
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, Withdraw), agency.Juriste2, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 2);

        var after = await ReadAsync(opened.CaseId);
        var notice = after.Documents.Single(document => document.Id != first.Id);
        var old = after.Documents.Single(document => document.Id == first.Id);
        Assert.Equal((DocumentState.Cancelled, $"Annulé par le document {notice.Number}."), (old.State, old.CancelledReason));
        Assert.Equal((first.Id, true), (notice.PreviousDocumentId, notice.CancelsPrevious));
        Assert.Contains(first.Number, after.Mails.Single(mail => mail.Template == "formulaire-de-liaison/annulation").Subject, StringComparison.Ordinal);

        // What is withdrawn is not asked for again.
        Assert.Empty(await agency.Cases.ListRequestsAsync(opened.CaseId, CancellationToken.None));
        await agency.ReplyAsync(opened.CaseId);
        Assert.Equal("Document annulé auprès du partenaire", (await agency.Cases.FindAsync(opened.CaseId, CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task What_was_corrected_can_still_be_withdrawn()
    {
        var opened = await agency.OpenWaitingAsync();
        await AskAsync(opened.CaseId, Correct, "Une période manque.");
        var correction = await agency.OpenTaskAsync(opened.CaseId, "corriger");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(correction.Id, "Envoyer à la validation", await agency.SampleAsync("se-151-08")), agency.Agent, CancellationToken.None);
        await agency.Tasks.CompleteAsync(
            new CompleteUserTask((await agency.OpenTaskAsync(opened.CaseId, "valider-correction")).Id, "Valider"), agency.Juriste, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 2);

        await AskAsync(opened.CaseId, Withdraw, "Mauvaise personne.");
        await agency.Tasks.CompleteAsync(
            new CompleteUserTask((await agency.OpenTaskAsync(opened.CaseId, "decider-annulation")).Id, Withdraw), agency.Juriste, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 3);

        var states = (await ReadAsync(opened.CaseId)).Documents.OrderBy(document => document.Number, StringComparer.Ordinal).Select(document => document.State);
        Assert.Equal([DocumentState.Replaced, DocumentState.Cancelled, DocumentState.Specimen], states);
    }

    [Fact]
    public async Task A_document_that_is_kept_after_all_leaves_the_case_waiting()
    {
        var opened = await agency.OpenWaitingAsync();
        await AskAsync(opened.CaseId, Withdraw, "À vérifier.");
        var task = await agency.OpenTaskAsync(opened.CaseId, "decider-annulation");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Garder le document", Reason: "Il est juste."), agency.Juriste, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 1);

        await AskAsync(opened.CaseId, Correct, "Une date.");
        var correction = await agency.OpenTaskAsync(opened.CaseId, "corriger");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(correction.Id, "Renoncer à la correction", Reason: "La date est juste."), agency.Agent, CancellationToken.None);
        await WaitsAgainAsync(opened.CaseId, documents: 1);

        Assert.Equal(DocumentState.Specimen, Assert.Single((await ReadAsync(opened.CaseId)).Documents).State);
    }

    [Fact]
    public async Task The_document_of_a_closed_case_is_corrected_or_withdrawn_by_a_new_case_that_names_it()
    {
        var closed = await agency.OpenWaitingAsync();
        var first = Assert.Single((await ReadAsync(closed.CaseId)).Documents);
        Assert.Equal("case-open", (await RefusedAsync(first.Number, "correction")).Faults[0].Code);
        await agency.ReplyAsync(closed.CaseId);

        Assert.Equal("unknown-document", (await RefusedAsync("MD-1999-0001", "correction")).Faults[0].Code);
        Assert.Equal("demande", (await RefusedAsync(first.Number, null)).Faults[0].Path);
        var correcting = await OpenAboutAsync(first.Number, "correction");
        await agency.FillAsync(correcting.CaseId);
        await agency.ValidateAsync(correcting.CaseId);
        await WaitsAgainAsync(correcting.CaseId, documents: 1);

        var corrected = Assert.Single((await ReadAsync(correcting.CaseId)).Documents);
        Assert.Equal(first.Id, corrected.PreviousDocumentId);
        Assert.Equal(DocumentState.Replaced, Assert.Single((await ReadAsync(closed.CaseId)).Documents).State);
        Assert.Equal("document-not-valid", (await RefusedAsync(first.Number, "annulation")).Faults[0].Code);

        await agency.ReplyAsync(correcting.CaseId);
        var withdrawing = await OpenAboutAsync(corrected.Number, "annulation");
        var task = await agency.OpenTaskAsync(withdrawing.CaseId, "decider-annulation-dossier");
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, Withdraw), agency.Juriste, CancellationToken.None);
        await WaitsAgainAsync(withdrawing.CaseId, documents: 1);
        Assert.Equal(DocumentState.Cancelled, Assert.Single((await ReadAsync(correcting.CaseId)).Documents).State);
    }

    private Task AskAsync(string caseId, string request, string reason, Actor? by = null) =>
        agency.Cases.RequestAsync(caseId, request, reason, null, by ?? agency.Agent, CancellationToken.None);

    private Task<OpenedCase> OpenAboutAsync(string number, string? request)
    {
        var input = Agency.Opening();
        input["documentRemplace"] = number;
        input["demande"] = request;
        return agency.Cases.OpenAsync(new OpenCase("formulaire-de-liaison", input, Test: true), agency.Agent, CancellationToken.None);
    }

    private Task<CaseRefusedException> RefusedAsync(string number, string? request) => Assert.ThrowsAsync<CaseRefusedException>(() => OpenAboutAsync(number, request));

    private Task WaitsAgainAsync(string caseId, int documents) => agency.UntilAsync("the case waits again", async () =>
        await agency.Cases.AwaitsReplyAsync(caseId, CancellationToken.None) && (await ReadAsync(caseId)).Documents.Count == documents);

    private Task<long> RemindersAsync(string caseId) =>
        agency.CountAsync($"select count(*) from mails where case_id = '{caseId}' and reminder_number is not null and state = 'sent'");

    private async Task<CaseDetail> ReadAsync(string caseId) => (await agency.Get<CaseReader>().GetAsync(caseId, CancellationToken.None))!;
}
