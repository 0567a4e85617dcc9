using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Durability.Tests.Corpus;

/// <summary>
/// Instances recorded by an older build load and finish. Each file beside this test is a database of its time. <c>CLEISS_RECORD_CORPUS=name</c>
/// writes what today's build records as <c>engine-name.json</c> and <c>main-process-name.json</c>; do that before a change of the stored form.
/// Files are never recorded anew: databases like them are out there.
/// </summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Recordings(string kind) =>
        [.. Directory.EnumerateFiles(Folder(), kind + "-*.json").Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(name => name!)];

    [Theory]
    [MemberData(nameof(Recordings), "engine")]
    public async Task Recorded_instances_of_the_engine_load_and_finish(string file) => await FinishEngineAsync(Read(file));

    [Theory]
    [MemberData(nameof(Recordings), "main-process")]
    public async Task Recorded_cases_of_the_main_process_load_and_finish(string file) => await FinishMainProcessAsync(Read(file));

    [Fact]
    public async Task What_todays_engine_records_it_can_finish()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync();
        var recording = await EngineRecording.RecordAsync(database);
        Keep("engine", recording);
        await FinishEngineAsync(JsonNode.Parse(recording.ToJsonString())!.AsObject());
    }

    [Fact]
    public async Task What_todays_product_records_it_can_finish()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync();
        var recording = await MainProcessRecording.RecordAsync(database);
        Keep("main-process", recording);
        await FinishMainProcessAsync(JsonNode.Parse(recording.ToJsonString())!.AsObject());
    }

    private static async Task FinishEngineAsync(JsonObject recording)
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await DatabaseSnapshot.RestoreAsync(database, recording);
        var time = ClockOf(recording);
        await using var host = InProcessHost.Engine(database.ConnectionString, time, new Ledger());
        await host.WorkAsync();
        foreach (var story in recording["finish"]!.AsArray())
        {
            var instance = story!["instance"]!.GetValue<string>();
            foreach (var step in story["after"]!.AsArray().Select(step => step!.GetValue<string>()))
            {
                if (step.StartsWith('+'))
                {
                    time.Advance(TimeSpan.Parse(step[1..], CultureInfo.InvariantCulture));
                    continue;
                }

                await EngineRecording.SendAsync(host, step, "c" + instance[1..]);
            }
        }

        foreach (var story in recording["finish"]!.AsArray())
        {
            var instance = story!["instance"]!.GetValue<string>();
            var expected = story["subStatus"]!.GetValue<string>();
            await Eventually.IsSoAsync($"{instance} ends", async () =>
                await database.ScalarAsync<string>($"select sub_status from workflow_instances where id = '{instance}'") == expected);
            var lines = await database.ScalarAsync<string>(
                $"select string_agg(replace(message, ' ', '-'), ' ' order by sequence) from workflow_journal where workflow_instance_id = '{instance}' and event_name = 'Written'");
            Assert.Equal((instance, story["lines"]!.GetValue<string>()), (instance, lines));
        }

        await Sound.AssertAsync(host);
    }

    private static async Task FinishMainProcessAsync(JsonObject recording)
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await DatabaseSnapshot.RestoreAsync(database, recording);
        await using var host = await InProcessHost.ProductAsync(database.ConnectionString, ClockOf(recording));
        await host.WorkAsync();
        var office = await LiaisonOffice.OfAsync(database, [host]);
        var cases = (await database.ScalarAsync<string[]>("select array_agg(id order by opened_at) from cases where state <> 'closed'"))!;
        Assert.True(cases.Length >= 8, "The recording holds a case for each place where one can stand still.");
        foreach (var caseId in cases)
        {
            await office.FinishAsync(caseId);
        }

        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from workflow_instances where status <> 'Finished' or incident_count > 0"));
        await Sound.AssertAsync(host);
    }

    internal static string NewestMainProcess() => Directory.EnumerateFiles(Folder(), "main-process-*.json").Max(StringComparer.Ordinal)!;

    private static ManualTimeProvider ClockOf(JsonObject recording) =>
        new(DateTimeOffset.Parse(recording["now"]!.GetValue<string>(), CultureInfo.InvariantCulture));

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), file)))!.AsObject();

    private static void Keep(string kind, JsonObject recording)
    {
        if (Environment.GetEnvironmentVariable("CLEISS_RECORD_CORPUS") is { Length: > 0 } name)
        {
            File.WriteAllText(Path.Combine(Folder(), $"{kind}-{name}.json"), recording.ToJsonString(Readable) + "\n");
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Folder([CallerFilePath] string test = "") => Path.GetDirectoryName(test)!;
}
