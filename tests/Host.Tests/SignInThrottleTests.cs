using Cleiss.Host.SignIn;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Host.Tests;

public sealed class SignInThrottleTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Each_further_failure_waits_twice_as_long_and_a_success_forgets()
    {
        var throttle = new SignInThrottle(addressesAreReal: false, _time);
        Fail(throttle, "anne", "1", 4);
        Assert.Equal(TimeSpan.Zero, throttle.WaitOf("anne", "1"));

        Fail(throttle, "anne", "1", 1);
        Assert.Equal(TimeSpan.FromSeconds(30), throttle.WaitOf("anne", "1"));
        Assert.Equal(TimeSpan.Zero, throttle.WaitOf("anne", "2"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, throttle.WaitOf("anne", "1"));

        Fail(throttle, "anne", "1", 1);
        Assert.Equal(TimeSpan.FromSeconds(60), throttle.WaitOf("anne", "1"));
        Fail(throttle, "anne", "1", 40);
        Assert.Equal(TimeSpan.FromMinutes(15), throttle.WaitOf("anne", "1"));

        throttle.Succeeded("anne", "1");
        Assert.Equal(TimeSpan.Zero, throttle.WaitOf("anne", "1"));
    }

    [Fact]
    public void An_address_waits_as_a_whole_only_where_addresses_tell_clients_apart()
    {
        var (blind, seeing) = (new SignInThrottle(addressesAreReal: false, _time), new SignInThrottle(addressesAreReal: true, _time));
        for (var i = 0; i < 60; i++)
        {
            blind.Failed("guess" + i, "1");
            seeing.Failed("guess" + i, "1");
        }

        Assert.Equal(TimeSpan.Zero, blind.WaitOf("anne", "1"));
        Assert.NotEqual(TimeSpan.Zero, seeing.WaitOf("anne", "1"));
        Assert.Equal(TimeSpan.Zero, seeing.WaitOf("anne", "2"));
    }

    [Fact]
    public void What_it_remembers_is_bounded_and_the_latest_is_kept()
    {
        var throttle = new SignInThrottle(addressesAreReal: false, _time);
        for (var i = 0; i < 30_000; i++)
        {
            throttle.Failed("guess" + i, "1");
        }

        Fail(throttle, "anne", "1", 5);
        Assert.InRange(throttle.Remembered, 5_000, 10_000);
        Assert.NotEqual(TimeSpan.Zero, throttle.WaitOf("anne", "1"));
    }

    private static void Fail(SignInThrottle throttle, string user, string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            throttle.Failed(user, address);
        }
    }
}
