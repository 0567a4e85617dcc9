using System.Diagnostics;
using Cleiss.TestKit;

namespace Cleiss.EngineBenchmark;

/// <summary>Thousands of timers that fall due at the same moment.</summary>
internal static class Timers
{
    private const int Count = 5000;

    public static async Task RunAsync(Report report, int rounds, string connectionString)
    {
        report.Title("Due timers");
        var time = new ManualTimeProvider();
        await using var host = new BenchHost(connectionString, time, workers: true);
        var definition = await host.PublishAsync("minuteur", Flows.OneTimer());
        foreach (var worker in host.Workers)
        {
            await worker.StartAsync(CancellationToken.None);
        }

        var seconds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var run = $"minuteur-{round}-{Guid.NewGuid():N}-";
            await Load.RunAsync(8, Count, i => host.StartAsync(definition.Id, run + i));
            var clock = Stopwatch.StartNew();
            time.Advance(TimeSpan.FromHours(2));
            host.Wake();
            while (await host.ScalarAsync<long>("select count(*) from bookmarks where due_at is not null") > 0 && clock.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(50);
            }

            seconds.Add(clock.Elapsed.TotalSeconds);
            var fired = await host.ScalarAsync<long>(
                $"select count(*) from workflow_journal j join workflow_instances i on i.id = j.workflow_instance_id where i.correlation_id like '{run}%' and j.event_name = 'Written'");
            report.Judge("timers fired, none twice", fired, Count, "", atLeast: fired < Count, "");
        }

        foreach (var worker in host.Workers.Reverse())
        {
            await worker.StopAsync(CancellationToken.None);
        }

        report.Judge($"{Count:#,0} timers due at once", seconds.Median(), 10, "s", atLeast: false, seconds.Each());
    }
}
