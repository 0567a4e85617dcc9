namespace Cleiss.Activities.PartnerLinks;

/// <summary>Slows down who tries links that do not exist: after some of them, an address waits for the rest of its five minutes.</summary>
public sealed class PartnerAttempts(TimeProvider time)
{
    private const int FreeFailures = 20;
    private const int MostAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private DateTimeOffset _begun;

    /// <summary>False while the address has to wait.</summary>
    public bool MayTry(string? address)
    {
        lock (_gate)
        {
            Renew();
            return _failures.GetValueOrDefault(address ?? "") < FreeFailures;
        }
    }

    public void Failed(string? address)
    {
        lock (_gate)
        {
            Renew();
            if (_failures.Count < MostAddresses || _failures.ContainsKey(address ?? ""))
            {
                _failures[address ?? ""] = _failures.GetValueOrDefault(address ?? "") + 1;
            }
        }
    }

    private void Renew()
    {
        var now = time.GetUtcNow();
        if (now - _begun >= Window)
        {
            _begun = now;
            _failures.Clear();
        }
    }
}
