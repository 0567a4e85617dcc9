using Npgsql;

namespace Cleiss.Persistence.Bursts;

/// <summary>
/// Writes what activities and callers left beside the engine's own state (user tasks, timeline, numbers, documents, mails…) in the
/// transaction of the burst. Companions are plain records; the participant that knows one adds SQL commands to the burst's batch.
/// Statements of companions run in the order in which the companions were added, after the engine's own rows.
/// </summary>
public interface IBurstParticipant
{
    /// <summary>Adds the commands for <paramref name="companion"/>; false when this participant does not know its type.</summary>
    bool TryWrite(object companion, BurstScope scope, NpgsqlBatch batch);
}

/// <param name="WorkflowInstanceId">Null when an effect that belongs to no instance is settled.</param>
/// <param name="CorrelationId">For business instances the case's id.</param>
/// <param name="Now">The burst's time, from <see cref="TimeProvider"/>; use it as a parameter, never SQL's <c>now()</c>.</param>
public sealed record BurstScope(string? WorkflowInstanceId, string? CorrelationId, DateTimeOffset Now);
