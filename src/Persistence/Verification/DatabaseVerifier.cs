using System.Data;
using System.Diagnostics;
using Npgsql;

namespace Cleiss.Persistence.Verification;

/// <summary>
/// Checks every invariant of every module in one read-only snapshot, so that it may run beside working hosts. Deviations are counted as they
/// stream by and the first of each kind kept: memory does not grow with the database.
/// </summary>
public sealed class DatabaseVerifier(NpgsqlDataSource database, IEnumerable<IInvariantSource> sources, StoredInstanceCheck instances)
{
    private const int Kept = 20;

    public IReadOnlyList<Invariant> Invariants { get; } = [.. sources.SelectMany(source => source.Invariants)];

    public async Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        // Read only, and patient: a big table takes its time, and no host waits for a reader.
        await using (var settings = new NpgsqlCommand("set transaction read only; set local statement_timeout = 0", connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        var findings = new List<InvariantFinding>();
        foreach (var invariant in Invariants)
        {
            findings.Add(await CheckAsync(invariant, connection, cancellationToken));
        }

        findings.Add(await instances.CheckAsync(connection, Kept, cancellationToken));
        return new VerificationReport(findings, Stopwatch.GetElapsedTime(started));
    }

    private static async Task<InvariantFinding> CheckAsync(Invariant invariant, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(invariant.Sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var where = new List<string>();
        long count = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (++count <= Kept)
            {
                where.Add(reader.GetString(0));
            }
        }

        return new InvariantFinding(invariant.Code, invariant.Rule, invariant.Mend, count, where);
    }
}
