using Cleiss.Engine.Triggers;
using Microsoft.Extensions.Logging;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Starts workflows whose timer or calendar falls due. Every host looks; the row's move to its next time, in the transaction of the new instance,
/// makes each fire once.
/// </summary>
public sealed partial class TriggerService(DueTriggers triggers, TimeProvider time, ILogger<TriggerService> logger) : DueService(time, logger)
{
    private const int Page = 100;

    private readonly ILogger _logger = logger;

    internal override async Task<int> FireDueAsync(CancellationToken cancellationToken)
    {
        var fired = 0;
        foreach (var due in Ready(await triggers.FindAsync(Page + WaitingApart, cancellationToken), due => due.Id))
        {
            var done = await TryAsync(
                due.Id, () => triggers.FireAsync(due, cancellationToken), e => LogFailed(_logger, due.ActivityId, due.DefinitionVersionId, e));
            fired += done ? 1 : 0;
        }

        return fired;
    }

    protected override Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => triggers.NextAsync(cancellationToken);

    [LoggerMessage(2131, LogLevel.Error, "The trigger {ActivityId} of definition version {DefinitionVersionId} could not start an instance; it will be tried again")]
    private static partial void LogFailed(ILogger logger, string activityId, string definitionVersionId, Exception exception);
}
