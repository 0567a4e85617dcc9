using System.Globalization;

namespace Cleiss.EngineBenchmark;

/// <summary>Resumes while more and more instances wait and the journal grows; the crowd is made by SQL from one real instance.</summary>
internal static class Growth
{
    private const int Resumes = 1500;

    public static async Task RunAsync(Report report, int rounds, BenchHost host, bool large)
    {
        report.Title("Resume among many waiting instances");
        var definition = await host.PublishAsync("foule", Flows.StartThenEvent());
        await host.StartAsync(definition.Id, "modele");
        var waiting = 0;
        double? few = null;
        foreach (var (instances, journal) in large ? new[] { (1000, 14_000), (100_000, 1_400_000), (1_000_000, 10_000_000) } : [(1000, 14_000), (100_000, 1_400_000)])
        {
            await GrowAsync(host, waiting, instances, journal);
            waiting = instances;
            var loads = new List<Load>();
            for (var round = 0; round < rounds + 1; round++)
            {
                var run = $"{instances}-{round}-{Guid.NewGuid():N}-";
                await Load.RunAsync(4, Resumes, i => host.StartAsync(definition.Id, run + i));
                loads.Add(await Load.RunAsync(1, Resumes, i => host.ResumeAsync(run + i)));
            }

            // The first round reads what lies on disk; the others show what the number of rows costs.
            loads.RemoveAt(0);
            var rate = loads.Select(load => load.PerSecond).Median();
            report.Say($"resume among {instances:#,0} waiting, {journal:#,0} journal rows", string.Create(
                CultureInfo.InvariantCulture, $"{rate:#,0}/s ({loads.Select(load => load.PerSecond).Each()}), p50 {loads.Select(load => load.P50).Median():0.00} ms"));
            few ??= rate;
            if (waiting > 1000)
            {
                report.Judge($"{instances:#,0} waiting", 100 * (1 - rate / few.Value), 15, "% slower", atLeast: false, "");
            }
        }
    }

    private static async Task GrowAsync(BenchHost host, int from, int to, int journal)
    {
        await host.ExecuteAsync(
            $"""
            insert into workflow_instances select (jsonb_populate_record(i, jsonb_build_object('id', 'foule' || n, 'correlation_id', 'foule' || n))).*
            from workflow_instances i, generate_series({from + 1}, {to}) as n where i.correlation_id = 'modele';
            insert into bookmarks select (jsonb_populate_record(b, jsonb_build_object(
                'id', 'foule' || n, 'workflow_instance_id', 'foule' || n, 'correlation_id', 'foule' || n))).*
            from bookmarks b, generate_series({from + 1}, {to}) as n where b.correlation_id = 'modele';
            """);
        var rows = await host.ScalarAsync<long>("select count(*) from workflow_journal_pages where workflow_instance_id like 'foule%'");
        await host.ExecuteAsync(
            $$"""
            insert into workflow_journal_pages (workflow_instance_id, first_sequence, lines, at, content)
            select 'foule' || n / 14, n % 14 + 1, 1, '2026-01-01Z', '{"r":[["Written",0,1,null,"ligne"]],"a":[["ligne1","Elsa.WriteLine",1,"ligne1","Workflow1:root:ligne1"]]}'
            from generate_series({{rows}}, {{journal - 1}}) as n;
            """);
        await host.ExecuteAsync("vacuum analyze workflow_instances");
        await host.ExecuteAsync("vacuum analyze bookmarks");
        await host.ExecuteAsync("vacuum analyze workflow_journal_pages");
        await host.ExecuteAsync("checkpoint");
    }
}
