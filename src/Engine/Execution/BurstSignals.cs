using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>Wakes this host's outbox and timer loops after a commit; other hosts hear it through the database's notifications.</summary>
public sealed class BurstSignals : IDisposable
{
    private readonly SemaphoreSlim _effects = new(0, 1);
    private readonly SemaphoreSlim _timers = new(0, 1);

    /// <summary>Called after a commit of this host that others should hear of.</summary>
    public Action<BurstNews>? Committed { get; set; }

    /// <summary>Called with the id of each instance a commit of this host has changed; must return at once.</summary>
    public Action<string>? InstanceChanged { get; set; }

    internal void AfterCommit(Burst burst)
    {
        if (InstanceChanged is { } changed && burst.Instance is { } instance)
        {
            changed(instance.Id);
        }

        var hasEffects = burst.Effects.Count > 0 || burst.Companions.Count > 0 && burst.Companions.Exists(companion => companion is EnqueueEffects);
        if (!hasEffects && burst.NewBookmarks.Count == 0)
        {
            return;
        }

        var news = new BurstNews(hasEffects, burst.NewBookmarks.Min(b => b.DueAt), burst.Instance?.Id);
        Wake(news);
        Committed?.Invoke(news);
    }

    /// <summary>Called for news of other hosts, and by whoever writes outbox rows or moves the clock outside a burst.</summary>
    public void Wake(BurstNews news)
    {
        if (news.HasEffects)
        {
            Release(_effects);
        }

        if (news.NextDue is not null)
        {
            Release(_timers);
        }
    }

    public Task<bool> WaitForEffectsAsync(TimeSpan atMost, CancellationToken cancellationToken) => _effects.WaitAsync(atMost, cancellationToken);

    public Task<bool> WaitForTimersAsync(TimeSpan atMost, CancellationToken cancellationToken) => _timers.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        _effects.Dispose();
        _timers.Dispose();
    }

    private static void Release(SemaphoreSlim semaphore)
    {
        try
        {
            semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake: one pending wake-up is enough.
        }
    }
}

/// <param name="NextDue">Earliest due time the burst added; null when it added none.</param>
public sealed record BurstNews(bool HasEffects, DateTimeOffset? NextDue, string? WorkflowInstanceId);
