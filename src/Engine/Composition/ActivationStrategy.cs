using System.Text.Json.Nodes;

namespace Cleiss.Engine.Composition;

/// <summary>
/// Whether a definition may have another instance now. « Running » is what neither finished, nor was cancelled, nor stands still at an incident.
/// Checked and held under a lock that all hosts share.
/// </summary>
public enum ActivationStrategy
{
    AllowAlways,

    /// <summary>One running instance of the definition.</summary>
    Singleton,

    /// <summary>One running instance, of whatever definition, for a correlation id; without a correlation id there is nothing to compare.</summary>
    Correlation,

    /// <summary>One running instance of the definition for a correlation id; without a correlation id one at all.</summary>
    CorrelatedSingleton,
}

internal static class ActivationStrategies
{
    /// <summary>Elsa stores the .NET type of its strategy class; Studio compares nothing, so short names do as well.</summary>
    public static ActivationStrategy Read(JsonObject document)
    {
        var name = document["options"]?["activationStrategyType"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
        return name.Contains("CorrelatedSingleton", StringComparison.Ordinal) ? ActivationStrategy.CorrelatedSingleton
            : name.Contains("Singleton", StringComparison.Ordinal) ? ActivationStrategy.Singleton
            : name.Contains("Correlation", StringComparison.Ordinal) ? ActivationStrategy.Correlation
            : ActivationStrategy.AllowAlways;
    }
}

/// <summary>Which running instances stand in the way of a start.</summary>
/// <param name="DefinitionId">Null: of any definition.</param>
/// <param name="CorrelationId">Null: whatever the correlation id.</param>
public sealed record ActivationScope(string? DefinitionId, string? CorrelationId)
{
    /// <summary>Starts of equal keys wait for each other.</summary>
    public string Key => $"{DefinitionId}|{CorrelationId}";

    /// <summary>Null when nothing can stand in the way.</summary>
    internal static ActivationScope? Of(ActivationStrategy strategy, string definitionId, string? correlationId) => strategy switch
    {
        ActivationStrategy.Singleton => new ActivationScope(definitionId, null),
        ActivationStrategy.CorrelatedSingleton => new ActivationScope(definitionId, correlationId),
        ActivationStrategy.Correlation when correlationId is not null => new ActivationScope(null, correlationId),
        _ => null,
    };
}

/// <summary>Companion of a start: notes the instance among those that a later start of the definition has to look at.</summary>
public sealed record NoteActivation(string DefinitionId);
