using Cleiss.Durability.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Cleiss.Durability.Tests.RandomProcesses;

/// <summary>
/// Processes nobody thought of: each completes exactly at its predicted end, each leaf runs the predicted number of times, and a host that dies at
/// one of its writes changes neither. A failure prints its seed and the smallest process that still shows it.
/// </summary>
public sealed class RandomProcessTests(ITestOutputHelper output) : IDisposable
{
    private static readonly int Seeds = Sizes.Long ? 20_000 : 1_000;

    private ServiceProvider _services = MemoryRun.CreateServices();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Random_processes_end_where_they_must_and_run_each_leaf_as_often_as_they_must()
    {
        await EachSeedAsync(async (process, seed) => Judge(process, await new MemoryRun(_services).RunAsync(process, seed, NoCrash())));
    }

    [Fact]
    public async Task The_same_processes_end_alike_when_the_host_dies_at_a_random_write()
    {
        var deaths = 0;
        await EachSeedAsync(async (process, seed) =>
        {
            var whole = await new MemoryRun(_services).RunAsync(process, seed, NoCrash());
            var random = new Random(seed);
            var plan = new CrashPlan(random.Next(1, whole.Commits + 1), after: random.Next(2) == 0);
            var result = await new MemoryRun(_services).RunAsync(process, seed, plan);
            deaths += plan.Happened ? 1 : 0;
            return plan.Happened || whole.Failure is not null ? Judge(process, result) : "the host did not die";
        });
        Assert.True(deaths >= Seeds, $"Only {deaths} of {Seeds} hosts died.");
    }

    private static CrashPlan NoCrash() => new(int.MaxValue, after: false);

    private async Task EachSeedAsync(Func<Step, int, Task<string?>> run)
    {
        output.WriteLine($"seeds from {Sizes.Seed}");
        for (var seed = Sizes.Seed; seed < Sizes.Seed + Seeds; seed++)
        {
            if (seed % 1_000 == 0)
            {
                // The store keeps every definition; among ten thousands each look takes long.
                await _services.DisposeAsync();
                _services = MemoryRun.CreateServices();
            }

            var process = new Generator(seed).Draw();
            if (await FailureAsync(run, process, seed) is { } failure)
            {
                var smallest = await ShrinkAsync(run, process, seed);
                Assert.Fail($"Seed {seed} (repeat with CLEISS_SEED={seed}): {failure}\nSmallest that fails: "
                    + $"{await FailureAsync(run, smallest, seed)}\n{Draft.Definition(smallest, new Draft()).ToJsonString()}");
            }
        }
    }

    private static async Task<string?> FailureAsync(Func<Step, int, Task<string?>> run, Step process, int seed)
    {
        try
        {
            return await run(process, seed);
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    private static async Task<Step> ShrinkAsync(Func<Step, int, Task<string?>> run, Step process, int seed)
    {
        for (var tries = 0; tries < 500; tries++)
        {
            Step? smaller = null;
            foreach (var candidate in process.Simpler())
            {
                if (await FailureAsync(run, candidate, seed) is not null)
                {
                    smaller = candidate;
                    break;
                }
            }

            if (smaller is null)
            {
                return process;
            }

            process = smaller;
        }

        return process;
    }

    /// <returns>What is wrong; null when nothing is.</returns>
    internal static string? Judge(Step process, MemoryRun.Result result)
    {
        if (result.Failure is not null || result.SubStatus != "Finished")
        {
            return $"{result.SubStatus}, {result.Failure}";
        }

        var predicted = new Dictionary<string, int>(StringComparer.Ordinal);
        process.Predict(predicted, 1);
        var differences = predicted.Keys.Union(result.Seen.Keys)
            .Where(key => predicted.GetValueOrDefault(key) != result.Seen.GetValueOrDefault(key))
            .Select(key => $"{key}: {result.Seen.GetValueOrDefault(key)} times instead of {predicted.GetValueOrDefault(key)}")
            .ToList();
        return differences.Count == 0 ? null : string.Join(", ", differences);
    }
}
