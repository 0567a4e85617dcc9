using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Engine.Tests.Builtins;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.Engine.Tests.Builtins.Nested;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>Moving a running instance to another version: nothing runs again, and what would not go on is refused with a reason.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private readonly WorkflowTestHost _host = new();

    [Fact]
    public async Task A_waiting_instance_goes_on_in_the_new_version_and_nothing_runs_again()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>a a>e1 e1>b")));
        await PublishAsync(Definition(Chart.Of("s>a a>e1 e1>c c>x")));

        var moved = await MigrateAsync(instance.Id, 2);

        Assert.True(moved.Applied, string.Join(' ', moved.Refusals));
        Assert.Equal(2, _host.Instance(instance.Id).Version);
        Assert.Equal(["a"], _host.Lines(instance.Id));
        await _host.SendEventAsync("e1");
        Assert.Equal(["a", "c", "x"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_renamed_activity_is_found_by_type_and_name_and_its_bookmark_follows()
    {
        var instance = await StartAsync(Definition(Sequence(Event("attente", "suite"), Line("b", "b"))));
        var renamed = Event("Event7", "suite");
        renamed["name"] = "attente";
        await PublishAsync(Definition(Sequence(Line("neuf", "neuf"), renamed, Line("b", "b"))));
        var bookmark = Assert.Single(_host.Store.Bookmarks(instance.Id));

        Assert.True((await MigrateAsync(instance.Id, 2)).Applied);

        var kept = Assert.Single(_host.Store.Bookmarks(instance.Id));
        Assert.Equal((bookmark.Id, bookmark.Hash, "Event7"), (kept.Id, kept.Hash, kept.ActivityId));
        await _host.SendEventAsync("suite");
        Assert.Equal(["b"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task An_activity_that_is_gone_is_refused_with_a_reason_until_somebody_says_where_to()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1 e1>b")));
        await PublishAsync(Definition(Chart.Of("s>e2 e2>b")));
        var before = _host.Instance(instance.Id);

        var refused = await MigrateAsync(instance.Id, 2);

        Assert.Contains("« e1 » (e1), qui n'a pas d'équivalent dans la version 2", Assert.Single(refused.Refusals), StringComparison.Ordinal);
        Assert.Equal(before, _host.Instance(instance.Id));
        var mapped = await MigrateAsync(instance.Id, 2, new Dictionary<string, string> { ["e1"] = "e2" });
        Assert.True(mapped.Applied);
        // It waits for what it was told to wait for, and goes on where the new version says.
        await _host.SendEventAsync("e1");
        Assert.Equal(["b"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task A_mapping_to_another_type_or_to_nothing_is_refused_all_at_once()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1 e1>b e1>c")));
        await PublishAsync(Definition(Chart.Of("s>e1 e1>b")));

        var refused = await MigrateAsync(instance.Id, 2, new Dictionary<string, string> { ["b"] = "e1", ["c"] = "rien" });

        Assert.Equal(2, refused.Refusals.Count);
        Assert.Equal(1, _host.Instance(instance.Id).Version);
    }

    [Fact]
    public async Task A_join_that_would_wait_in_vain_is_refused()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1 s>e2 e1>j:WaitAll e2>j j>z")));
        await PublishAsync(Definition(Chart.Of("s>e1 s>e2 s>e3 e1>j:WaitAll e2>j e3>j j>z")));

        var refused = await MigrateAsync(instance.Id, 2);

        Assert.Contains("« j » attendrait en vain la branche qui vient de « e3 »", Assert.Single(refused.Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_that_one_branch_has_reached_keeps_its_arrival()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1 s>e2 e1>j:WaitAll e2>j j>z")));
        await _host.SendEventAsync("e1");
        await PublishAsync(Definition(Chart.Of("s>e1 s>e2 e1>j:WaitAll e2>x x>j j>z")));

        // e2 now reaches the join through x, which is still ahead of it.
        var moved = await MigrateAsync(instance.Id, 2);

        Assert.True(moved.Applied, string.Join(' ', moved.Refusals));
        await _host.SendEventAsync("e2");
        Assert.Equal(["x", "z"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task Variables_keep_their_values_by_id_and_new_ones_begin_at_theirs()
    {
        var write = Activity("w", "Elsa.WriteLine", ("text", Input("JavaScript", "x")));
        var instance = await StartAsync(Definition(
            Sequence(
                Activity("pose", "Elsa.SetVariable", ("variable", JsonNode.Parse("""{"id":"var-ancien","name":"ancien","typeName":"String"}""")), ("value", Literal("gardé"))),
                Event("e", "suite")),
            Variable("ancien")));
        var kept = Variable("nouveauNom");
        kept["id"] = "var-ancien";
        await PublishAsync(Definition(
            Sequence(
                Event("e", "suite"),
                Activity("w1", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-ancien","name":"nouveauNom"}"""))),
                Activity("w2", "Elsa.WriteLine", ("text", Input("Variable", """{"id":"var-plus","name":"plus"}""")))),
            kept,
            Variable("plus", value: "début")));

        Assert.True((await MigrateAsync(instance.Id, 2)).Applied);
        await _host.SendEventAsync("suite");

        Assert.Equal(["gardé", "début"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task What_other_changes_set_going_runs_in_the_new_version()
    {
        JsonObject Version(string text) => Definition(Activity("p", "Elsa.Parallel", ("activities", new JsonArray(
            Event("autre", "autre"), Activity("sq", "Elsa.Sequence", ("activities", new JsonArray(Event("e", "suite"), Line("z", text))))))));
        var instance = await StartAsync(Version("un"));
        await PublishAsync(Version("deux"));

        var moved = await _host.Runtime.AlterAsync(new AlterWorkflow(instance.Id, [new SkipActivity(new ActivityHandle("e")), new Migrate(2)]), CancellationToken.None);

        Assert.True(moved.Applied, string.Join(' ', moved.Refusals));
        Assert.Equal(["deux"], _host.Lines(instance.Id));
        await _host.SendEventAsync("autre");
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_loop_goes_on_with_the_list_it_began_with()
    {
        JsonObject Version(string items) => Definition(Sequence(Loop("tour", "Elsa.ForEach", Seq("corps", Show("w", "CurrentValue"), Event("e", "suite")), ("items", Items(items)))));
        var instance = await StartAsync(Version("""["a","b","c"]"""));
        await _host.SendEventAsync("suite");
        await PublishAsync(Version("""["neuf","a","b","c","d"]"""));

        Assert.True((await MigrateAsync(instance.Id, 2)).Applied);
        await _host.SendEventAsync("suite");
        await _host.SendEventAsync("suite");

        Assert.Equal(["a", "b", "c"], _host.Lines(instance.Id));
        Assert.Equal(WorkflowSubStatus.Finished, _host.Instance(instance.Id).SubStatus);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_happen_and_changes_nothing()
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1 e1>b")));
        await PublishAsync(Definition(Chart.Of("s>e1 e1>c")));
        var before = _host.Instance(instance.Id);

        var dry = await _host.Runtime.AlterAsync(new AlterWorkflow(instance.Id, [new Migrate(2)], DryRun: true), CancellationToken.None);

        Assert.True(dry.Applied);
        Assert.Contains("L'instance passe de la version 1 à la version 2.", dry.Log);
        Assert.Equal(before, _host.Instance(instance.Id));
    }

    [Theory]
    [InlineData(1, "déjà dans la version 1")]
    [InlineData(9, "n'existe pas")]
    public async Task A_version_that_cannot_be_the_target_is_named(int version, string reason)
    {
        var instance = await StartAsync(Definition(Chart.Of("s>e1")));

        Assert.Contains(reason, Assert.Single((await MigrateAsync(instance.Id, version)).Refusals), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<InstanceRecord> StartAsync(JsonObject document) => await _host.StartAsync(document);

    private async Task PublishAsync(JsonObject document) => await _host.PublishAsync(document);

    private Task<AlterationResult> MigrateAsync(string instanceId, int version, IReadOnlyDictionary<string, string>? mappings = null) =>
        _host.Runtime.AlterAsync(new AlterWorkflow(instanceId, [new Migrate(version, mappings)]), CancellationToken.None);
}
