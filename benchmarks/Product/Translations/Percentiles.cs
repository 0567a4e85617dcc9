using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cleiss.Product.Translations;

/// <summary>How long the calls of each step took their callers.</summary>
public sealed class Percentiles
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<double>> _steps = [];

    public async Task<T> TimeAsync<T>(string step, Func<Task<T>> call)
    {
        var clock = Stopwatch.StartNew();
        var answer = await call();
        _steps.GetOrAdd(step, _ => []).Enqueue(clock.Elapsed.TotalMilliseconds);
        return answer;
    }

    public IEnumerable<string> Lines() => _steps.OrderBy(step => step.Key, StringComparer.Ordinal).Select(step =>
    {
        var sorted = step.Value.Order().ToArray();
        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
        return $"{step.Key}: p50 {At(0.5):F0} ms, p95 {At(0.95):F0} ms ({sorted.Length} calls)";
    });
}
