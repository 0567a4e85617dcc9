using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cleiss.TestKit;
using Cleiss.TestKit.Product;
using Npgsql;
using Xunit;

namespace Cleiss.Durability.Tests.Chaos;

/// <summary>A database that cannot serve: the host refuses clearly, with a code and a time to come back, and recovers alone.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task An_exhausted_connection_pool_is_refused_with_503_and_recovers_alone()
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        var few = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 8, Timeout = 3 };
        await using var host = new ProductHost(few.ConnectionString);
        await host.StartAsync();
        using var client = await SignedInAsync(host);
        var caseId = (await (await OpenAsync(client)).Content.ReadFromJsonAsync<JsonObject>())!["caseId"]!.GetValue<string>();

        Task<(HttpStatusCode Status, string? Code, bool RetryAfter)>[] asking;
        await using (var jam = await database.DataSource.OpenConnectionAsync())
        {
            // Somebody holds the table: whoever wants it keeps a connection while waiting, until none is left for the others.
            await using var transaction = await jam.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("lock table cases in access exclusive mode", jam, transaction);
            await hold.ExecuteNonQueryAsync();
            asking = [.. Enumerable.Range(0, 24).Select(_ => AskAsync(client, caseId))];
            await Hosts.Eventually.IsSoAsync("some are refused", () => Task.FromResult(asking.Count(ask => ask.IsCompleted) >= 10));
        }

        var refused = (await Task.WhenAll(asking)).Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.Contains(refused, answer => answer.Code == "too-busy");
        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (answer.Status, answer.RetryAfter)));

        await Hosts.Eventually.IsSoAsync("the host answers again", async () => (await AskAsync(client, caseId)).Status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Created, (await OpenAsync(client)).StatusCode);
        await AssertSoundAsync(database.ConnectionString);
    }

    [Fact]
    public async Task A_full_disk_is_refused_with_503_leaves_nothing_half_written_and_ends_when_there_is_room()
    {
        await using var server = await OwnServer.StartAsync();
        await using var disk = await server.CreateOnSmallDiskAsync("etroit", 64);
        var connectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "etroit" }.ConnectionString;
        await using var host = new ProductHost(connectionString);
        await host.StartAsync();
        using var client = await SignedInAsync(host);
        Assert.Equal(HttpStatusCode.Created, (await OpenAsync(client)).StatusCode);
        var cases = await CountAsync(connectionString);

        disk.Fill();
        var opened = 0;
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 2000 && refused is null; i++)
        {
            // Pages that have room are used up first.
            var answer = await OpenAsync(client);
            refused = answer.StatusCode == HttpStatusCode.Created ? null : answer;
            opened += refused is null ? 1 : 0;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused!.StatusCode);
        Assert.Equal("database-full", (await refused.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(cases + opened, await CountAsync(connectionString));

        disk.MakeRoom();
        await Hosts.Eventually.IsSoAsync("cases can be opened again", async () => (await OpenAsync(client)).StatusCode == HttpStatusCode.Created);
        await AssertSoundAsync(connectionString);
    }

    [Fact]
    public async Task A_database_that_goes_away_is_told_and_found_again_when_it_is_back()
    {
        await using var server = await OwnServer.StartAsync();
        await using var host = new ProductHost(server.ConnectionString);
        await host.StartAsync();
        using var client = await SignedInAsync(host);
        var caseId = (await (await OpenAsync(client)).Content.ReadFromJsonAsync<JsonObject>())!["caseId"]!.GetValue<string>();
        using var stop = new CancellationTokenSource();
        var answers = new List<(HttpStatusCode Status, string? Code, bool RetryAfter)>();
        var asking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await AskAsync(client, caseId));
            }
        });

        await server.CrashAndRestartAsync();
        await stop.CancelAsync();
        await asking;

        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "database-unavailable", true), answer));
        await Hosts.Eventually.IsSoAsync("the host answers again", async () => (await AskAsync(client, caseId)).Status == HttpStatusCode.OK);
        await AssertSoundAsync(server.ConnectionString);
    }

    private static async Task<HttpClient> SignedInAsync(ProductHost host)
    {
        var client = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(2) };
        var answer = await client.PostAsJsonAsync("elsa/api/identity/login", new { username = "agent1", password = "cleiss-demo" });
        var token = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.GetValue<string>();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static Task<HttpResponseMessage> OpenAsync(HttpClient client) => client.PostAsJsonAsync("api/processes/formulaire-de-liaison/cases", new
    {
        input = new { accord = "MD", formulaire = "se-151-08", nomNaissance = "POPESCU", prenoms = "Maria", dateNaissance = "1961-04-04" },
        test = true,
    });

    private static async Task<(HttpStatusCode Status, string? Code, bool RetryAfter)> AskAsync(HttpClient client, string caseId)
    {
        using var answer = await client.GetAsync(new Uri($"api/cases/{caseId}", UriKind.Relative));
        var code = answer.IsSuccessStatusCode ? null : (await answer.Content.ReadFromJsonAsync<JsonObject>())?["code"]?.GetValue<string>();
        return (answer.StatusCode, code, answer.Headers.RetryAfter is not null);
    }

    private static async Task<long> CountAsync(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("select count(*) from cases");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task AssertSoundAsync(string connectionString)
    {
        var (exitCode, said) = await VerifyCommand.RunAsync(connectionString);
        Assert.True(exitCode == 0, said);
    }
}
