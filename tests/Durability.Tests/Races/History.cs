using System.Collections.Concurrent;

namespace Cleiss.Durability.Tests.Races;

internal enum Answer
{
    /// <summary>It was done.</summary>
    Ok,

    /// <summary>It was refused, and certainly not done.</summary>
    Fail,

    /// <summary>No answer: done or not, nobody knows.</summary>
    Info,
}

/// <param name="Operation">Unique; what the database must show when it was done.</param>
/// <param name="Subject">What it was about: a bookmark, a task.</param>
/// <param name="Revision">The revision the answer named; null when it names none.</param>
internal sealed record Call(string Client, string Kind, string Operation, string Subject, Answer Answer, int? Revision = null);

/// <summary>Every call of every client, as the clients saw it.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<Call> _calls = [];

    public IReadOnlyList<Call> Calls => [.. _calls];

    /// <param name="work">The call; null when it was refused.</param>
    public async Task<Call> RecordAsync(string client, string kind, string operation, string subject, Func<Task<(bool Done, int? Revision)>> work)
    {
        Call call;
        try
        {
            var (done, revision) = await work();
            call = new Call(client, kind, operation, subject, done ? Answer.Ok : Answer.Fail, revision);
        }
        catch (Exception e) when (Hosts.LiaisonOffice.IsNoAnswer(e))
        {
            call = new Call(client, kind, operation, subject, Answer.Info);
        }

        _calls.Enqueue(call);
        return call;
    }
}
