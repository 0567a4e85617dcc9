namespace Cleiss.Activities.Http;

/// <summary>Settings of the HTTP activities, section <c>HttpActivities</c>.</summary>
public sealed class HttpActivityOptions
{
    public const string Section = "HttpActivities";

    /// <summary>How long a request waits for its flow to answer when the endpoint says nothing; then it is answered 202. Default: 30 seconds.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest request a flow can receive, in bytes; an endpoint may set less. Default: 10 MB.</summary>
    public long RequestSizeLimit { get; init; } = 10 * 1024 * 1024;

    /// <summary>Largest answer a flow can take in, in bytes: it becomes part of the instance. Default: 1 MB.</summary>
    public long ResponseSizeLimit { get; init; } = 1024 * 1024;

    /// <summary>How long a request sent by a flow may take. Default: 60 seconds.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Hosts that flows may reach although their address is internal. Default: none.</summary>
    public IReadOnlyList<string> AllowedInternalHosts { get; init; } = [];
}
