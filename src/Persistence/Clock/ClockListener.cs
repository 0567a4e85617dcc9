using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Cleiss.Persistence.Clock;

/// <summary>Follows the clock row, so that a move made through one host reaches all.</summary>
public sealed class ClockListener(NpgsqlDataSource database, MovableTimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                await using (var listen = new NpgsqlCommand($"listen {MovableTimeProvider.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                }

                while (true)
                {
                    await clock.ReadAsync(database, stoppingToken);
                    await connection.WaitAsync(SafetyNet, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // The database restarts; tests do that on purpose.
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
