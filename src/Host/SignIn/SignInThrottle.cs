using System.Collections.Concurrent;

namespace Cleiss.Host.SignIn;

/// <summary>Slows down who guesses passwords: after too many failures, of one account or from one address, sign-in waits.</summary>
internal sealed class SignInThrottle
{
    private const int FailuresOfAccount = 5;
    private const int FailuresFromAddress = 50;
    private const int MostKeys = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Failures> _failures = new();

    public bool MustWait(string userName, string? address) =>
        CountOf("account " + userName) >= FailuresOfAccount || CountOf("address " + address) >= FailuresFromAddress;

    public void Failed(string userName, string? address)
    {
        Add("account " + userName);
        Add("address " + address);
    }

    public void Succeeded(string userName) => _failures.TryRemove("account " + userName, out _);

    private int CountOf(string key) => _failures.TryGetValue(key, out var known) && IsRecent(known) ? known.Count : 0;

    private void Add(string key)
    {
        if (_failures.Count >= MostKeys)
        {
            foreach (var old in _failures.Where(entry => !IsRecent(entry.Value)).ToArray())
            {
                _failures.TryRemove(old);
            }
        }

        _failures.AddOrUpdate(
            key,
            _ => new Failures(TimeProvider.System.GetTimestamp(), 1),
            (_, known) => IsRecent(known) ? known with { Count = known.Count + 1 } : new Failures(TimeProvider.System.GetTimestamp(), 1));
    }

    private static bool IsRecent(Failures failures) => TimeProvider.System.GetElapsedTime(failures.Since) < Window;

    private sealed record Failures(long Since, int Count);
}
