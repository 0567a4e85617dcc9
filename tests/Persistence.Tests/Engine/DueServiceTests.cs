using Cleiss.Persistence.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cleiss.Persistence.Tests.Engine;

public sealed class DueServiceTests
{
    [Fact]
    public async Task AnUnexpectedFailure_DoesNotEndTheLoop()
    {
        using var service = new Failing();
        await service.StartAsync(CancellationToken.None);
        await service.LookedAgain.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ARowThatFails_WaitsApart_AndTheOthersGoOn()
    {
        using var service = new Failing();
        Assert.False(await service.FireAsync("bad", fails: true));
        Assert.Equal(["good"], service.May("bad", "good"));
        Assert.True(await service.FireAsync("good", fails: false));
        Assert.Equal(["good"], service.May("good"));
        Assert.Equal(["bad"], service.May("bad"));
    }

    private sealed class Failing() : DueService(TimeProvider.System, NullLogger.Instance)
    {
        private int _looks;

        public TaskCompletionSource LookedAgain { get; } = new();

        public IReadOnlyList<string> May(params string[] due) => Ready(due, id => id);

        public Task<bool> FireAsync(string id, bool fails) =>
            TryAsync(id, () => fails ? throw new InvalidOperationException("out of order") : Task.FromResult(true), _ => { });

        internal override Task<int> FireDueAsync(CancellationToken cancellationToken)
        {
            if (++_looks == 1)
            {
                throw new InvalidOperationException("unexpected");
            }

            LookedAgain.TrySetResult();
            return Task.FromResult(0);
        }

        protected override Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);
    }
}
