using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Expressions;
using Cleiss.Engine.Hosting;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>A failure takes nothing back that was done, and loses nothing that arrived: a retry goes on where the failure was.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly FlakyScripts _scripts = new();
    private readonly WorkflowTestHost _host;

    public RetryTests() => _host = new WorkflowTestHost(services => services.AddSingleton<IScriptEvaluator>(_scripts).AddActivitiesFrom(typeof(Desk).Assembly));

    public static TheoryData<Alteration> WaysOut => [new SkipActivity(new ActivityHandle("guichet")), new CancelActivity(new ActivityHandle("guichet")), new CancelInstance()];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task An_activity_that_failed_before_it_opened_anything_has_nothing_to_close(Alteration wayOut)
    {
        _scripts.Failures = 1;
        var instance = await _host.StartAsync(Definition(Sequence(OpenDesk())));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);

        var result = await AlterAsync(instance.Id, wayOut);

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Equal(WorkflowStatus.Finished, result.Instance!.Status);
        Assert.Empty(_host.Store.Companions);
    }

    [Fact]
    public async Task An_activity_that_a_fault_kept_from_running_can_be_skipped()
    {
        _scripts.Failures = 1;
        var instance = await _host.StartAsync(Definition(Builtins.Chart.Of("s>x s>b").With("activities", new JsonArray(
            Line("s", "s"), Activity("x", "Elsa.WriteLine", ("text", Input("JavaScript", "x()"))), OpenDesk("b")))));
        Assert.Equal(WorkflowSubStatus.Faulted, instance.SubStatus);

        var result = await AlterAsync(instance.Id, new SkipActivity(new ActivityHandle("b")));

        Assert.True(result.Applied, string.Join(' ', result.Refusals));
        Assert.Empty(_host.Store.Companions);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static JsonObject OpenDesk(string id = "guichet", int days = 0) =>
        Activity(id, "Elsa.Desk", ("sign", Input("JavaScript", "enseigne()", "String")), ("days", Literal(days)));

    private Task<AlterationResult> AlterAsync(string instanceId, params Alteration[] alterations) =>
        _host.Runtime.AlterAsync(new AlterWorkflow(instanceId, alterations), CancellationToken.None);
}
