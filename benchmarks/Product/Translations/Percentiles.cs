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
        $"{step.Key}: p50 {Shares.Median(step.Value):F0} ms, p95 {Shares.Percentile(step.Value, 0.95):F0} ms ({step.Value.Count} calls)");
}
