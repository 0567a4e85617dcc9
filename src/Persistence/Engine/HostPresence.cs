using System.Data;
using Cleiss.Engine.Execution;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// One connection per host that holds the host's number (a session advisory lock: gone the moment the host is) and listens for news of other
/// hosts. After a broken connection the host takes a new number; work begun under the old one can no longer settle.
/// </summary>
public sealed partial class HostPresence(
    NpgsqlDataSource database, BurstSignals signals, ILogger<HostPresence> logger) : BackgroundService
{
    internal const int LockClass = 7100;
    private const string Channel = "cleiss_bursts";

    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _outgoing = new(0, 1);
    private int _effects;
    private int _timers;

    /// <summary>This host's number; 0 while it has none.</summary>
    public int Number { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.Committed = Announce;
        var sending = SendAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                Number = 0;
                LogLost(logger, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(500), CancellationToken.None);
            }
        }

        await sending;
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using (var take = new NpgsqlCommand("select n, pg_advisory_lock($1, n) from (select nextval('host_numbers')::int as n) as next", connection))
            {
                take.AddParameters(Sql.Int(LockClass));
                await using var reader = await take.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                Number = reader.GetInt32(0);
            }

            LogPresent(logger, Number);
            connection.Notification += (_, news) =>
            {
                if (news.PID != connection.ProcessID)
                {
                    signals.Wake(new BurstNews(news.Payload.Contains('e'), news.Payload.Contains('t') ? DateTimeOffset.MinValue : null, null));
                }
            };
            await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }

            // Whatever happened while nobody listened is found by looking once.
            signals.Wake(new BurstNews(true, DateTimeOffset.MinValue, null));
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await LeaveAsync(connection);
        }
    }

    /// <summary>The pool gives the connection to others as it is: a number that stayed locked would look alive, and its effects would wait for it.</summary>
    private static async Task LeaveAsync(NpgsqlConnection connection)
    {
        if (connection.FullState == ConnectionState.Open)
        {
            await using var leave = new NpgsqlCommand("unlisten *; select pg_advisory_unlock_all()", connection);
            await leave.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private void Announce(BurstNews news)
    {
        if (news.HasEffects)
        {
            Interlocked.Exchange(ref _effects, 1);
        }

        if (news.NextDue is not null)
        {
            Interlocked.Exchange(ref _timers, 1);
        }

        if ((news.HasEffects || news.NextDue is not null) && _outgoing.CurrentCount == 0)
        {
            try
            {
                _outgoing.Release();
            }
            catch (SemaphoreFullException)
            {
                // A message is already on its way and will carry this news.
            }
        }
    }

    /// <summary>After the commit and coalesced: NOTIFY inside the transaction would put all commits of the database in one queue.</summary>
    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _outgoing.WaitAsync(cancellationToken);
                await Task.Delay(Coalescing, cancellationToken);
                var payload = (Interlocked.Exchange(ref _effects, 0) == 1 ? "e" : "") + (Interlocked.Exchange(ref _timers, 0) == 1 ? "t" : "");
                await using var notify = database.CreateCommand("select pg_notify($1, $2)");
                notify.AddParameters(Sql.Text(Channel), Sql.Text(payload));
                await notify.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                // The safety-net polling of the other hosts finds the work.
                LogNotSent(logger, e.Message);
            }
        }
    }

    public override void Dispose()
    {
        _outgoing.Dispose();
        base.Dispose();
    }

    [LoggerMessage(2101, LogLevel.Information, "This host is number {Number}")]
    private static partial void LogPresent(ILogger logger, int number);

    [LoggerMessage(2102, LogLevel.Warning, "The presence connection was lost and will be opened again: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "Other hosts were not notified: {Reason}")]
    private static partial void LogNotSent(ILogger logger, string reason);
}
