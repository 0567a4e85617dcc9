using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Activities;
using Cleiss.Activities.Cases;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Issuing;
using Cleiss.Persistence.People;
using Xunit;

namespace Cleiss.Workflows.Tests.BudgetRectificatif;

/// <summary>A budget on its way to the board, in the steps of the people who work on it.</summary>
internal sealed class BudgetCase(Agency agency, OpenedCase opened)
{
    private static int _exercise = 2030;

    public string CaseId => opened.CaseId;

    public string Reference => opened.Reference;

    /// <summary>A year that no other test uses: each budget has one place in the register.</summary>
    public static int NewExercise() => Interlocked.Increment(ref _exercise);

    public static async Task<BudgetCase> OpenAsync(Agency agency, int? exercise = null, string nature = "rectificatif", bool test = false) => new(agency, await agency.Cases.OpenAsync(
        new OpenCase(
            "budget-rectificatif", new JsonObject { ["exercice"] = exercise ?? NewExercise(), ["nature"] = nature, ["objet"] = "Ajuster les crédits de fin d'année." }, Test: test),
        await agency.ActorAsync("budget"), CancellationToken.None));

    /// <summary>The figures of the amending budget of 2024, from the initial one.</summary>
    public static Task<JsonObject> FiguresAsync(Agency agency) => agency.SampleAsync("preparation-budget");

    public async Task PrepareAsync(JsonObject? figures = null)
    {
        await DoAsync("preparer", "Contrôler les chiffres", "budget", figures ?? await FiguresAsync(agency));
    }

    public async Task SubmitAsync(JsonObject? figures = null)
    {
        await PrepareAsync(figures);
        await DoAsync("soumettre", "Soumettre au visa", "budget");
    }

    public async Task SignAsync()
    {
        await DoAsync("viser", "Viser", "comptable");
        await DoAsync("signer", "Signer", "directrice");
    }

    public async Task VoteAsync(string outcome = "Le conseil adopte", int votesFor = 15, int against = 1, string? reason = null) => await DoAsync(
        "voter", outcome, "budget",
        new JsonObject { ["seanceLe"] = Today(), ["deliberation"] = "17", ["presents"] = 18, ["pour"] = votesFor, ["contre"] = against, ["abstentions"] = 2 }, reason);

    /// <summary>From nothing to the day the supervising authority has it.</summary>
    public async Task ReceiveAsync(JsonObject? figures = null)
    {
        await SubmitAsync(figures);
        await SignAsync();
        await VoteAsync();
        await NoteReceiptAsync();
    }

    public Task NoteReceiptAsync(string? on = null) => DoAsync("enregistrer-reception", "Enregistrer la réception", "budget", new JsonObject { ["recuLe"] = on ?? Today() });

    public Task WriteAsync(string outcome, string? reason = null) => DoAsync(
        "suivre", outcome, "budget",
        outcome == "Réception à corriger" ? [] : new JsonObject { ["dateActe"] = Today(), ["documentsDemandes"] = outcome == "Délai suspendu" ? "Le plan de trésorerie." : null }, reason);

    public async Task DoAsync(string activityId, string outcome, string person, JsonObject? data = null, string? reason = null) =>
        await DoAsync(activityId, outcome, await agency.ActorAsync(person), data, reason);

    public async Task DoAsync(string activityId, string outcome, Actor actor, JsonObject? data = null, string? reason = null)
    {
        var task = await agency.OpenTaskAsync(CaseId, activityId);
        await agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, outcome, data, Reason: reason), actor, CancellationToken.None);
    }

    public async Task<UserTaskRefusedException> RefusedAsync(string activityId, string outcome, Actor actor, JsonObject? data = null) =>
        await Assert.ThrowsAsync<UserTaskRefusedException>(() => DoAsync(activityId, outcome, actor, data));

    public Task<UserTaskRow> TaskAsync(string activityId) => agency.OpenTaskAsync(CaseId, activityId);

    public async Task<JsonObject> ReadAsync(string activityId)
    {
        var task = await TaskAsync(activityId);
        var detail = (await agency.Tasks.GetAsync(task.Id, await agency.ActorAsync("budget"), CancellationToken.None))!;
        return (await agency.Get<Forms.Answers.AnswerStore>().FindAsync(detail.ShownAnswerId!, CancellationToken.None))!.Data;
    }

    public async Task<IReadOnlyList<Document>> DocumentsAsync(string title) =>
        [.. (await agency.Get<DocumentStore>().ListAsync(CaseId, 0, 20, CancellationToken.None)).Where(document => document.Title == title).Reverse()];

    public async Task<Case> FindAsync() => (await agency.Cases.FindAsync(CaseId, CancellationToken.None))!;

    public async Task ClosedAsync(string status)
    {
        await agency.UntilAsync($"case {Reference} is closed", async () => (await FindAsync()).State == CaseState.Closed);
        Assert.Equal(status, (await FindAsync()).Status);
    }

    public Task<long> CountAsync(string from, string where) => agency.CountAsync($"select count(*) from {from} where {where.Replace("@case", $"'{CaseId}'", StringComparison.Ordinal)}");

    public Task<long> ToldAsync(string kind, string words) => CountAsync("trail_entries", $"trail_id = 'case:' || @case and kind = '{kind}' and sentence like '%{words.Replace("'", "''", StringComparison.Ordinal)}%'");

    public Task<long> FactAsync(string name, string value) => CountAsync("case_facts", $"case_id = @case and name = '{name}' and value = '{value}'");

    public Task<long> StageAsync(string stage) => CountAsync("budgets", $"case_id = @case and stage = '{stage}'");

    public string Today() => Iso(ParisDate.Of(agency.Time.GetUtcNow()));

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
