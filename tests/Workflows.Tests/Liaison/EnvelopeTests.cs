using Cleiss.Activities.Cases;
using Cleiss.Workflows.EnvoiGroupe;
using Xunit;

namespace Cleiss.Workflows.Tests.Liaison;

/// <summary>One posting with many forms and one covering note.</summary>
public sealed class EnvelopeTests(Agency agency) : IClassFixture<Agency>
{
    [Fact]
    public async Task Two_agents_send_one_envelope_and_it_leaves_once_with_every_form_and_one_covering_note()
    {
        var cases = new[] { await PutAsync(), await PutAsync() };
        var leaving = await PutAsync();
        await agency.Cases.CancelAsync(leaving.CaseId, "Ouvert par erreur.", agency.Agent, CancellationToken.None);
        var envelope = Assert.Single(await agency.Get<EnvelopeStore>().ListAsync(CancellationToken.None));
        Assert.Equal(cases.Select(opened => opened.CaseId).Order(), envelope.Items.Select(item => item.CaseId).Order());
        Assert.Equal(0, await agency.CountAsync("select count(*) from mails"));
        Assert.False(await agency.Cases.AwaitsReplyAsync(cases[0].CaseId, CancellationToken.None));

        var lines = (await agency.Get<EnvelopeStore>().ReadNoteAsync(envelope.Id, CancellationToken.None))!["lignes"]!.AsArray();
        Assert.Equal(cases.Select(opened => opened.Reference).Order(), lines.Select(line => line!["reference"]!.GetValue<string>()).Order());
        Assert.All(lines, line => Assert.Equal(("SE 151-08", "Atestarea perioadelor de asigurare"), (line!["code"]!.GetValue<string>(), line["titrePartenaire"]!.GetValue<string>())));
        Assert.All(lines, line => Assert.True(line!["pages"]!.GetValue<int>() > 0));

        var sending = agency.Get<EnvelopeSending>();
        var outcomes = await Task.WhenAll(new[] { agency.Agent, agency.Agent2 }.Select(async actor =>
        {
            try
            {
                return (Opened: (OpenedCase?)await sending.SendAsync(envelope.Id, actor, CancellationToken.None), Refused: (CaseRefusedException?)null);
            }
            catch (CaseRefusedException refused)
            {
                return (Opened: (OpenedCase?)null, Refused: (CaseRefusedException?)refused);
            }
        }));
        var sent = Assert.Single(outcomes, outcome => outcome.Opened is not null).Opened!;
        Assert.Equal(409, Assert.Single(outcomes, outcome => outcome.Refused is not null).Refused!.Status);
        foreach (var opened in cases)
        {
            await agency.UntilAsync("the case waits for its reply", () => agency.Cases.AwaitsReplyAsync(opened.CaseId, CancellationToken.None));
        }

        await agency.UntilAsync("the sending is closed", async () => (await agency.Cases.FindAsync(sent.CaseId, CancellationToken.None))!.State == CaseState.Closed);
        var detail = (await agency.Get<CaseReader>().GetAsync(sent.CaseId, CancellationToken.None))!;
        Assert.StartsWith("ENV-ESSAI-2026-", sent.Reference, StringComparison.Ordinal);
        var note = Assert.Single(detail.Documents);
        var mail = Assert.Single(detail.Mails);
        Assert.Equal([note.Id, .. envelope.Items.Select(item => item.DocumentId)], mail.Documents);
        Assert.All(envelope.Items, item => Assert.Contains(item.Number, mail.Body, StringComparison.Ordinal));
        Assert.StartsWith("[SPÉCIMEN]", mail.Subject, StringComparison.Ordinal);
        Assert.Equal(1, await agency.CountAsync("select count(*) from mails"));
        var history = (await agency.Get<CaseReader>().GetAsync(cases[0].CaseId, CancellationToken.None))!.Timeline;
        Assert.Single(history, line => line.Kind == "envelope.sent" && line.Sentence.Contains(sent.Reference, StringComparison.Ordinal));

        // Later forms begin a new envelope; the one that has left is not sent again.
        var later = await PutAsync();
        var open = Assert.Single(await agency.Get<EnvelopeStore>().ListAsync(CancellationToken.None), other => other.CaseId is null);
        Assert.Equal([later.CaseId], open.Items.Select(item => item.CaseId));
        Assert.Equal("envelope-already-sent", (await Assert.ThrowsAsync<CaseRefusedException>(() => sending.SendAsync(envelope.Id, agency.Agent, CancellationToken.None))).Code);

        // Each case of the envelope is a case like any other: its reply closes it.
        await agency.ReplyAsync(cases[0].CaseId);
        Assert.Equal(CaseState.Closed, (await agency.Cases.FindAsync(cases[0].CaseId, CancellationToken.None))!.State);
    }

    /// <summary>A case whose validated document waits in the envelope.</summary>
    private async Task<OpenedCase> PutAsync()
    {
        var input = Agency.Opening();
        input["envoiGroupe"] = true;
        var opened = await agency.Cases.OpenAsync(new OpenCase("formulaire-de-liaison", input, Test: true), agency.Agent, CancellationToken.None);
        await agency.FillAsync(opened.CaseId);
        await agency.ValidateAsync(opened.CaseId);
        await agency.UntilAsync("the document is in the envelope", async () =>
            await agency.CountAsync($"select count(*) from envelope_items where case_id = '{opened.CaseId}'") == 1);
        return opened;
    }
}
