using System.Diagnostics;
using System.Globalization;
using Cleiss.Persistence.Embedded;
using Cleiss.Product;
using Cleiss.Product.Translations;
using Cleiss.TestKit.Product;
using static Cleiss.Product.Shares;

// The whole product as people run it: host process, its script host, durable PostgreSQL, an SMTP server, everything over HTTP.
if (args is ["studio"])
{
    await using var alone = new ProductHost(connectionString: null);
    await alone.StartAsync();
    await StudioFigures.MeasureAsync(alone, Say);
    return;
}

if (args is ["traductions", ..])
{
    await PlayTranslationsAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2000);
    return;
}

var cases = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
const int Rounds = 3;
var look = TimeSpan.FromMilliseconds(20);
var folder = Directory.CreateTempSubdirectory("cleiss-benchmark-").FullName;
var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder), CancellationToken.None);
await using var receiver = await SmtpReceiver.StartAsync(TimeSpan.Zero);
await using var host = new ProductHost(server.ConnectionString, receiver.Port);

Say("start to ready, empty database", $"{(await host.StartAsync()).TotalSeconds:F1} s");
var starts = new List<double>();
for (var round = 0; round < Rounds; round++)
{
    await host.KillAsync();
    starts.Add((await host.StartAsync()).TotalSeconds);
}

Say("start to ready, later starts", $"{Median(starts):F1} s (each {Each(starts, "F1")})");
await Task.Delay(TimeSpan.FromSeconds(20));
Say("resident memory of the host, idle 20 s after its start", $"{host.MemoryMiB():F0} MiB");

using (var warm = new CaseDriver([host], TimeSpan.FromMinutes(2), look))
{
    await RunAsync(warm, callers: 4, count: 20);
}

foreach (var callers in new[] { 1, 4 })
{
    var rates = new List<double>();
    var completions = new List<double>();
    var durations = new List<double>();
    for (var round = 0; round < Rounds; round++)
    {
        using var driver = new CaseDriver([host], TimeSpan.FromMinutes(2), look);
        var clock = Stopwatch.StartNew();
        durations.AddRange(await RunAsync(driver, callers, cases));
        rates.Add(cases / clock.Elapsed.TotalSeconds);
        completions.AddRange(driver.Completions.Select(completion => completion.TotalMilliseconds));
        if (driver.Failures.Count > 0)
        {
            throw new InvalidOperationException(driver.Failures.First());
        }
    }

    Say($"{callers} caller(s), cases per second", $"{Median(rates):F2} (each {Each(rates, "F2")})");
    Say($"{callers} caller(s), opening to mail sent", $"p50 {Percentile(durations, 0.5):F0} ms, p95 {Percentile(durations, 0.95):F0} ms");
    Say($"{callers} caller(s), complete a task", $"p50 {Percentile(completions, 0.5):F0} ms, p95 {Percentile(completions, 0.95):F0} ms ({completions.Count} calls)");
}

Say("resident memory of the host, after the load", $"{host.MemoryMiB():F0} MiB");
await host.KillAsync();
await server.DisposeAsync();
Directory.Delete(folder, recursive: true);

// Translation requests in the proportions of 2025, with the built-in outbox as everybody's mailbox.
static async Task PlayTranslationsAsync(int count)
{
    var folder = Directory.CreateTempSubdirectory("cleiss-benchmark-").FullName;
    var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder), CancellationToken.None);
    await using (var host = new ProductHost(server.ConnectionString))
    {
        await host.StartAsync();
        using var year = new TranslationYear(host, server.ConnectionString, count);
        await year.RunAsync();
        Say("resident memory of the host, after the load", $"{host.MemoryMiB():F0} MiB");
    }

    await server.DisposeAsync();
    Directory.Delete(folder, recursive: true);
}

static async Task<IReadOnlyList<double>> RunAsync(CaseDriver driver, int callers, int count)
{
    var left = count;
    var each = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
    {
        var durations = new List<double>();
        while (Interlocked.Decrement(ref left) >= 0)
        {
            var clock = Stopwatch.StartNew();
            await driver.SendAsync();
            durations.Add(clock.Elapsed.TotalMilliseconds);
        }

        return durations;
    }));
    return [.. each.SelectMany(durations => durations)];
}

static void Say(string what, string figure) => Console.Out.WriteLine($"{what}: {figure}");

static string Each(IEnumerable<double> values, string format) => string.Join(", ", values.Select(value => value.ToString(format, CultureInfo.InvariantCulture)));
