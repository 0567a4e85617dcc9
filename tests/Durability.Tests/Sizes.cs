[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace Cleiss.Durability.Tests;

/// <summary>How much the tests of this project do: short in the normal run, whole with <c>CLEISS_LONG=1</c>.</summary>
internal static class Sizes
{
    public static readonly bool Long = Environment.GetEnvironmentVariable("CLEISS_LONG") == "1";

    /// <summary>The seed of everything random in this run; <c>CLEISS_SEED</c> repeats an earlier one.</summary>
    public static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("CLEISS_SEED"), out var given) ? given : Random.Shared.Next(1_000_000);
}
