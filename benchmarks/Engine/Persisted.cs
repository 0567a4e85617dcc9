using System.Globalization;
using Cleiss.Engine.Definitions;

namespace Cleiss.EngineBenchmark;

/// <summary>Starts to a bookmark and resumes to the end, beside pgbench in the same minutes on the same server.</summary>
internal static class Persisted
{
    public static async Task RunAsync(Report report, int rounds, BenchHost host, PgBench pgbench, ServerCpu server, IReadOnlyCollection<string> only)
    {
        var definition = await host.PublishAsync("essai", Flows.StartThenEvent());
        await host.StartAsync(definition.Id, "chaud");
        await host.ResumeAsync("chaud");
        var sizes = await SizesAsync(report, host, definition);
        await pgbench.PrepareAsync();
        foreach (var (callers, startShare, resumeShare) in new[] { (1, 0.6, 0.5), (16, 0.5, 0.4) }.Where(load => only.Contains($"{load.Item1}")))
        {
            await MeasureAsync(report, rounds, host, server, definition, pgbench, sizes, callers, startShare, resumeShare);
        }
    }

    private static async Task<(int Row, int Bookmark, int Journal)> SizesAsync(Report report, BenchHost host, WorkflowDefinition definition)
    {
        report.Title("Persisted: what one transaction writes");
        var starts = await RoundTrips.CountAsync(() => host.StartAsync(definition.Id, "taille"));
        var row = await host.ScalarAsync<int>("select pg_column_size(i.*) from workflow_instances i where correlation_id = 'taille'");
        var bookmark = await host.ScalarAsync<int>("select pg_column_size(b.*) from bookmarks b where correlation_id = 'taille'");
        var journal = await host.ScalarAsync<int>(
            "select pg_column_size(j.*) from workflow_journal_pages j join workflow_instances i on i.id = j.workflow_instance_id where i.correlation_id = 'taille'");
        var lines = await host.ScalarAsync<long>(
            "select count(*) from workflow_journal j join workflow_instances i on i.id = j.workflow_instance_id where i.correlation_id = 'taille'");
        var resumes = await RoundTrips.CountAsync(() => host.ResumeAsync("taille"));
        report.Say("a start writes", $"an instance of {row} bytes, a bookmark of {bookmark}, {lines} journal lines in one row of {journal}");
        report.Judge("SQL round trips of a start", starts, 2, "", atLeast: false, "");
        report.Judge("SQL round trips of a resume by event", resumes, 3, "", atLeast: false, "(find, lock and load; write and commit)");
        return (row, bookmark, journal);
    }

    private static async Task MeasureAsync(
        Report report, int rounds, BenchHost host, ServerCpu server, WorkflowDefinition definition, PgBench pgbench,
        (int Row, int Bookmark, int Journal) sizes, int callers, double startShare, double resumeShare)
    {
        report.Title($"Persisted, {callers} caller(s)");
        var count = callers == 1 ? 4000 : 8000;
        await host.WarmUpAsync(definition.Id, callers, count / 2);
        List<PgBenchRun> same = [], apart = [];
        // The targets were set beside a row for each of 14 journal lines; beside the one row that the engine writes instead, shares are smaller.
        List<double> startRatios = [], resumeRatios = [], startShares = [], resumeShares = [];
        List<Load> starts = [], resumes = [];
        for (var round = 0; round < rounds; round++)
        {
            // Each round has its own pgbench before and between: what a noisy neighbour takes, it takes from both.
            var run = $"{callers}-{round}-{Guid.NewGuid():N}-";
            var before = await pgbench.RunAsync(callers, 3, sizes.Row, sizes.Bookmark, 1, sizes.Journal);
            starts.Add(await Load.RunAsync(callers, count, i => host.StartAsync(definition.Id, run + i), server));
            var between = await pgbench.RunAsync(callers, 3, sizes.Row, sizes.Bookmark, 1, sizes.Journal);
            resumes.Add(await Load.RunAsync(callers, count, i => host.ResumeAsync(run + i), server));
            var after = await pgbench.RunAsync(callers, 3, sizes.Row, sizes.Bookmark, 1, sizes.Journal);
            apart.Add(await pgbench.RunAsync(callers, 3, sizes.Row, sizes.Bookmark, 14, sizes.Journal / 14));
            same.Add(between);
            startShares.Add(100 * starts[^1].PerSecond / ((before.PerSecond + between.PerSecond) / 2));
            resumeShares.Add(100 * resumes[^1].PerSecond / ((between.PerSecond + after.PerSecond) / 2));
            startRatios.Add(100 * starts[^1].PerSecond / apart[^1].PerSecond);
            resumeRatios.Add(100 * resumes[^1].PerSecond / apart[^1].PerSecond);
        }

        Tell(report, "pgbench, an instance, a bookmark and 14 journal rows", apart);
        Tell(report, "pgbench, the same bytes in one journal row, as the engine writes them", same);
        Tell(report, "start", starts, startRatios, startShare * 100, startShares);
        Tell(report, "resume by event", resumes, resumeRatios, resumeShare * 100, resumeShares);
    }

    private static void Tell(Report report, string what, List<PgBenchRun> runs) => report.Say(what, string.Create(
        CultureInfo.InvariantCulture,
        $"{runs.Select(run => run.PerSecond).Median():#,0}/s ({runs.Select(run => run.PerSecond).Each()}); {runs.Select(run => run.ServerMicroseconds).Median():0} µs of server CPU"));

    private static void Tell(Report report, string what, List<Load> loads, List<double> ratios, double wanted, List<double> shares)
    {
        var rate = loads.Select(load => load.PerSecond).Median();
        report.Say(what, string.Create(
            CultureInfo.InvariantCulture,
            $"{rate:#,0}/s ({loads.Select(load => load.PerSecond).Each()}); {loads.Select(load => load.CpuMicroseconds).Median():0} µs of client CPU, {loads.Select(load => load.ServerMicroseconds).Median():0} µs of server CPU, {loads.Select(load => load.Bytes).Median():#,0} bytes allocated; {shares.Median():0} % of pgbench with one journal row ({shares.Each()})"));
        report.Judge(what, ratios.Median(), wanted, "% of pgbench with 14 journal rows", atLeast: true, ratios.Each());
        var p50 = loads.Select(load => load.P50).Median();
        var p99 = loads.Select(load => load.P99).Median();
        report.Judge($"{what}, p99 / p50", p99 / p50, 10, "", atLeast: false, string.Create(CultureInfo.InvariantCulture, $"(p50 {p50:0.00} ms, p99 {p99:0.00} ms)"));
    }
}
