using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cleiss.TestKit.Product;
using Npgsql;
using Xunit;

namespace Cleiss.Durability.Tests.Chaos;

/// <summary>
/// A database that cannot serve: the host refuses clearly, with a code and a time to come back, and recovers alone. One host goes through all of
/// it, in whatever order: each test leaves it serving.
/// </summary>
public sealed class RefusalTests(TroubledHost troubled) : IClassFixture<TroubledHost>
{
    private readonly HttpClient _client = troubled.Client;

    [Fact]
    public async Task An_exhausted_connection_pool_is_refused_with_503_and_recovers_alone()
    {
        var caseId = await OpenedAsync();
        await using var database = NpgsqlDataSource.Create(troubled.ConnectionString);
        Task<(HttpStatusCode Status, string? Code, bool RetryAfter)>[] asking;
        await using (var jam = await database.OpenConnectionAsync())
        {
            // Somebody holds the table: whoever wants it keeps a connection while waiting, until none is left for the others.
            await using var transaction = await jam.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("lock table cases in access exclusive mode", jam, transaction);
            await hold.ExecuteNonQueryAsync();
            asking = [.. Enumerable.Range(0, 24).Select(_ => AskAsync(caseId))];
            await Hosts.Eventually.IsSoAsync("some are refused", () => Task.FromResult(asking.Count(ask => ask.IsCompleted) >= 10));
        }

        var refused = (await Task.WhenAll(asking)).Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.Contains(refused, answer => answer.Code == "too-busy");
        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.Status, answer.RetryAfter)));
        await AssertServesAgainAsync(caseId);
    }

    [Fact]
    public async Task A_full_disk_is_refused_with_503_leaves_nothing_half_written_and_ends_when_there_is_room()
    {
        var caseId = await OpenedAsync();
        var cases = await CountAsync();

        troubled.Disk.Fill();
        var opened = 0;
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 2000 && refused is null; i++)
        {
            // Pages that have room are used up first.
            var answer = await OpenAsync();
            refused = answer.StatusCode == HttpStatusCode.Created ? null : answer;
            opened += refused is null ? 1 : 0;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused!.StatusCode);
        Assert.Equal("database-full", (await refused.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(cases + opened, await CountAsync());

        troubled.Disk.MakeRoom();
        await AssertServesAgainAsync(caseId);
    }

    [Fact]
    public async Task A_database_that_goes_away_is_told_and_found_again_when_it_is_back()
    {
        var caseId = await OpenedAsync();
        using var stop = new CancellationTokenSource();
        var answers = new List<(HttpStatusCode Status, string? Code, bool RetryAfter)>();
        var asking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await AskAsync(caseId));
            }
        });

        await troubled.Server.CrashAndRestartAsync();
        await stop.CancelAsync();
        await asking;

        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "database-unavailable", true), answer));
        await AssertServesAgainAsync(caseId);
    }

    private async Task<string> OpenedAsync()
    {
        var answer = await OpenAsync();
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["caseId"]!.GetValue<string>();
    }

    private Task<HttpResponseMessage> OpenAsync() => _client.PostAsJsonAsync("api/processes/formulaire-de-liaison/cases", new
    {
        input = new { accord = "MD", formulaire = "se-151-08", nomNaissance = "POPESCU", prenoms = "Maria", dateNaissance = "1961-04-04" },
        test = true,
    });

    private async Task<(HttpStatusCode Status, string? Code, bool RetryAfter)> AskAsync(string caseId)
    {
        using var answer = await _client.GetAsync(new Uri($"api/cases/{caseId}", UriKind.Relative));
        var code = answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonObject>())?["code"]?.GetValue<string>();
        return (answer.StatusCode, code, answer.Headers.RetryAfter is not null);
    }

    private async Task<long> CountAsync()
    {
        await using var database = NpgsqlDataSource.Create(troubled.ConnectionString);
        await using var command = database.CreateCommand("select count(*) from cases");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task AssertServesAgainAsync(string caseId)
    {
        await Hosts.Eventually.IsSoAsync("the host answers again", async () => (await AskAsync(caseId)).Status == HttpStatusCode.OK);
        await Hosts.Eventually.IsSoAsync("cases can be opened again", async () => (await OpenAsync()).StatusCode == HttpStatusCode.Created);
        var (exitCode, said) = await VerifyCommand.RunAsync(troubled.ConnectionString);
        Assert.True(exitCode == 0, said);
    }
}

/// <summary>A product host with few connections, on a database of its own server and of a small disk.</summary>
public sealed class TroubledHost : IAsyncLifetime
{
    private ProductHost? _host;

    internal OwnServer Server { get; private set; } = null!;

    internal SmallDisk Disk { get; private set; } = null!;

    public string ConnectionString { get; private set; } = "";

    /// <summary>Signed in as an agent.</summary>
    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await OwnServer.StartAsync();
        Disk = await Server.CreateOnSmallDiskAsync("etroit", 64);
        ConnectionString = new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Database = "etroit", MaxPoolSize = 8, Timeout = 3 }.ConnectionString;
        _host = new ProductHost(ConnectionString);
        await _host.StartAsync();
        Client = new HttpClient { BaseAddress = _host.Address, Timeout = TimeSpan.FromMinutes(2) };
        var answer = await Client.PostAsJsonAsync("elsa/api/identity/login", new { username = "agent1", password = "cleiss-demo" });
        var token = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.GetValue<string>();
        Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (Disk is not null)
        {
            await Disk.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
