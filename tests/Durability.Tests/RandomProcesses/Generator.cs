namespace Cleiss.Durability.Tests.RandomProcesses;

/// <summary>Draws a process from a seed: the same seed gives the same process, whatever else runs.</summary>
/// <param name="withChildren">Also steps that run another workflow; they need workers.</param>
internal sealed class Generator(int seed, bool withChildren = false)
{
    private const int Deepest = 4;

    // Not for secrets: repeatable on purpose.
    private readonly Random _random = new(seed);
    private int _last;

    public Step Draw() => new Series($"s{seed}", Several(1, 4, 1));

    private Step One(int depth)
    {
        var id = $"s{seed}p{++_last}";
        return (depth >= Deepest ? _random.Next(5) : _random.Next(withChildren ? 12 : 11)) switch
        {
            0 or 1 => new Write(id),
            2 => new Effect(id),
            3 => new Wait(id),
            4 => new Pause(id, TimeSpan.FromMinutes(_random.Next(1, 100))),
            5 or 6 => new Series(id, Several(1, 3, depth + 1)),
            7 => new Decision(id, _random.Next(2) == 0, One(depth + 1), One(depth + 1)),
            8 => new Switched(id, _random.Next(4), Several(1, 3, depth + 1)),
            9 => _random.Next(2) == 0 ? new Forked(id, Several(2, 3, depth + 1)) : new SideBySide(id, Several(1, 3, depth + 1)),
            10 => new Each(id, _random.Next(4), One(depth + 1)),
            _ => new Child(id, One(depth + 1)),
        };
    }

    private Step[] Several(int atLeast, int atMost, int depth) => [.. Enumerable.Range(0, _random.Next(atLeast, atMost + 1)).Select(_ => One(depth))];
}
