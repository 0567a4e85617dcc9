namespace Cleiss.Engine.Incidents;

/// <summary>How often and when a failed activity is tried again before it becomes an incident.</summary>
/// <param name="Id">What a definition stores (<c>customProperties.resilienceStrategy.strategyId</c>).</param>
/// <param name="DisplayName">French, for Studio's list.</param>
/// <param name="Attempts">New attempts after the first failure.</param>
/// <param name="FirstDelay">Before the first new attempt; each further one waits <paramref name="Factor"/> times longer.</param>
public sealed record RetryStrategy(string Id, string DisplayName, int Attempts, TimeSpan FirstDelay, double Factor)
{
    /// <param name="attempt">1 for the first new attempt.</param>
    public TimeSpan DelayBefore(int attempt) => FirstDelay * Math.Pow(Factor, attempt - 1);
}

/// <summary>The strategies an owner chooses from. They are part of the release, so that a definition behaves alike on every server.</summary>
public static class RetryStrategies
{
    /// <summary>Name of the timer a failed activity waits at.</summary>
    public const string BookmarkName = "Cleiss.Retry";

    public static IReadOnlyList<RetryStrategy> All { get; } =
    [
        new("bref", "Trois nouveaux essais en une minute et demie", 3, TimeSpan.FromSeconds(10), 2.5),
        new("heure", "Cinq nouveaux essais en une heure", 5, TimeSpan.FromMinutes(2), 2),
        new("journee", "Six nouveaux essais en une journée", 6, TimeSpan.FromMinutes(20), 2.05),
    ];

    public static RetryStrategy? Find(string id) => All.FirstOrDefault(strategy => strategy.Id == id);
}
