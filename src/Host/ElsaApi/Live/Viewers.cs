using System.Collections.Concurrent;

namespace Cleiss.Host.ElsaApi.Live;

/// <summary>Which instances people look at through this host, by connection.</summary>
public sealed class Viewers
{
    // A viewer looks at one instance; a client that asks for many more has lost count.
    private const int MostOfOne = 100;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _instances = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Watched => _instances.IsEmpty ? [] : _instances.Values.SelectMany(instances => instances.Keys).ToHashSet(StringComparer.Ordinal);

    /// <returns>False when the connection watches too many already.</returns>
    public bool TryAdd(string connectionId, string instanceId)
    {
        var instances = _instances.GetOrAdd(connectionId, static _ => new(StringComparer.Ordinal));
        return instances.ContainsKey(instanceId) || instances.Count < MostOfOne && instances.TryAdd(instanceId, 0);
    }

    public void Remove(string connectionId) => _instances.TryRemove(connectionId, out _);
}
