using Cleiss.Host.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>The whole product over Kestrel in this process, on a database of its own that it migrated and filled itself.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private readonly Dictionary<string, Caller> _callers = [];
    private TestDatabase _database = null!;
    private HostApplication _host = null!;

    public Uri Address => new(_host.Address);

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Nobody: no token, no cookie.</summary>
    public Caller Stranger { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateEmptyDatabaseAsync();
        _host = await HostApplication.StartAsync(Settings("Demo", _database.ConnectionString, demo: true), _ => { });
        Stranger = new Caller(Address);
    }

    public async Task DisposeAsync()
    {
        foreach (var caller in _callers.Values.Append(Stranger))
        {
            caller.Dispose();
        }

        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>A demo account with a bearer token.</summary>
    public async Task<Caller> AsAsync(string user)
    {
        if (!_callers.TryGetValue(user, out var caller))
        {
            caller = await new Caller(Address).SignInAsync(user);
            _callers[user] = caller;
        }

        return caller;
    }

    public Task<long> CountAsync(string sql) => _database.ScalarAsync<long>(sql);

    public Task<string?> TextAsync(string sql) => _database.ScalarAsync<string>(sql);

    /// <summary>Asks again until there is an answer; when it stays away, says what the case's timeline holds.</summary>
    public async Task<T> UntilAsync<T>(string what, string caseId, Func<Task<T?>> ask)
        where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60))
        {
            if (await ask() is { } found)
            {
                return found;
            }

            await Task.Delay(50);
        }

        var detail = (await (await AsAsync("agent1")).GetAsync($"api/cases/{caseId}")).Body;
        throw new TimeoutException($"Not within 60 s: {what}.\n{detail?["timeline"]?.ToJsonString()}\n{detail?["mails"]?.ToJsonString()}");
    }

    internal static string[] Settings(string environment, string connectionString, bool demo) =>
    [
        $"--environment={environment}",
        "--applicationName=Cleiss.Host",
        "--Urls=http://127.0.0.1:0",
        "--PublicUrl=https://liaison.cleiss.example",
        "--Proxies:0=127.0.0.1",
        $"--ConnectionStrings:Cleiss={connectionString}",
        $"--Demo:Enabled={demo}",
        $"--Clock:Movable={demo}",
        "--Logging:LogLevel:Default=Warning",
    ];
}

/// <summary>All classes that share the one host; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class HostCollection : ICollectionFixture<HostFixture>
{
    public const string Name = "host";
}
