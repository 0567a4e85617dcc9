using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.Scripting.Hosting;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.Configuration;

namespace Cleiss.EngineBenchmark;

/// <summary>Whole workflows without a database.</summary>
internal static class InMemory
{
    public static async Task RunAsync(Report report, int rounds)
    {
        report.Title("In memory");
        await MeasureAsync(report, rounds, "10-activity sequence", Flows.SequenceOfTen(), 2, 60_000, wanted: 20_000, budget: 8192);
        await MeasureAsync(report, rounds, "8-node flowchart", Flows.FlowchartOfEight(scripts: false), 2, 60_000, wanted: 15_000, budget: null);
        await MeasureAsync(report, rounds, "8-node flowchart, JavaScript conditions", Flows.FlowchartOfEight(scripts: true), 8, 3_000, wanted: 1_000, budget: null);
    }

    private static async Task MeasureAsync(
        Report report, int rounds, string what, JsonObject document, int callers, int count, double wanted, double? budget)
    {
        var loads = new List<Load>();
        for (var round = 0; round < rounds; round++)
        {
            // A store of its own for each round: what earlier rounds keep would be the garbage collector's work in later ones.
            await using var host = new WorkflowTestHost(services => services.AddScripting(new ConfigurationBuilder().Build()));
            var definition = await host.PublishAsync(document.DeepClone().AsObject());
            await Load.RunAsync(callers, count / 10, _ => StartAsync(host, definition.Id));
            loads.Add(await Load.RunAsync(callers, count, _ => StartAsync(host, definition.Id)));
        }

        report.Judge(what, loads.Select(load => load.PerSecond).Median(), wanted, "workflows/s", atLeast: true, string.Create(
            CultureInfo.InvariantCulture,
            $"{loads.Select(load => load.PerSecond).Each()}; {loads.Select(load => load.CpuMicroseconds).Median():0.#} µs of CPU each, so {2e6 / loads.Select(load => load.CpuMicroseconds).Median():#,0}/s on two free cores"));
        var bytes = loads.Select(load => load.Bytes).Median();
        if (budget is { } most)
        {
            report.Judge(what, bytes, most, "bytes allocated", atLeast: false, "");
        }
        else
        {
            report.Say(what, string.Create(CultureInfo.InvariantCulture, $"{bytes:#,0} bytes allocated"));
        }
    }

    private static async Task StartAsync(WorkflowTestHost host, string versionId)
    {
        var result = await host.Runtime.StartAsync(new StartWorkflow(versionId), CancellationToken.None);
        if (result.Instance!.SubStatus != WorkflowSubStatus.Finished)
        {
            throw new InvalidOperationException($"A measured workflow did not finish: {string.Join(' ', result.Faulted)}");
        }
    }
}
