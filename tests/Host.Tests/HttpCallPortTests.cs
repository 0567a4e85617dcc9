using System.Text.Json.Nodes;
using Cleiss.Activities.Http;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Hosting;
using Cleiss.TestKit.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests;

/// <summary>Which way a flow goes after a call, by its answer; the call itself is in <see cref="HttpActivityTests"/>.</summary>
public sealed class HttpCallPortTests
{
    [Theory]
    [InlineData("""{"statusCode":200}""", "200 ensuite", "200 fait")]
    [InlineData("""{"statusCode":404,"content":"rien"}""", "404 ensuite", "404 fait")]
    [InlineData("""{"statusCode":500}""", "autre ensuite", "autre fait")]
    [InlineData("""{"failure":"connect","message":"x"}""", "injoignable ensuite", "injoignable")]
    [InlineData("""{"failure":"timeout","message":"x"}""", "tard ensuite", "tard")]
    public async Task The_answer_chooses_the_way(string answer, string nested, string drawn)
    {
        var sequence = Sequence(
            Activity(
                "s", "Elsa.SendHttpRequest", ("url", Literal("https://systeme.example/")),
                ("expectedStatusCodes", new JsonArray(Expected(200), Expected(404))),
                ("unmatchedStatusCode", Line("a", "autre")), ("failedToConnect", Line("i", "injoignable")), ("timeout", Line("t", "tard"))),
            Line("e", "ensuite"));
        var chart = Flowchart(
            [
                Activity("s", "Elsa.FlowSendHttpRequest", ("url", Literal("https://systeme.example/")), ("expectedStatusCodes", Input("Object", "[200,404]"))),
                Line("l200", "200"), Line("l404", "404"), Line("a", "autre"), Line("i", "injoignable"), Line("t", "tard"), Line("f", "fait"),
            ],
            "s.200>l200", "s.404>l404", "s.Unmatched status code>a", "s.Failed to connect>i", "s.Timeout>t", "s.Done>f");

        Assert.Equal(nested.Split(' '), await LinesAsync(sequence, answer));
        Assert.Equal(drawn.Split(' '), await LinesAsync(chart, answer));
    }

    private static JsonObject Expected(int status) => new() { ["statusCode"] = status, ["activity"] = Line("l" + status, $"{status}") };

    private static async Task<IReadOnlyList<string>> LinesAsync(JsonObject root, string answer)
    {
        await using var host = new WorkflowTestHost(services =>
        {
            services.AddActivitiesFrom(typeof(SendHttpRequest).Assembly);
            services.AddSingleton<IEffectHandler>(new OtherSide(answer));
        });
        var instance = await host.StartAsync(Definition(root));
        await host.ExpectAsync(instance.Id);
        return host.Lines(instance.Id);
    }

    private sealed class OtherSide(string answer) : IEffectHandler
    {
        public string Kind => "http.send";

        public Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken) =>
            Task.FromResult<EffectResult>(new EffectResult.Done(JsonNode.Parse(answer)!.AsObject()));
    }
}
