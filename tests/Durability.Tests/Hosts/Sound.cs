using Cleiss.Persistence.Verification;
using Xunit;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>Runs the product's own verification; every test of this project ends with it.</summary>
internal static class Sound
{
    public static async Task AssertAsync(InProcessHost host)
    {
        var report = await host.Get<DatabaseVerifier>().VerifyAsync(CancellationToken.None);
        Assert.True(report.Holds, report.ToText());
    }
}
