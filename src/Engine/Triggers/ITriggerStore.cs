using System.Text.Json.Nodes;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Triggers;

/// <summary>
/// One entry of the index of what starts workflows. Written in the transaction that publishes or retracts the version.
/// </summary>
/// <param name="ActiveFrom">The version's date of effect; null from the beginning.</param>
/// <param name="ActiveUntil">When a later version takes over; null while none does.</param>
/// <param name="NextDue">For timers; null when it has fired for the last time, or waits for a stimulus.</param>
public sealed record WorkflowTrigger(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    string ActivityId,
    string Name,
    string Hash,
    JsonObject? Payload,
    DateTimeOffset? ActiveFrom,
    DateTimeOffset? ActiveUntil,
    DateTimeOffset? NextDue,
    string? Recurrence)
{
    public bool IsActiveAt(DateTimeOffset now) => (ActiveFrom is null || ActiveFrom <= now) && (ActiveUntil is null || now < ActiveUntil);

    /// <summary>A late timer fires although a successor is in force by now: it fell due in this version's time.</summary>
    public bool IsDueAt(DateTimeOffset now) => NextDue <= now && (ActiveFrom is null || ActiveFrom <= now) && (ActiveUntil is null || NextDue < ActiveUntil);
}

/// <summary>The index of triggers. Those of paused definitions are not found and do not fall due.</summary>
public interface ITriggerStore
{
    /// <summary>Active triggers that a stimulus of this hash starts.</summary>
    Task<IReadOnlyList<WorkflowTrigger>> FindAsync(string hash, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Active triggers of one name, e.g. all HTTP endpoints.</summary>
    Task<IReadOnlyList<WorkflowTrigger>> FindByNameAsync(string name, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Active timers due at or before <paramref name="now"/>, most overdue first.</summary>
    Task<IReadOnlyList<WorkflowTrigger>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>The next time a timer falls due; null when none does.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Moves a timer on to <paramref name="next"/>, in the transaction of the instance it starts. False when another host has it, or it is no
    /// longer due then.
    /// </summary>
    Task<bool> ClaimAsync(IBurstTransaction transaction, WorkflowTrigger due, DateTimeOffset? next, CancellationToken cancellationToken);

    /// <summary>Stops a definition from being started by triggers, until <see cref="ContinueAsync"/>; what runs already goes on.</summary>
    Task PauseAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a pause. Timers missed meanwhile fire once.</summary>
    Task ContinueAsync(string definitionId, CancellationToken cancellationToken);

    Task<bool> IsPausedAsync(string definitionId, CancellationToken cancellationToken);
}
