using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Triggers;

/// <summary>The index in memory, for tests and benchmarks. A claim takes effect at once, not with the burst's commit.</summary>
public sealed class MemoryTriggerStore : ITriggerStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WorkflowTrigger> _triggers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _paused = new(StringComparer.Ordinal);

    /// <summary>What <see cref="TriggerSuccession"/> says, applied.</summary>
    public void Replace(string definitionId, IReadOnlyList<WorkflowTrigger> triggers, DateTimeOffset? inForceFrom, DateTimeOffset now)
    {
        lock (_gate)
        {
            var old = _triggers.Values.Where(trigger => trigger.DefinitionId == definitionId).ToList();
            old.ForEach(trigger => _triggers.Remove(trigger.Id));
            foreach (var trigger in TriggerSuccession.Apply(old, triggers, inForceFrom, now))
            {
                _triggers[trigger.Id] = trigger;
            }
        }
    }

    public void Remove(string definitionId)
    {
        lock (_gate)
        {
            _triggers.Values.Where(trigger => trigger.DefinitionId == definitionId).ToList().ForEach(trigger => _triggers.Remove(trigger.Id));
        }
    }

    public Task<IReadOnlyList<WorkflowTrigger>> FindAsync(string hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Select(trigger => trigger.Hash == hash && trigger.IsActiveAt(now)));

    public Task<IReadOnlyList<WorkflowTrigger>> FindByNameAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(Select(trigger => trigger.Name == name && trigger.IsActiveAt(now)));

    public Task<IReadOnlyList<WorkflowTrigger>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkflowTrigger>>(
            [.. Select(trigger => trigger.IsDueAt(now)).OrderBy(trigger => trigger.NextDue).Take(limit)]);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Select(trigger => trigger.NextDue is not null).Min(trigger => trigger.NextDue));

    public Task<bool> ClaimAsync(IBurstTransaction transaction, WorkflowTrigger due, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_triggers.TryGetValue(due.Id, out var current) || current.NextDue != due.NextDue || _paused.Contains(due.DefinitionId))
            {
                return Task.FromResult(false);
            }

            _triggers[due.Id] = current with { NextDue = next };
            return Task.FromResult(true);
        }
    }

    public Task PauseAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _paused.Add(definitionId);
        }

        return Task.CompletedTask;
    }

    public Task ContinueAsync(string definitionId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _paused.Remove(definitionId);
        }

        return Task.CompletedTask;
    }

    public Task<bool> IsPausedAsync(string definitionId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_paused.Contains(definitionId));
        }
    }

    private IReadOnlyList<WorkflowTrigger> Select(Func<WorkflowTrigger, bool> predicate)
    {
        lock (_gate)
        {
            return [.. _triggers.Values.Where(trigger => !_paused.Contains(trigger.DefinitionId) && predicate(trigger))];
        }
    }
}

/// <summary>How the triggers of a newly published version follow those of its predecessors; stores apply it in the publishing transaction.</summary>
public static class TriggerSuccession
{
    /// <param name="old">All triggers of the definition.</param>
    /// <param name="inForceFrom">Null: the new version replaces the old ones now; otherwise they stay until then.</param>
    /// <returns>All triggers the definition has afterwards.</returns>
    public static IReadOnlyList<WorkflowTrigger> Apply(
        IReadOnlyList<WorkflowTrigger> old, IReadOnlyList<WorkflowTrigger> next, DateTimeOffset? inForceFrom, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(next);
        // What expired goes, unless it fell due in its time and has not fired yet.
        var known = old.Where(trigger => !(trigger.ActiveUntil <= now) || trigger.IsDueAt(now)).ToList();
        if (inForceFrom is { } from)
        {
            return
            [
                .. known.Where(trigger => trigger.ActiveFrom is null || trigger.ActiveFrom < from)
                    .Select(trigger => trigger.ActiveUntil is null || trigger.ActiveUntil > from ? trigger with { ActiveUntil = from } : trigger),
                .. next,
            ];
        }

        // The same timer at the same activity keeps its phase, and one that has fired for the last time does not fire again. Versions that come
        // into force later are still to come.
        var before = known.Where(trigger => trigger.IsActiveAt(now)).ToLookup(trigger => (trigger.ActivityId, trigger.Hash));
        var later = known.Where(trigger => trigger.ActiveFrom > now).ToList();
        var until = later.Min(trigger => trigger.ActiveFrom);
        return
        [
            .. next.Select(trigger => (before[(trigger.ActivityId, trigger.Hash)].FirstOrDefault() is { } same
                ? trigger with { NextDue = same.NextDue }
                : trigger) with { ActiveUntil = until }),
            .. later,
        ];
    }
}
