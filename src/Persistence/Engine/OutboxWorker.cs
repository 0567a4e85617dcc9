using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cleiss.Persistence.Engine;

/// <summary>
/// Does the effects of the outbox, some at a time: claim, handle outside any transaction, then settle in the burst that takes the result.
/// A handler runs at least once; its result reaches the flow exactly once.
/// </summary>
public sealed partial class OutboxWorker(
    Outbox outbox,
    HostPresence presence,
    WorkflowRuntime runtime,
    BurstSignals signals,
    IEnumerable<IEffectHandler> handlers,
    TimeProvider time,
    ILogger<OutboxWorker> logger) : BackgroundService
{
    private const int AttemptLimit = 12;

    /// <summary>How often a result that the flow refuses is offered again before its effect is parked: the effect itself has happened and must not happen again.</summary>
    private const int OfferLimit = 3;

    private static readonly int Parallel = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, IEffectHandler> _handlers = handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);
    private readonly List<(string EffectId, Task Work)> _running = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await TakeSomeAsync(stoppingToken))
                {
                    await signals.WaitForEffectsAsync(SafetyNet, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // Whatever it was: effects must go on when it is over.
                LogNotReached(logger, e.Message);
                await Task.Delay(SafetyNet, CancellationToken.None);
            }
        }

        await Task.WhenAll(_running.Select(running => running.Work));
    }

    private async Task<bool> TakeSomeAsync(CancellationToken cancellationToken)
    {
        _running.RemoveAll(running => running.Work.IsCompleted);
        if (_running.Count >= Parallel)
        {
            await Task.WhenAny(_running.Select(running => running.Work));
            return true;
        }

        var owner = presence.Number;
        if (owner == 0)
        {
            return false;
        }

        await outbox.ReleaseOrphansAsync(owner, [.. _running.Select(running => running.EffectId)], cancellationToken);
        var effects = await outbox.ClaimAsync(owner, Parallel - _running.Count, time.GetUtcNow(), cancellationToken);
        foreach (var effect in effects)
        {
            _running.Add((effect.Id, DoAsync(effect, owner, cancellationToken)));
        }

        return effects.Count > 0;
    }

    private async Task DoAsync(Effect effect, int owner, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await OfferAsync(effect, owner, await HandleAsync(effect, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: the row still names this host and is freed when its lock is gone.
        }
    }

    /// <summary>
    /// Brings a result home. While the database is away it is kept and offered again, so that nothing outside is done twice; a result that the
    /// flow itself refuses (its state or definition cannot be read, say) parks the effect after some tries.
    /// </summary>
    private async Task OfferAsync(Effect effect, int owner, EffectResult result, CancellationToken cancellationToken)
    {
        for (var refusals = 0; ;)
        {
            try
            {
                await ApplyAsync(effect, owner, result, cancellationToken);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotApplied(logger, effect.Kind, effect.Id, effect.WorkflowInstanceId, e);
                refusals += e is NpgsqlException { IsTransient: true } ? 0 : 1;
                if (refusals == OfferLimit && result is not EffectResult.Park)
                {
                    result = new EffectResult.Park($"The effect was done but its result could not be applied: {e.Message}");
                    continue;
                }

                await Task.Delay(BackOff(Math.Clamp(refusals, 1, OfferLimit)), cancellationToken);
            }
        }
    }

    private async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(effect.Kind, out var handler))
        {
            return new EffectResult.Park($"No handler for effects of kind « {effect.Kind} ». Known: {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}.");
        }

        try
        {
            return await handler.HandleAsync(effect, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            LogFailed(logger, effect.Kind, effect.Id, effect.Attempt, effect.WorkflowInstanceId, e);
            return new EffectResult.Retry(e.Message);
        }
    }

    private Task ApplyAsync(Effect effect, int owner, EffectResult result, CancellationToken cancellationToken) => result switch
    {
        EffectResult.Done done => SettleAsync(effect, owner, done, cancellationToken),
        EffectResult.Retry retry when effect.Attempt < AttemptLimit => runtime.WriteAsync(
            [.. retry.Companions, new PutBackEffect(effect.Id, owner, time.GetUtcNow() + (retry.After ?? BackOff(effect.Attempt)), retry.Reason)], cancellationToken),
        EffectResult.Retry retry => ParkAsync(effect, owner, $"{effect.Attempt} attempts failed; the last one: {retry.Reason}", retry.Companions, cancellationToken),
        EffectResult.Park park => ParkAsync(effect, owner, park.Reason, park.Companions, cancellationToken),
        _ => throw new InvalidOperationException($"Unknown effect result {result.GetType().Name}."),
    };

    private async Task SettleAsync(Effect effect, int owner, EffectResult.Done done, CancellationToken cancellationToken)
    {
        object[] companions = [.. done.Companions, new SettleEffect(effect.Id, owner)];
        if (effect is { BookmarkId: { } bookmark, WorkflowInstanceId: { } instance })
        {
            var resumed = await runtime.ResumeAsync(
                new ResumeBookmark(instance, bookmark, done.Output ?? [], effect.Kind, companions), cancellationToken);
            if (resumed.Status != BurstStatus.InstanceNotFound)
            {
                return;
            }
        }

        await runtime.WriteAsync(companions, cancellationToken);
    }

    private Task ParkAsync(Effect effect, int owner, string reason, object[] companions, CancellationToken cancellationToken)
    {
        LogParked(logger, effect.Kind, effect.Id, effect.WorkflowInstanceId, reason);
        return runtime.WriteAsync([.. companions, new ParkEffect(effect.Id, owner, reason)], cancellationToken);
    }

    /// <summary>1 s, 2 s, 4 s … up to ten minutes.</summary>
    private static TimeSpan BackOff(int attempt) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempt - 1), LongestBackOff.TotalSeconds));

    [LoggerMessage(2111, LogLevel.Warning, "Effect {Kind} {EffectId}, attempt {Attempt}, of instance {WorkflowInstanceId} failed")]
    private static partial void LogFailed(ILogger logger, string kind, string effectId, int attempt, string? workflowInstanceId, Exception exception);

    [LoggerMessage(2112, LogLevel.Error, "Effect {Kind} {EffectId} of instance {WorkflowInstanceId} is parked: {Reason}")]
    private static partial void LogParked(ILogger logger, string kind, string effectId, string? workflowInstanceId, string reason);

    [LoggerMessage(2113, LogLevel.Error, "The result of effect {Kind} {EffectId} of instance {WorkflowInstanceId} could not be applied; it will be tried again")]
    private static partial void LogNotApplied(ILogger logger, string kind, string effectId, string? workflowInstanceId, Exception exception);

    [LoggerMessage(2114, LogLevel.Warning, "The outbox cannot reach the database: {Reason}")]
    private static partial void LogNotReached(ILogger logger, string reason);
}
