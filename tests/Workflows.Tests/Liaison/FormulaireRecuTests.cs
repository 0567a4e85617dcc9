using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.Files;
using Xunit;

namespace Cleiss.Workflows.Tests.Liaison;

/// <summary>Forms that come from the partner.</summary>
public sealed class FormulaireRecuTests(Agency agency) : IClassFixture<Agency>
{
    private const string SentOn = "Transmettre à la caisse";
    private const string Answered = "Répondre par un formulaire";

    [Fact]
    public async Task A_form_for_a_French_fund_is_acknowledged_and_sent_on_with_a_covering_note_and_the_scan()
    {
        var opened = await RegisterAsync("se-151-06");
        var task = await agency.OpenTaskAsync(opened.CaseId, "decider-suite");
        var acknowledged = Assert.Single((await ReadAsync(opened.CaseId)).Mails);
        Assert.Equal(("sent", "formulaire-recu/accuse-reception", "liaison@cnas.example"), (acknowledged.State, acknowledged.Template, acknowledged.ToAddress));
        Assert.StartsWith("[SPÉCIMEN] FR-ESSAI-2026-", acknowledged.Subject, StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<UserTaskRefusedException>(() => DecideAsync(task.Id, SentOn, new JsonObject { ["suite"] = "transmettre" }));
        Assert.Equal(["caisse", "courrielCaisse"], missing.Faults.Select(fault => fault.Path).Order());
        await DecideAsync(task.Id, SentOn, new JsonObject { ["suite"] = "transmettre", ["caisse"] = "CARSAT Nord-Picardie", ["courrielCaisse"] = "international@carsat.example" });
        await ClosedAsync(opened.CaseId, "Transmis à la caisse compétente");

        var detail = await ReadAsync(opened.CaseId);
        var note = Assert.Single(detail.Documents);
        Assert.Equal(("Bordereau de transmission", "specimen"), (note.Title, note.State));
        var mail = detail.Mails.Single(mail => mail.Template == "formulaire-recu/transmission");
        Assert.Equal(("sent", "international@carsat.example", "scan"), (mail.State, mail.ToAddress, mail.AttachedField));
        Assert.Equal([note.Id], mail.Documents);
        Assert.Contains("CARSAT Nord-Picardie", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_Cleiss_answers_opens_the_matching_form_in_the_name_of_the_officer_once()
    {
        var opened = await RegisterAsync("se-151-09");
        var task = await agency.OpenTaskAsync(opened.CaseId, "decider-suite");
        await DecideAsync(task.Id, Answered, new JsonObject { ["suite"] = "repondre", ["formulaireReponse"] = "se-151-08" });
        await ClosedAsync(opened.CaseId, "Une réponse se prépare dans un autre dossier");

        Assert.Equal(1, await agency.CountAsync("select count(*) from cases where process_key = 'formulaire-de-liaison'"));
        var answers = await agency.Get<CaseReader>().ListAsync(new CaseQuery("formulaire-de-liaison"), CancellationToken.None);
        var answering = Assert.Single(answers.Items);
        Assert.Equal(("se-151-08", "POPESCU", "agent1", true), (answering.FormKey, answering.LastName, answering.OpenedBy, answering.Test));
        var filling = await agency.OpenTaskAsync(answering.Id, "remplir");
        Assert.Equal("agent1", filling.Assignee);
        Assert.Contains((await ReadAsync(opened.CaseId)).Timeline, line => line.Sentence == $"La réponse se prépare dans le dossier {answering.Reference}.");
        Assert.Contains((await ReadAsync(answering.Id)).Timeline, line => line.Sentence.Contains(opened.Reference, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_that_needs_nothing_is_filed_with_a_reason()
    {
        var opened = await RegisterAsync("se-151-17");
        var task = await agency.OpenTaskAsync(opened.CaseId, "decider-suite");

        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, "Classer sans suite", Reason: "Doublon."), agency.Agent, CancellationToken.None);

        await ClosedAsync(opened.CaseId, "Classé sans suite");
    }

    [Fact]
    public async Task While_the_agreement_is_not_in_force_only_a_test_case_registers_a_form()
    {
        var refused = await Assert.ThrowsAsync<CaseRefusedException>(async () => await agency.Cases.OpenAsync(
            new OpenCase("formulaire-recu", await InputAsync("se-151-06")), agency.Agent, CancellationToken.None));

        Assert.Equal("form-not-in-force", refused.Code);
    }

    private async Task<OpenedCase> RegisterAsync(string form) =>
        await agency.Cases.OpenAsync(new OpenCase("formulaire-recu", await InputAsync(form), Test: true), agency.Agent, CancellationToken.None);

    private async Task<JsonObject> InputAsync(string form)
    {
        var scan = await agency.Get<FileStore>().SaveAsync("cerere.pdf", "application/pdf", [.. "%PDF-1.7\n%essai"u8], "agent1", CancellationToken.None);
        return new JsonObject
        {
            ["accord"] = "MD",
            ["formulaire"] = form,
            ["referencePartenaire"] = "CNAS/2026/2231",
            ["dateFormulaire"] = "2026-03-02",
            ["nomNaissance"] = "POPESCU",
            ["prenoms"] = "Maria",
            ["dateNaissance"] = "1958-03-14",
            ["scan"] = new JsonObject { ["id"] = scan.Id, ["name"] = "cerere.pdf" },
        };
    }

    private Task DecideAsync(string taskId, string action, JsonObject data) =>
        agency.Tasks.CompleteAsync(new CompleteUserTask(taskId, action, data), agency.Agent, CancellationToken.None);

    private Task ClosedAsync(string caseId, string status) => agency.UntilAsync("the case is closed", async () =>
        await agency.Cases.FindAsync(caseId, CancellationToken.None) is { State: CaseState.Closed } closed && closed.Status == status);

    private async Task<CaseDetail> ReadAsync(string caseId) => (await agency.Get<CaseReader>().GetAsync(caseId, CancellationToken.None))!;
}
