using System.Diagnostics;
using Xunit;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>Looks until it is so; what is waited for happens on other threads or hosts.</summary>
internal static class Eventually
{
    public static async Task IsSoAsync(string what, Func<Task<bool>> condition, Func<string>? otherwise = null, int seconds = 60)
    {
        var clock = Stopwatch.StartNew();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(seconds), $"Waited {seconds} s in vain until {what}. {otherwise?.Invoke()}");
            await again.WaitForNextTickAsync();
        }
    }
}
