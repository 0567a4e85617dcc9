using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.EngineBenchmark;

/// <summary>One instance that waits in ten thousand branches: what it costs to resume one of them, the whole state being one row.</summary>
internal static class FanOut
{
    private const int Branches = 10_000;
    private const int Resumes = 20;

    public static async Task RunAsync(Report report, int rounds, BenchHost host)
    {
        report.Title("One instance waiting in 10,000 branches");
        var items = new JsonArray([.. Enumerable.Range(0, Branches).Select(i => JsonValue.Create(i))]).ToJsonString();
        var definition = await host.PublishAsync("eventail", Definition(Activity(
            "boucle", "Elsa.ParallelForEach", ("items", Input("Object", items, "Object[]")), ("body", Sequence(Event("e", "suite")).With("id", "corps")))));
        List<double> starts = [], resumes = [], cancels = [];
        for (var round = 0; round < rounds; round++)
        {
            var instance = $"eventail-{round}";
            starts.Add((await Load.RunAsync(1, 1, async _ => await host.Runtime.StartAsync(new StartWorkflow(definition.Id, instance), CancellationToken.None))).P50);
            resumes.Add((await Load.RunAsync(1, Resumes, async _ =>
            {
                var bookmark = await host.ScalarAsync<string>($"select id from bookmarks where workflow_instance_id = '{instance}' limit 1");
                await host.Runtime.ResumeAsync(new ResumeBookmark(instance, bookmark), CancellationToken.None);
            })).P50);
        }

        var size = await host.ScalarAsync<int>("select max(octet_length(state::text)) from workflow_instances where definition_id = 'eventail'");
        for (var round = 0; round < rounds; round++)
        {
            var instance = $"eventail-{round}";
            cancels.Add((await Load.RunAsync(1, 1, async _ => await host.Runtime.CancelAsync(new CancelWorkflow(instance), CancellationToken.None))).P50);
        }

        report.Say("start", string.Create(CultureInfo.InvariantCulture, $"{starts.Median():0} ms ({starts.Each()}), a state of {size:#,0} bytes"));
        report.Say("cancel with all that wait", string.Create(CultureInfo.InvariantCulture, $"{cancels.Median():0} ms ({cancels.Each()})"));
        report.Say("resume of one branch", string.Create(CultureInfo.InvariantCulture, $"{resumes.Median():0} ms ({resumes.Each()})"));
    }
}
