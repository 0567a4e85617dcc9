using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Cleiss.EngineBenchmark;

/// <summary>
/// What PostgreSQL's own load program reaches on the same server with the same number of rows and bytes per transaction: the measure for all
/// persisted figures. It comes with Debian's package <c>postgresql</c>; the embedded server has none.
/// </summary>
internal sealed class PgBench(string connectionString, string program, ServerCpu server)
{
    public static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql")
                ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse().Select(folder => Path.Combine(folder, "bin"))
                : []);
        return Environment.GetEnvironmentVariable("PGBENCH")
            ?? folders.Select(folder => Path.Combine(folder, "pgbench")).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("pgbench is needed: « apt install postgresql-contrib » (or « postgresql-15 »), or name the program in PGBENCH.");
    }

    public async Task PrepareAsync()
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand(
            """
            drop table if exists bench_row, bench_bookmark, bench_journal;
            create table bench_row (id text primary key, body text not null);
            create table bench_bookmark (id text primary key, body text not null);
            create table bench_journal (id text not null, line integer not null, body text not null, primary key (id, line));
            """);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Transactions per second of one row, one bookmark and some journal rows, each with so many bytes.</summary>
    public async Task<PgBenchRun> RunAsync(int callers, int seconds, int rowBytes, int bookmarkBytes, int journalRows, int journalBytes)
    {
        var script = Path.GetTempFileName();
        // Random text, so that the server cannot compress it away, cut from one constant: making it is no work of the database.
        var noise = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4096));
        await File.WriteAllTextAsync(script, $"""
            \set a random(1, 9000000000000000000)
            begin;
            insert into bench_row values ('r' || :a, '{noise[..rowBytes]}');
            insert into bench_bookmark values ('b' || :a, '{noise[..bookmarkBytes]}');
            {(journalRows == 1
                ? $"insert into bench_journal values ('j' || :a, 1, '{noise[..journalBytes]}');"
                : $"insert into bench_journal select 'j' || :a, line, '{noise[..journalBytes]}' from generate_series(1, {journalRows}) as line;")}
            commit;
            """);
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            foreach (var argument in (string[])[
                "-n", "-M", "prepared", "-f", script, "-c", $"{callers}", "-j", callers > 1 ? "2" : "1", "-T", $"{seconds}",
                "-h", parts.Host!, "-p", $"{parts.Port}", "-U", parts.Username!, parts.Database!])
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["PGPASSWORD"] = parts.Password;
            var before = server.Microseconds();
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return Figure(output, "tps = (?<figure>[0-9.]+)") is { } rate && Figure(output, "actually processed: (?<figure>[0-9]+)") is { } transactions
                ? new PgBenchRun(rate, (server.Microseconds() - before) / transactions)
                : throw new InvalidOperationException($"pgbench failed: {await errors} {output}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static double? Figure(string output, string pattern) =>
        Regex.Match(output, pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } match
            ? double.Parse(match.Groups["figure"].Value, CultureInfo.InvariantCulture)
            : null;
}

/// <param name="ServerMicroseconds">CPU time of the server for one transaction.</param>
internal sealed record PgBenchRun(double PerSecond, double ServerMicroseconds);
