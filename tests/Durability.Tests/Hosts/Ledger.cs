using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>What the outside world saw: every attempt of every effect, by idempotency key. It outlives the hosts, as a real outside would.</summary>
internal sealed class Ledger
{
    /// <summary>Key of the effect, and what it was about.</summary>
    public ConcurrentQueue<(string Key, string Note)> Attempts { get; } = [];

    /// <summary>Called for each attempt; may throw, park or take its time.</summary>
    public Func<Effect, Task<EffectResult>>? Answer { get; set; }

    /// <summary>How often each note has happened, repetitions under the same key counted once.</summary>
    public IReadOnlyDictionary<string, int> Distinct() =>
        Attempts.DistinctBy(attempt => attempt.Key).GroupBy(attempt => attempt.Note).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}

internal static class LedgerServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services, Ledger ledger)
    {
        services.AddSingleton(ledger);
        services.AddActivitiesFrom(typeof(Note).Assembly);
        return services.AddEffectHandler<LedgerHandler>();
    }
}

internal sealed class LedgerHandler(Ledger ledger) : IEffectHandler
{
    public const string EffectKind = "test.note";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        ledger.Attempts.Enqueue((effect.IdempotencyKey, effect.Payload["note"]?.GetValue<string>() ?? ""));
        return ledger.Answer is { } answer ? await answer(effect) : new EffectResult.Done(new JsonObject { ["ok"] = true });
    }
}

/// <summary>Asks the outside to note something and waits until it has.</summary>
[Activity("Durability", "Essais", "Fait noter quelque chose au-dehors.")]
public sealed class Note : Activity
{
    [Input(DisplayName = "Texte")]
    public Input<string>? Text { get; set; }

    protected override void Execute(ActivityExecutionContext context) => context.AddEffect(
        LedgerHandler.EffectKind, new JsonObject { ["note"] = context.Get(Text) }, context.CreateBookmark(new CreateBookmarkArgs("Durability.Note")));
}
