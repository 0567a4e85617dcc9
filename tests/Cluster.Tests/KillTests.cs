using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Xunit;
using Xunit.Abstractions;

namespace Cleiss.Cluster.Tests;

/// <summary><c>CLEISS_LONG=1</c>: 40 cases and 60 kills. <c>CLEISS_SEED</c> repeats the moments of an earlier run.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("CLEISS_LONG") == "1";
    private static readonly TimeSpan AcceptanceDelay = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(Long ? 30 : 4);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task Cases_finish_though_the_host_is_killed_at_random_moments()
    {
        var (cases, kills) = Long ? (40, 60) : (6, 6);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CLEISS_SEED"), out var given) ? given : Random.Shared.Next(1_000_000);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var receiver = await SmtpReceiver.StartAsync(AcceptanceDelay);
        await using var host = new ProductHost(database.ConnectionString, receiver.Port);
        using var driver = new CaseDriver([host], Patience, Look);
        var running = new List<Task>();

        for (var kill = 0; kill < kills; kill++)
        {
            // New cases begin all along, so that every kill finds some on their way.
            while (running.Count < cases && running.Count <= (double)kill * cases / (kills - 1))
            {
                running.Add(driver.RunAsync());
            }

            await LiveAndDieAsync(host, receiver, random, first: kill == 0);
        }

        await host.StartAsync();
        try
        {
            await Task.WhenAll(running);
            await EmptyOutboxAsync(database);
            Assert.Equal(cases, running.Count);
            Assert.Empty(driver.Failures);
            await Evidence.AssertAllClosedOnceAsync(database, receiver, cases);
        }
        catch
        {
            output.WriteLine(host.Output);
            throw;
        }

        output.WriteLine($"{kills} kills; {receiver.Mails.Count} mails received for {cases} due");
    }

    /// <summary>Killed while it starts, at a random moment of its work, or just when the mail server thinks about a mail.</summary>
    private static async Task LiveAndDieAsync(ProductHost host, SmtpReceiver receiver, Random random, bool first)
    {
        var how = random.Next(6);
        var moment = TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 2.7));
        var thinking = AcceptanceDelay * (random.NextDouble() * 1.5);
        host.Launch();
        if (how == 0 || first)
        {
            await Task.Delay(moment);
        }
        else
        {
            await host.UntilReadyAsync();
            var mail = receiver.NextMail;
            if (how >= 4 && await Task.WhenAny(mail, Task.Delay(TimeSpan.FromSeconds(3))) == mail)
            {
                await Task.Delay(thinking);
            }
            else if (how < 4)
            {
                await Task.Delay(moment);
            }
        }

        await host.KillAsync();
    }

    private static async Task EmptyOutboxAsync(TestDatabase database)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 300 && await database.ScalarAsync<long>("select count(*) from outbox") > 0; i++)
        {
            await again.WaitForNextTickAsync();
        }
    }

    [Fact]
    public async Task Two_hosts_on_one_database_share_the_work_and_no_number_is_given_twice()
    {
        const int Cases = 4;
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var receiver = await SmtpReceiver.StartAsync(AcceptanceDelay);
        await using var one = new ProductHost(database.ConnectionString, receiver.Port);
        await using var two = new ProductHost(database.ConnectionString, receiver.Port);

        // Both at once on an empty database: they must agree on who migrates and loads.
        await Task.WhenAll(one.StartAsync(), two.StartAsync());
        using var driver = new CaseDriver([one, two], Patience, Look);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Cases).Select(_ => driver.RunAsync()));
            await EmptyOutboxAsync(database);
            Assert.Empty(driver.Failures);
            await Evidence.AssertAllClosedOnceAsync(database, receiver, Cases);
        }
        catch
        {
            output.WriteLine(one.Output);
            output.WriteLine(two.Output);
            throw;
        }

        Assert.Equal(Cases, receiver.Mails.Count);
    }
}
