using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Control;
using Cleiss.Engine.Builtins.Flow;
using Cleiss.Engine.Builtins.Primitives;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Hosting;
using Cleiss.TestKit.Workflows;
using Xunit;

namespace Cleiss.Engine.Tests.CodeFirst;

/// <summary>Workflows written as classes: they run, wait, are stored as definitions, and are published anew only when they change.</summary>
public sealed class CodeWorkflowTests : IAsyncDisposable
{
    private readonly WorkflowTestHost _host = new(services => services.AddActivitiesFrom(typeof(CountDays).Assembly).AddWorkflow<Welcome>().AddWorkflow<Choice>());

    [Fact]
    public async Task A_class_runs_waits_and_goes_on_from_the_stored_state()
    {
        var instance = await _host.StartCodeAsync(nameof(Welcome));
        Assert.Equal(["Bonjour Maria"], _host.Lines(instance.Id));

        await _host.SendEventAsync("suite");

        await _host.ExpectAsync(instance.Id);
        Assert.Equal(["Bonjour Maria", "Au revoir Ion", "31 jours"], _host.Lines(instance.Id));
    }

    [Theory]
    [InlineData(true, "oui")]
    [InlineData(false, "non")]
    public async Task A_drawn_flow_in_code_follows_its_connections(bool yes, string expected)
    {
        var instance = await _host.StartCodeAsync("choix", new() { ["oui"] = yes });

        await _host.ExpectAsync(instance.Id);
        Assert.Equal([expected, "fin"], _host.Lines(instance.Id));
    }

    [Fact]
    public async Task An_unchanged_class_is_not_published_twice_and_what_is_stored_is_a_readable_definition()
    {
        var publisher = _host.Get<CodeWorkflowPublisher>();
        Assert.Equal(2, (await publisher.PublishAsync(CancellationToken.None)).Count);
        Assert.Empty(await publisher.PublishAsync(CancellationToken.None));

        var stored = Assert.Single(await _host.Get<IDefinitionStore>().ListAsync(nameof(Welcome), CancellationToken.None));
        Assert.Equal("Accueil", stored.Name);
        Assert.Equal("CLR", stored.Document["materializerName"]!.GetValue<string>());
        Assert.True(stored.Document["isReadonly"]!.GetValue<bool>());
        Assert.Equal("Elsa.WriteLine", stored.Document["root"]!["activities"]![0]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_definition_whose_class_is_missing_says_so()
    {
        var document = (await Published(nameof(Welcome))).DeepClone().AsObject();
        await using var elsewhere = new WorkflowTestHost(services => services.AddActivitiesFrom(typeof(CountDays).Assembly));

        var problems = await elsewhere.Get<DefinitionPublisher>().CheckAsync(nameof(Welcome), document, CancellationToken.None);

        Assert.Equal(4, problems.Count(problem => problem.Code == "CLS-1071"));
    }

    [Fact]
    public async Task A_wait_in_vain_is_told_with_the_journal()
    {
        var instance = await _host.StartCodeAsync(nameof(Welcome));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => _host.ExpectAsync(instance.Id));

        Assert.Contains("is Suspended, not Finished. Event1 waits for Elsa.Event", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Written", failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<System.Text.Json.Nodes.JsonObject> Published(string definitionId)
    {
        await _host.Get<CodeWorkflowPublisher>().PublishAsync(CancellationToken.None);
        return (await _host.Get<IDefinitionStore>().ListAsync(definitionId, CancellationToken.None))[0].Document;
    }

    private sealed class Welcome : WorkflowBase
    {
        protected override void Build(IWorkflowBuilder builder)
        {
            builder.Name = "Accueil";
            var name = builder.WithVariable<string>("nom", "Maria");
            var days = builder.WithVariable<int>("jours");
            builder.Root = new Sequence
            {
                Activities =
                [
                    new WriteLine(context => $"Bonjour {name.Get(context)}"),
                    new Event("suite"),
                    new SetVariable(name, new("Ion")),
                    new If(context => name.Get(context) == "Ion") { Then = new WriteLine(context => $"Au revoir {name.Get(context)}"), Else = new WriteLine("jamais") },
                    new CountDays
                    {
                        From = new(new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero)),
                        To = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)),
                        Result = new(days),
                    },
                    new WriteLine(context => $"{days.Get(context)} jours"),
                ],
            };
        }
    }

    private sealed class Choice : WorkflowBase
    {
        protected override void Build(IWorkflowBuilder builder)
        {
            builder.DefinitionId = "choix";
            builder.WithInput<bool>("oui");
            var decision = new FlowDecision { Condition = new(new Expression("Input", "oui")) };
            var (yes, no, end) = (new WriteLine("oui"), new WriteLine("non"), new WriteLine("fin"));
            builder.Root = new Flowchart
            {
                Activities = [decision, yes, no, end],
                Connections =
                [
                    new Connection(new Endpoint(decision, "True"), new Endpoint(yes)),
                    new Connection(new Endpoint(decision, "False"), new Endpoint(no)),
                    new Connection(yes, end),
                    new Connection(no, end),
                ],
            };
        }
    }
}
