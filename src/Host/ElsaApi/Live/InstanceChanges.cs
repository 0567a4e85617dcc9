using Cleiss.Engine.Execution;

namespace Cleiss.Host.ElsaApi.Live;

/// <summary>Instances this host has changed since they were last taken; more than fit are told as « any ».</summary>
public sealed class InstanceChanges : IDisposable
{
    private const int Most = 2000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _some = new(0, 1);
    private HashSet<string> _changed = new(StringComparer.Ordinal);
    private bool _any;

    public InstanceChanges(BurstSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        signals.InstanceChanged = Add;
    }

    /// <summary>Whoever looks at this instance is told to look again.</summary>
    public void Add(string instanceId)
    {
        lock (_lock)
        {
            if (!_any && _changed.Add(instanceId))
            {
                _any = _changed.Count > Most;
                Announce();
            }
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _some.WaitAsync(cancellationToken);

    /// <returns>Null when any instance may have changed.</returns>
    public IReadOnlyCollection<string>? Take()
    {
        lock (_lock)
        {
            var (taken, any) = (_changed, _any);
            (_changed, _any) = (new(StringComparer.Ordinal), false);
            return any ? null : taken;
        }
    }

    /// <summary>What was taken reached nobody.</summary>
    public void GiveBack()
    {
        lock (_lock)
        {
            _any = true;
            Announce();
        }
    }

    public void Dispose() => _some.Dispose();

    private void Announce()
    {
        if (_some.CurrentCount == 0)
        {
            _some.Release();
        }
    }
}
