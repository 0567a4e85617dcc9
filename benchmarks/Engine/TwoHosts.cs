using System.Diagnostics;
using System.Globalization;

namespace Cleiss.EngineBenchmark;

/// <summary>One process with sixteen callers against two processes with eight each, on one database.</summary>
internal static class TwoHosts
{
    private const int Callers = 16;
    private const int Seconds = 5;

    public static async Task RunAsync(Report report, int rounds, BenchHost host, string connectionString)
    {
        report.Title("Two hosts");
        var definition = await host.PublishAsync("deux-hotes", Flows.StartThenEvent());
        List<double> one = [], two = [], shares = [];
        for (var round = 0; round < rounds; round++)
        {
            one.Add(await ChildrenAsync(connectionString, definition.Id, 1));
            two.Add(await ChildrenAsync(connectionString, definition.Id, 2));
            shares.Add(100 * two[^1] / one[^1]);
        }

        report.Say("start and resume, one host", $"{one.Median():#,0}/s ({one.Each()})");
        report.Say("start and resume, two hosts", $"{two.Median():#,0}/s ({two.Each()})");
        report.Judge("two hosts", shares.Median(), 90, "% of one", atLeast: true, shares.Each());
        report.Judge(
            "instances left unfinished by the hosts", await host.ScalarAsync<long>($"select count(*) from workflow_instances where definition_id = 'deux-hotes' and sub_status <> 'Finished'"),
            0, "", atLeast: false, "");
    }

    /// <summary>What a child process does: starts and resumes for some seconds, then prints how many.</summary>
    public static async Task ChildAsync(string connectionString, string versionId, int callers)
    {
        await using var host = new BenchHost(connectionString);
        await Load.RunAsync(callers, callers * 20, i => PairAsync(host, versionId));
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadLineAsync();
        var clock = Stopwatch.StartNew();
        var pairs = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed.TotalSeconds < Seconds)
            {
                await PairAsync(host, versionId);
                Interlocked.Increment(ref pairs);
            }
        })));
        await Console.Out.WriteLineAsync((pairs / clock.Elapsed.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task PairAsync(BenchHost host, string versionId)
    {
        var correlation = Guid.NewGuid().ToString("N");
        await host.StartAsync(versionId, correlation);
        await host.ResumeAsync(correlation);
    }

    private static async Task<double> ChildrenAsync(string connectionString, string versionId, int count)
    {
        var children = Enumerable.Range(0, count).Select(_ =>
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
            foreach (var argument in (string[])[
                .. Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [Environment.GetCommandLineArgs()[0]] : Array.Empty<string>(),
                "--child", connectionString, versionId, $"{Callers / count}"])
            {
                start.ArgumentList.Add(argument);
            }

            return Process.Start(start)!;
        }).ToList();
        foreach (var child in children)
        {
            await child.StandardOutput.ReadLineAsync();
        }

        children.ForEach(child => child.StandardInput.WriteLine("go"));
        var rates = await Task.WhenAll(children.Select(async child => double.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture)));
        children.ForEach(child => child.Dispose());
        return rates.Sum();
    }
}
