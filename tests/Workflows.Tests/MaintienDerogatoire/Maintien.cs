using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests.MaintienDerogatoire;

/// <summary>A request for a maintien dérogatoire, in the steps of the people who work on it.</summary>
internal sealed class Maintien(Agency agency, OpenedCase opened)
{
    public string CaseId => opened.CaseId;

    public string Reference => opened.Reference;

    public string InstanceId => opened.WorkflowInstanceId;

    public static async Task<Maintien> ReceiveAsync(
        Agency agency, string country = "IT", string scheme = "Camieg", DateOnly? receivedOn = null, string from = "2025-05-01", string to = "2028-04-30")
    {
        var request = await agency.SampleAsync("demande-maintien-derogatoire");
        (request["pays"], request["regime"], request["du"], request["au"]) = (country, scheme, from, to);
        return new Maintien(agency, await agency.Cases.OpenAsync(
            new OpenCase("maintien-derogatoire", request, receivedOn ?? new DateOnly(2025, 6, 10)), agency.Agent, CancellationToken.None));
    }

    public async Task ExamineAsync(string outcome = "Soumettre à l'examen", string from = "2025-05-01", string to = "2028-04-30", params string[] missing)
    {
        var data = await agency.SampleAsync("instruction-maintien-derogatoire");
        (data["du"], data["au"]) = (from, to);
        if (missing.Length > 0)
        {
            data["complet"] = "non";
            data["piecesManquantes"] = new JsonArray([.. missing.Select(piece => JsonValue.Create(piece))]);
        }

        await DoAsync("instruire", outcome, agency.Agent, data);
    }

    public Task ValidateAsync() => DoAsync("valider", "Valider", agency.Juriste);

    public async Task DecideAsync(string decision)
    {
        await ReplyAsync();
        var data = await agency.SampleAsync("decision-autorite-etrangere");
        data["decision"] = decision;
        if (decision == "refus")
        {
            data.Remove("accordDu");
            data.Remove("accordAu");
            data["motifRefus"] = "La durée de six mois ne peut pas être dépassée.";
        }

        await DoAsync("enregistrer-decision", "Faire relire", agency.Agent, data);
    }

    public async Task ReplyAsync()
    {
        await agency.UntilAsync("the case waits for a reply", () => agency.Cases.AwaitsReplyAsync(CaseId, CancellationToken.None));
        var reply = await agency.SampleAsync("reponse-partenaire");
        reply.Remove("piece");
        await agency.Cases.ReplyAsync(CaseId, reply, null, agency.Agent, CancellationToken.None);
    }

    public async Task DoAsync(string activityId, string outcome, Actor actor, JsonObject? data = null, string? reason = null)
    {
        var task = await agency.OpenTaskAsync(CaseId, activityId);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, outcome, data, Reason: reason), actor, CancellationToken.None);
    }

    public async Task ClosedAsync(string status)
    {
        await agency.UntilAsync($"case {Reference} is closed", async () => (await FindAsync()).State == CaseState.Closed);
        Assert.Equal(status, (await FindAsync()).Status);
    }

    public async Task<Case> FindAsync() => (await agency.Cases.FindAsync(CaseId, CancellationToken.None))!;

    /// <summary>Templates of the mails sent, in their order.</summary>
    public async Task<IReadOnlyList<string>> MailsAsync() =>
        [.. (await agency.Get<CaseReader>().GetAsync(CaseId, CancellationToken.None))!.Mails.OrderBy(mail => mail.CreatedAt).ThenBy(mail => mail.Id, StringComparer.Ordinal)
            .Select(mail => mail.Template.Split('/')[1])];

    public Task<long> CountAsync(string from, string where) => agency.CountAsync($"select count(*) from {from} where {where.Replace("@case", $"'{CaseId}'", StringComparison.Ordinal)}");

    public Task<long> DecidedByRowAsync(int row) => CountAsync("trail_entries", $"trail_id = 'case:' || @case and kind = 'case.decided' and sentence like '%ligne {row} %'");
}
