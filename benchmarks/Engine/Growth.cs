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
        await host.WarmUpAsync(definition.Id, 1, Resumes);
        var grown = (0, 0);
        double? few = null;
        foreach (var (instances, journal) in large ? new[] { (1000, 14_000), (100_000, 1_400_000), (1_000_000, 10_000_000) } : [(1000, 14_000), (100_000, 1_400_000)])
        {
            await GrowAsync(host, grown, (instances, journal));
            grown = (instances, journal);
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
            if (instances > 1000)
            {
                report.Judge($"{instances:#,0} waiting", 100 * (1 - rate / few.Value), 15, "% slower", atLeast: false, "");
            }
        }
    }

    /// <summary>Plain columns and one statement per table, so that the largest crowd takes minutes to make, not hours.</summary>
    private static async Task GrowAsync(BenchHost host, (int Instances, int Journal) from, (int Instances, int Journal) to)
    {
        await host.ExecuteAsync(
            $"""
            insert into workflow_instances (id, definition_id, definition_version_id, version, correlation_id, name, status, sub_status,
                parent_instance_id, incident_count, created_at, updated_at, finished_at, state)
            select 'foule' || n, definition_id, definition_version_id, version, 'foule' || n, name, status, sub_status,
                parent_instance_id, incident_count, created_at, updated_at, finished_at, state
            from workflow_instances, generate_series({from.Instances + 1}, {to.Instances}) as n where correlation_id = 'modele'
            """);
        await host.ExecuteAsync(
            $"""
            insert into bookmarks (id, workflow_instance_id, correlation_id, name, hash, activity_id, activity_number, callback, payload, created_at, due_at, auto_burn)
            select 'foule' || n, 'foule' || n, 'foule' || n, name, hash, activity_id, activity_number, callback, payload, created_at, due_at, auto_burn
            from bookmarks, generate_series({from.Instances + 1}, {to.Instances}) as n where correlation_id = 'modele'
            """);
        await host.ExecuteAsync(
            $$"""
            insert into workflow_journal_pages (workflow_instance_id, first_sequence, lines, at, content)
            select 'foule' || n / 14, n % 14 + 1, 1, '2026-01-01Z', '{"r":[["Written",0,1,null,"ligne"]],"a":[["ligne1","Elsa.WriteLine",1,"ligne1","Workflow1:root:ligne1"]]}'
            from generate_series({{from.Journal}}, {{to.Journal - 1}}) as n
            """);
        foreach (var table in (string[])["workflow_instances", "bookmarks", "workflow_journal_pages"])
        {
            await host.ExecuteAsync("vacuum analyze " + table);
        }

        await host.ExecuteAsync("checkpoint");
    }
}
