namespace Cleiss.Persistence.Verification;

/// <summary>Something that is true of a sound database at every moment, also while hosts work.</summary>
/// <param name="Code">Stable, kebab-case; what scripts may look for.</param>
/// <param name="Rule">What holds, in French: « Chaque signet a une instance en cours ».</param>
/// <param name="Mend">What a person does about a deviation, in French.</param>
/// <param name="Sql">One text column, in French: where it does not hold, one row per deviation. Read only, no parameters.</param>
public sealed record Invariant(string Code, string Rule, string Mend, string Sql);

/// <summary>The invariants of the tables a module owns.</summary>
public interface IInvariantSource
{
    IEnumerable<Invariant> Invariants { get; }
}

/// <param name="Count">How many deviations; 0 when the rule holds.</param>
/// <param name="Where">The first of them.</param>
public sealed record InvariantFinding(string Code, string Rule, string Mend, long Count, IReadOnlyList<string> Where)
{
    public bool Holds => Count == 0;
}
