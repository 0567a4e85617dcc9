using Cleiss.Engine.Triggers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Starts workflows whose timer or calendar falls due. Every host looks; the row's move to its next time, in the transaction of the new instance,
/// makes each fire once.
/// </summary>
public sealed partial class TriggerService(DueTriggers triggers, TimeProvider time, ILogger<TriggerService> logger) : BackgroundService
{
    private const int Page = 100;
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>Triggers whose start threw, and when to try them again: one bad definition must not keep the others waiting.</summary>
    private readonly Dictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await FireDueAsync(stoppingToken) == 0)
                {
                    await Task.Delay(await UntilNextAsync(stoppingToken), stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                LogNotReached(logger, e.Message);
                await Task.Delay(SafetyNet, CancellationToken.None);
            }
        }
    }

    /// <returns>How many instances this host started.</returns>
    internal async Task<int> FireDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var fired = 0;
        foreach (var due in await triggers.FindAsync(Page + _failed.Count, cancellationToken))
        {
            if (_failed.TryGetValue(due.Id, out var again) && again > now)
            {
                continue;
            }

            try
            {
                fired += await triggers.FireAsync(due, cancellationToken) ? 1 : 0;
                _failed.Remove(due.Id);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, due.ActivityId, due.DefinitionVersionId, e);
                _failed[due.Id] = now + AfterFailure;
            }
        }

        return fired;
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellationToken)
    {
        if (await triggers.NextAsync(cancellationToken) is not { } next)
        {
            return SafetyNet;
        }

        var wait = next - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : wait < SafetyNet ? wait : SafetyNet;
    }

    [LoggerMessage(2131, LogLevel.Error, "The trigger {ActivityId} of definition version {DefinitionVersionId} could not start an instance; it will be tried again")]
    private static partial void LogFailed(ILogger logger, string activityId, string definitionVersionId, Exception exception);

    [LoggerMessage(2132, LogLevel.Warning, "The trigger service cannot reach the database: {Reason}")]
    private static partial void LogNotReached(ILogger logger, string reason);
}
