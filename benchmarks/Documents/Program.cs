using System.Globalization;
using Cleiss.DocumentsBenchmark;
using Cleiss.Persistence.Embedded;

// Documents through the whole pipeline: number, outbox, Typst, storage. Options: --documents 300 (a round), --rounds 3, --soak 10000.
int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
void Say(string what, FormattableString figure) => Console.Out.WriteLine($"{what}: {FormattableString.Invariant(figure)}");

var (documents, rounds, soak) = (Option("--documents", 300), Option("--rounds", 3), Option("--soak", 0));
var folder = Directory.CreateTempSubdirectory("cleiss-documents-benchmark-").FullName;
var server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder), CancellationToken.None);
try
{
    await using var shop = new PrintShop(server.ConnectionString);
    await shop.OpenAsync();
    await shop.PrintAsync(50);

    var rates = new List<double>();
    var costs = new List<double>();
    var postmaster = int.Parse(Directory.EnumerateFiles(folder, "postmaster.pid", SearchOption.AllDirectories).Select(file => File.ReadLines(file).First()).Single(), CultureInfo.InvariantCulture);
    for (var round = 0; round < rounds; round++)
    {
        var before = ProcessorTime.Seconds(postmaster, shop.Workers);
        rates.Add(documents / (await shop.PrintAsync(documents)).TotalSeconds);
        costs.Add((ProcessorTime.Seconds(postmaster, shop.Workers) - before) / documents * 1000);
    }

    Say("one-page documents per second", $"{rates.Order().ElementAt(rates.Count / 2):F1} (each {string.Join(", ", rates.Select(rate => FormattableString.Invariant($"{rate:F1}")))})");

    var cost = costs.Order().ElementAt(costs.Count / 2);
    Say("processor time a document (host, script host, database)", $"{cost:F1} ms; two cores of one's own could print {2000 / cost:F0} a second");

    var longs = new List<double>();
    for (var round = 0; round < rounds; round++)
    {
        longs.Add((await shop.PrintLongAsync(2850)).TotalSeconds);
    }

    Say("a document of 100 pages (2,850 rows of a table)", $"{longs.Order().ElementAt(longs.Count / 2):F2} s");

    var printing = shop.PrintAsync(documents);
    while (await shop.PendingAsync() == 0 && !printing.IsCompleted)
    {
        await Task.Delay(5);
    }

    await Task.Delay(500);
    shop.KillTypst();
    await printing;
    var lost = await shop.ScalarAsync("select count(*) from documents where state not in ('valid', 'specimen')");
    var gaps = await shop.ScalarAsync("select sum(last_number)::bigint - (select count(*) from documents) from document_series");
    Say("workers killed in the middle", $"{lost} documents lost, {gaps} numbers missing");

    for (var printed = 0; printed < soak; printed += 1000)
    {
        var time = await shop.PrintAsync(Math.Min(1000, soak - printed));
        Say($"memory of the script host after {printed + 1000} more documents", $"{shop.ScriptMegabytes():F0} MB ({1000 / time.TotalSeconds:F0} documents/s)");
    }
}
finally
{
    await server.DisposeAsync();
    Directory.Delete(folder, recursive: true);
}
