using System.Net;
using System.Text.Json.Nodes;
using Cleiss.Engine.Execution;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests;

/// <summary>Changes by hand over HTTP, on PostgreSQL: what moved, who did it, and what is refused.</summary>
[Collection(HostCollection.Name)]
public sealed class AlterationTests(HostFixture host)
{
    [Fact]
    public async Task A_task_follows_its_activity_into_the_new_version()
    {
        var owner = await host.AsAsync("proprietaire");
        await PublishAsync(owner, "essai-migration", Sequence(Task("preparer"), Task("signer", "preparer")));
        var instanceId = await StartAsync("essai-migration");
        Assert.Equal(1, await TasksAtAsync(instanceId, "preparer"));
        await PublishAsync(owner, "essai-migration", Sequence(Task("preparation"), Task("signature", "preparation")));

        var dry = Result(await RunAsync(owner, instanceId, dryRun: true));
        Assert.False(dry["isSuccessful"]!.GetValue<bool>());
        Assert.Contains("n'a pas d'équivalent", dry["log"]!["logEntries"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);

        var done = Result(await RunAsync(owner, instanceId, mappings: new JsonObject { ["preparer"] = "preparation", ["signer"] = "signature" }));

        Assert.True(done["isSuccessful"]!.GetValue<bool>(), done.ToJsonString());
        Assert.Equal((0, 1), (await TasksAtAsync(instanceId, "preparer"), await TasksAtAsync(instanceId, "preparation")));
        Assert.Equal(1, await host.CountAsync($"select count(*) from workflow_instances where id = '{instanceId}' and version = 2"));
        Assert.Equal(1, await host.CountAsync($"select count(*) from bookmarks where workflow_instance_id = '{instanceId}' and activity_id = 'preparation'"));
        Assert.Equal(1, await host.CountAsync(
            $"select count(*) from trail_entries where kind = 'instance.altered' and actor_id = 'proprietaire' and facts ->> 'workflowInstanceId' = '{instanceId}'"));
    }

    [Theory]
    [InlineData("SkipActivity")]
    [InlineData("CancelActivity")]
    public async Task A_task_for_a_second_person_is_not_passed_over_by_hand(string kind)
    {
        var owner = await host.AsAsync("proprietaire");
        await PublishAsync(owner, "essai-quatre-yeux", Sequence(Task("preparer"), Task("signer", "preparer")).With("type", "Elsa.Parallel"));
        var instanceId = await StartAsync("essai-quatre-yeux");

        var refused = await AlterAsync(owner, instanceId, kind, "signer");
        Assert.False(refused["isSuccessful"]!.GetValue<bool>());
        Assert.Contains("une autre personne", refused["log"]!["logEntries"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, await TasksAtAsync(instanceId, "signer"));

        if (kind == "SkipActivity")
        {
            // « Done », which Elsa takes where none is named, is no outcome of this task.
            var unnamed = await AlterAsync(owner, instanceId, kind, "preparer");
            Assert.Contains("Choisissez parmi : Fait", unnamed["log"]!["logEntries"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        var done = await AlterAsync(owner, instanceId, kind, "preparer", kind == "SkipActivity" ? "Fait" : null);
        Assert.True(done["isSuccessful"]!.GetValue<bool>(), done.ToJsonString());
    }

    [Fact]
    public async Task An_incident_is_retried_by_the_route_Elsa_has_for_it()
    {
        var owner = await host.AsAsync("proprietaire");
        await PublishAsync(owner, "essai-incident", Sequence(Activity("f", "Elsa.Fault", ("message", Literal("exprès"))), Line("b", "b")));
        var instanceId = await StartAsync("essai-incident");

        var retried = Result(await owner.PostAsync("elsa/api/alterations/workflows/retry", new JsonObject { ["workflowInstanceIds"] = new JsonArray(instanceId) }));
        Assert.True(retried["isSuccessful"]!.GetValue<bool>(), retried.ToJsonString());
        Assert.Equal(1, await host.CountAsync($"select incident_count::bigint from workflow_instances where id = '{instanceId}'"));

        var skipped = await AlterAsync(owner, instanceId, "SkipActivity", "f");
        Assert.True(skipped["isSuccessful"]!.GetValue<bool>(), skipped.ToJsonString());
        Assert.Equal(1, await host.CountAsync($"select count(*) from workflow_instances where id = '{instanceId}' and sub_status = 'Finished'"));
    }

    [Fact]
    public async Task Whoever_may_not_is_refused_and_whatever_is_wrong_is_named_at_once()
    {
        var body = new JsonObject
        {
            ["workflowInstanceIds"] = new JsonArray("inconnue"),
            ["alterations"] = new JsonArray(new JsonObject { ["type"] = "Inventée" }, new JsonObject { ["type"] = "Migrate", ["targetVersion"] = "deux" }),
        };
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).PostAsync("elsa/api/alterations/run", body.DeepClone())).Status);

        var owner = await host.AsAsync("proprietaire");
        var refused = await owner.PostAsync("elsa/api/alterations/run", body.DeepClone());
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("« Inventée »", refused.Body!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("« deux »", refused.Body["message"]!.GetValue<string>(), StringComparison.Ordinal);

        body["alterations"] = new JsonArray(new JsonObject { ["type"] = "RetryIncidents" });
        Assert.False(Result(await owner.PostAsync("elsa/api/alterations/run", body))["isSuccessful"]!.GetValue<bool>());
    }

    private static async Task<JsonNode> AlterAsync(Caller caller, string instanceId, string kind, string activityId, string? outcome = null)
    {
        var alteration = new JsonObject { ["type"] = kind, ["activityId"] = activityId };
        if (outcome is not null)
        {
            alteration["outcomes"] = new JsonArray(outcome);
        }

        return Result(await caller.PostAsync("elsa/api/alterations/run", new JsonObject
        {
            ["workflowInstanceIds"] = new JsonArray(instanceId),
            ["alterations"] = new JsonArray(alteration),
        }));
    }

    private static JsonObject Task(string id, string? distinctFrom = null) => Activity(
        id, "Elsa.UserTask", ("title", Literal(id)), ("candidateGroups", Input("Object", """["agent"]""")), ("outcomes", Input("Object", """["Fait"]""")),
        ("distinctFrom", Input("Object", distinctFrom is null ? "[]" : $"""["{distinctFrom}"]""")));

    private static JsonNode Result(Answer answer) => answer.Ok()["results"]![0]!;

    private static Task<Answer> RunAsync(Caller owner, string instanceId, bool dryRun = false, JsonObject? mappings = null) =>
        owner.PostAsync("elsa/api/alterations/run", new JsonObject
        {
            ["workflowInstanceIds"] = new JsonArray(instanceId),
            ["alterations"] = new JsonArray(new JsonObject { ["type"] = "Migrate", ["targetVersion"] = 2, ["mappings"] = mappings }),
            ["dryRun"] = dryRun,
        });

    private static async Task PublishAsync(Caller owner, string definitionId, JsonObject root)
    {
        var answer = await owner.PostAsync("elsa/api/workflow-definitions", new JsonObject
        {
            ["model"] = Definition(root).With("definitionId", definitionId),
            ["publish"] = true,
        });
        answer.Ok();
    }

    private async Task<string> StartAsync(string definitionId)
    {
        var version = (await host.Get<Engine.Definitions.IDefinitionStore>().ListAsync(definitionId, CancellationToken.None)).First(v => v.IsPublished);
        return (await host.Get<WorkflowRuntime>().StartAsync(new StartWorkflow(version.Id), CancellationToken.None)).Instance!.Id;
    }

    private Task<long> TasksAtAsync(string instanceId, string activityId) =>
        host.CountAsync($"select count(*) from user_tasks where workflow_instance_id = '{instanceId}' and activity_id = '{activityId}' and completed_at is null");
}
