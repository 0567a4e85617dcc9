using System.Text.Json.Nodes;

namespace Cleiss.Engine.Effects;

/// <summary>
/// Does one kind of outside work (mail, PDF, HTTP call…) after the burst that asked for it has committed. Called at least once per effect,
/// on any host; the result is applied to the flow exactly once.
/// </summary>
public interface IEffectHandler
{
    /// <summary>Matches <see cref="Effect.Kind"/>, e.g. <c>mail.send</c>.</summary>
    string Kind { get; }

    /// <summary>Does the work outside any transaction. A thrown exception counts as <see cref="EffectResult.Retry"/>.</summary>
    Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken);
}

/// <summary>An outbox row that this host has leased.</summary>
/// <param name="IdempotencyKey">Stable over all attempts; give it to the outside where the outside can use it.</param>
/// <param name="Payload">What the activity put there; ids only, never personal data.</param>
/// <param name="BookmarkId">The bookmark the result resumes, or null when nobody waits.</param>
/// <param name="Attempt">1 for the first try.</param>
public sealed record Effect(
    string Id,
    string Kind,
    string IdempotencyKey,
    JsonObject Payload,
    string? WorkflowInstanceId,
    string? CorrelationId,
    string? BookmarkId,
    int Attempt,
    DateTimeOffset CreatedAt);

/// <summary>How an attempt ended. Companions are written in the same transaction that settles the outbox row.</summary>
public abstract record EffectResult
{
    /// <summary>Done: the row is settled and the bookmark, when there is one, resumed with <paramref name="Output"/>.</summary>
    public sealed record Done(JsonObject? Output = null, params object[] Companions) : EffectResult;

    /// <summary>Try again later; <paramref name="After"/> null means the usual back-off. Past the attempt limit the row is parked.</summary>
    public sealed record Retry(string Reason, TimeSpan? After = null, params object[] Companions) : EffectResult;

    /// <summary>Set aside with a reason for a person to look at; the next rows go on.</summary>
    public sealed record Park(string Reason, params object[] Companions) : EffectResult;
}
