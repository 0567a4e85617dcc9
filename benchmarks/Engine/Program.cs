using System.Globalization;
using Cleiss.EngineBenchmark;
using Cleiss.Persistence.Embedded;

// The engine alone: in memory, then on a durable PostgreSQL beside pgbench. Options: --rounds 3, --only memory,persisted,timers,hosts,fanout,growth,
// --callers 1,16, --large.
if (args is ["--child", var database, var version, var callers])
{
    await TwoHosts.ChildAsync(database, version, int.Parse(callers, CultureInfo.InvariantCulture));
    return;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var rounds = int.Parse(Option("--rounds") ?? "3", CultureInfo.InvariantCulture);
var only = Option("--only")?.Split(',') ?? ["memory", "persisted", "timers", "hosts", "fanout", "growth"];
var report = new Report();
if (only.Contains("memory"))
{
    await InMemory.RunAsync(report, rounds);
}

if (only.Any(part => part != "memory"))
{
    var program = PgBench.Find();
    var folder = Directory.CreateTempSubdirectory("cleiss-engine-benchmark-").FullName;
    var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder), CancellationToken.None);
    try
    {
        await using var host = new BenchHost(server.ConnectionString);
        await host.MigrateAsync();
        if (only.Contains("persisted"))
        {
            var cpu = await ServerCpu.OfAsync(host);
            await Persisted.RunAsync(report, rounds, host, new PgBench(server.ConnectionString, program, cpu), cpu, Option("--callers")?.Split(',') ?? ["1", "16"]);
        }

        if (only.Contains("timers"))
        {
            await Timers.RunAsync(report, rounds, server.ConnectionString);
        }

        if (only.Contains("hosts"))
        {
            await TwoHosts.RunAsync(report, rounds, host, server.ConnectionString);
        }

        if (only.Contains("fanout"))
        {
            await FanOut.RunAsync(report, rounds, host);
        }

        if (only.Contains("growth"))
        {
            await Growth.RunAsync(report, rounds, host, args.Contains("--large"));
        }
    }
    finally
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

report.Summary();
