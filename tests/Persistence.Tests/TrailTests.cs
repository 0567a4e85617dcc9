using System.Text.Json.Nodes;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.TestKit;
using Npgsql;
using Xunit;

namespace Cleiss.Persistence.Tests;

public sealed class TrailTests : IAsyncLifetime
{
    private const string Trail = "case:1";

    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        for (var i = 1; i <= 4; i++)
        {
            await AppendAsync(i);
        }
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_untouched_trail_verifies_and_lists_in_order()
    {
        var reader = new TrailReader(_database.DataSource);

        Assert.Equal(new TrailVerdict(true, 4, null, null), await reader.VerifyAsync(Trail, CancellationToken.None));
        var lines = await reader.ListAsync(Trail, CancellationToken.None);
        Assert.Equal([1L, 2L, 3L, 4L], lines.Select(line => line.Position));
        Assert.Equal("a fait l’étape 3", lines[2].Sentence);
        Assert.Equal(3, (int)lines[2].Facts!["step"]!);
    }

    [Theory]
    [InlineData("update trail_entries set sentence = overlay(sentence placing 'X' from 3 for 1) where position = 3", 3)]
    [InlineData("update trail_entries set actor_id = 'juriste' where position = 2", 2)]
    [InlineData("update trail_entries set at = at + interval '1 microsecond' where position = 4", 4)]
    [InlineData("update trail_entries set facts = '{\"step\":  1}' where position = 1", 1)]
    [InlineData("update trail_entries set hash = set_byte(hash, 0, 255 - get_byte(hash, 0)) where position = 2", 2)]
    [InlineData("delete from trail_entries where position = 2", 2)]
    [InlineData("delete from trail_entries where position = 4", 4)]
    [InlineData("update trails set head = set_byte(head, 31, 255 - get_byte(head, 31)) where id = 'case:1'", 4)]
    public async Task A_changed_byte_names_the_first_broken_link(string tamper, long broken)
    {
        await _database.ExecuteAsync("alter table trail_entries disable trigger trail_entries_append_only; " + tamper);

        var verdict = await new TrailReader(_database.DataSource).VerifyAsync(Trail, CancellationToken.None);

        Assert.False(verdict.Intact);
        Assert.Equal(broken, verdict.BrokenAt);
        Assert.NotNull(verdict.Reason);
    }

    [Theory]
    [InlineData("update trail_entries set sentence = 'autre'")]
    [InlineData("delete from trail_entries")]
    public async Task The_database_refuses_to_change_what_was_written(string change)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(change));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_writers_at_once_leave_one_unbroken_chain()
    {
        await Task.WhenAll(Enumerable.Range(5, 20).Select(AppendAsync));

        Assert.Equal(new TrailVerdict(true, 24, null, null), await new TrailReader(_database.DataSource).VerifyAsync(Trail, CancellationToken.None));
    }

    private async Task AppendAsync(int step)
    {
        await using var batch = _database.DataSource.CreateBatch();
        var actor = new Actor("agent1", "Anne Martin", new HashSet<string>());
        TrailSql.Append(
            batch, new TrailEntry(Trail, actor, "step", $"a fait l’étape {step}", new JsonObject { ["step"] = step }), new ManualTimeProvider().GetUtcNow());
        await batch.ExecuteNonQueryAsync();
    }
}
