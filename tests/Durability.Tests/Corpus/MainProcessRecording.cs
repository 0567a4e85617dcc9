using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.TestKit;

namespace Cleiss.Durability.Tests.Corpus;

/// <summary>Cases of the main process, one at each place where a case can stand still.</summary>
internal static class MainProcessRecording
{
    public static async Task<JsonObject> RecordAsync(TestDatabase database)
    {
        var time = new ManualTimeProvider();
        await using var host = await InProcessHost.ProductAsync(database.ConnectionString, time);
        await host.WorkAsync();
        var office = await LiaisonOffice.OfAsync(database, [host]);
        var reminded = await office.OpenWaitingAsync();
        var escalated = await office.OpenWaitingAsync();
        time.Advance(TimeSpan.FromDays(95));
        await office.OpenTaskAsync(reminded, "decider");
        var patient = await office.OpenTaskAsync(escalated, "decider");
        await office.CompleteAsync(patient, "Attendre encore");
        await office.OpenWaitingAsync();
        var closed = await office.OpenWaitingAsync();
        await office.ReplyAsync(closed);
        await office.UntilClosedAsync(closed);
        await office.OpenAsync();
        var filled = await office.OpenAsync();
        await office.FillAsync(filled);
        var sentBack = await office.OpenAsync();
        await office.FillAsync(sentBack);
        await office.SendBackAsync(sentBack);
        var claimed = await office.OpenAsync();
        await office.FillAsync(claimed);
        await office.ClaimForValidationAsync(claimed);

        // The workers stop: what is validated now stays in the outbox.
        await host.DisposeAsync();
        await using var idle = await InProcessHost.ProductAsync(database.ConnectionString, time, seed: false);
        var late = await LiaisonOffice.OfAsync(database, [idle]);
        var pending = await late.OpenAsync();
        await late.FillAsync(pending);
        await late.ValidateAsync(pending);

        var snapshot = await DatabaseSnapshot.TakeAsync(database.DataSource, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["form_definitions"] = "where key in (select form_key from form_answers union select form_key from user_tasks)",
        });
        snapshot["now"] = time.GetUtcNow().ToString("O");
        return snapshot;
    }
}
