using Cleiss.Persistence.Embedded;
using Npgsql;
using Xunit;

namespace Cleiss.Persistence.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "cleiss-embedded-" + Guid.NewGuid().ToString("N")[..8]);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_AfterAStop_FindsWhatWasCommitted()
    {
        await using (var first = await StartAsync(_folder))
        {
            await ExecuteAsync(first.ConnectionString, "create table kept as select 42 as answer");
        }

        Assert.False(File.Exists(Path.Combine(_folder, "postgres", "postmaster.pid")));
        await using var second = await StartAsync(_folder);
        Assert.False(second.Adopted);
        Assert.Equal(42, await ExecuteAsync(second.ConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Start_WhileAnotherHostUsesTheFolder_RefusesInOneLine()
    {
        await using var first = await StartAsync(_folder);

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(_folder));

        Assert.Contains("déjà utilisé par un autre hôte", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task Start_AfterTheHostWasKilled_TakesOverTheServerItLeft()
    {
        // given a server whose host is gone: its lock is released and nobody stopped it
        var killed = await StartAsync(_folder);
        await ExecuteAsync(killed.ConnectionString, "create table kept as select 7 as answer");
        killed.ReleaseClaim();

        // when
        await using var next = await StartAsync(_folder);

        // then
        Assert.True(next.Adopted);
        Assert.Equal(7, await ExecuteAsync(next.ConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Start_WithTheNumberOfAnotherProgramInItsPidFile_StartsAnyway()
    {
        await using (await StartAsync(_folder))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "postgres", "postmaster.pid"), $"{Environment.ProcessId}\n");
        await using var next = await StartAsync(_folder);
        Assert.False(next.Adopted);
    }

    [Fact]
    public async Task Start_BelowAFileInsteadOfAFolder_SaysWhatToDo()
    {
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        var refusal = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(Path.Combine(file, "data")));

        Assert.Contains("--data DOSSIER", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<EmbeddedPostgres> StartAsync(string folder) =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(folder, Durable: false), CancellationToken.None);

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
