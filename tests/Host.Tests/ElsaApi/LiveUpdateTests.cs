using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Cleiss.Host.Hosting;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.Logging;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

[Collection(HostCollection.Name)]
public sealed class LiveUpdateTests(HostFixture host)
{
    private const string Negotiate = "elsa/hubs/workflow-instance/negotiate?negotiateVersion=1";

    [Fact]
    public async Task A_viewer_at_one_host_sees_an_instance_run_at_another()
    {
        var owner = await host.AsAsync("proprietaire");
        var model = Definition(Sequence(Event("attente", "suivi-en-direct"), Line("fin", "x"))).With("definitionId", "suivi-en-direct");
        (await owner.PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true })).Ok();
        var id = (await owner.PostAsync("elsa/api/workflow-definitions/suivi-en-direct/execute", new JsonObject())).Ok()["workflowState"]!["id"]!.GetValue<string>();
        await using var other = await HostApplication.StartAsync(HostFixture.Settings("Demo", host.ConnectionString, demo: true), _ => { });

        using var viewer = await HubConnection.OpenAsync(host.Address, await TokenAsync("proprietaire"));
        await viewer.ObserveAsync(id);
        var stats = (await viewer.NextAsync("ActivityExecutionLogUpdatedAsync"))["stats"]!.AsArray();
        Assert.Contains(stats, stat => stat!["activityId"]!.GetValue<string>() == "attente" && stat["isBlocked"]!.GetValue<bool>());
        await viewer.NextAsync("WorkflowExecutionLogUpdatedAsync");
        Assert.Equal(id, (await viewer.NextAsync("WorkflowInstanceUpdatedAsync"))["workflowInstanceId"]!.GetValue<string>());

        using var elsewhere = await new Caller(new Uri(other.Address)).SignInAsync("admin");
        (await elsewhere.PostAsync("elsa/api/events/suivi-en-direct/trigger", new JsonObject())).Ok();

        JsonArray after;
        do
        {
            after = (await viewer.NextAsync("ActivityExecutionLogUpdatedAsync"))["stats"]!.AsArray();
        }
        while (!after.Any(stat => stat!["activityId"]!.GetValue<string>() == "fin" && stat["completedCount"]!.GetValue<int>() == 1));
        Assert.Equal(id, (await viewer.NextAsync("WorkflowInstanceUpdatedAsync"))["workflowInstanceId"]!.GetValue<string>());
        Assert.Equal("Finished", (await owner.GetAsync($"elsa/api/workflow-instances/{id}/execution-state")).Ok()["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Only_those_who_may_look_at_instances_may_follow_them()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.SendAsync(HttpMethod.Post, Negotiate)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).SendAsync(HttpMethod.Post, Negotiate)).Status);
        Assert.NotNull((await (await host.AsAsync("admin")).SendAsync(HttpMethod.Post, Negotiate)).Ok()["connectionId"]);
        await Assert.ThrowsAsync<WebSocketException>(() => HubConnection.OpenAsync(host.Address, "faux"));
        var agent = await TokenAsync("agent1");
        await Assert.ThrowsAsync<WebSocketException>(() => HubConnection.OpenAsync(host.Address, agent));
    }

    /// <summary>A WebSocket carries its token in the address, and the server's own log lines would write addresses.</summary>
    [Fact]
    public void Lines_that_name_whole_addresses_are_not_logged()
    {
        var logger = host.Get<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");

        Assert.False(logger.IsEnabled(LogLevel.Information));
    }

    private async Task<string> TokenAsync(string user) =>
        (await host.Stranger.PostAsync("elsa/api/identity/login", new JsonObject { ["username"] = user, ["password"] = "cleiss-demo" })).Ok()["accessToken"]!.GetValue<string>();
}
