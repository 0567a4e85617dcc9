using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Activities.Http;
using Cleiss.Engine.Effects;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class HttpActivityTests(HostFixture host)
{
    [Fact]
    public async Task A_flow_answers_in_the_same_request_with_what_the_address_carries()
    {
        await PublishAsync("http-reponse", Flowchart(
            [
                Endpoint("e", "essais/{numero}/pieces", ["GET"], ("routeData", Bound("r"))),
                Activity("w", "Elsa.WriteHttpResponse", ("statusCode", Literal("Created")), ("content", Variable("r")), ("responseHeaders", Input("Object", """{"X-Essai":"oui","Set-Cookie":"a=b"}"""))),
            ],
            "e>w"));

        var answer = await host.Stranger.GetAsync("workflows/essais/42/pieces?x=1");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("42", answer.Body!["numero"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.PostAsync("workflows/essais/42/pieces", new JsonObject())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.GetAsync("workflows/rien")).Status);
    }

    [Fact]
    public async Task A_flow_that_does_not_get_there_in_time_is_acknowledged_with_its_id_and_goes_on_inside()
    {
        await PublishAsync("http-attente", Flowchart(
            [
                Endpoint("e", "attente", ["POST"], ("parsedContent", Bound("r")), ("requestTimeout", Literal("00:00:00.300"))),
                Endpoint("f", "attente/suite", ["POST"], start: false),
                Activity("w", "Elsa.WriteHttpResponse", ("content", Variable("r"))),
            ],
            "e>f", "f>w"));

        var accepted = await host.Stranger.PostAsync("workflows/attente", new JsonObject { ["nom"] = "Ana" });
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        var instance = accepted.Body!["workflowInstanceId"]!.GetValue<string>();
        var resumed = await host.Stranger.PostAsync($"workflows/attente/suite?workflowInstanceId={instance}", new JsonObject());

        Assert.Equal("Ana", resumed.Ok()["nom"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.PostAsync("workflows/attente/suite", new JsonObject())).Status);
    }

    [Fact]
    public async Task An_endpoint_lets_in_only_whom_and_what_it_admits()
    {
        await PublishAsync("http-garde", Flowchart([Endpoint("e", "garde", ["POST"], ("policy", Literal("operations")))]));
        await PublishAsync("http-limites", Flowchart(
            [
                Endpoint("e", "limites", ["POST"], ("requestSizeLimit", Literal(400)), ("allowedFileExtensions", Input("Object", """[".pdf"]""")), ("exposeInvalidFileExtensionOutcome", true)),
                Activity("ok", "Elsa.WriteHttpResponse", ("content", Literal("reçu"))),
                Activity("ko", "Elsa.WriteHttpResponse", ("content", Literal("extension refusée par la procédure"))),
            ],
            "e>ok", "e.Invalid file extension>ko"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.PostAsync("workflows/garde", new JsonObject())).Status);
        using (var browser = new Caller(host.Address))
        {
            await SignInTests.SignInAsync(browser, "admin", "cleiss-demo", "/");
            var withCookie = await browser.SendAsync(HttpMethod.Post, "workflows/garde", new StringContent(""), ("Authorization", "Basic eDp5"));
            Assert.Equal(HttpStatusCode.Unauthorized, withCookie.Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).PostAsync("workflows/garde", new JsonObject())).Status);
        (await (await host.AsAsync("admin")).PostAsync("workflows/garde", new JsonObject())).Ok();

        Assert.Equal("reçu", (await host.Stranger.PostAsync("workflows/limites", new JsonObject { ["a"] = 1 })).Text);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.Stranger.PostAsync("workflows/limites", new JsonObject { ["a"] = new string('x', 500) })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Stranger.SendAsync(HttpMethod.Post, "workflows/limites", new StringContent("{", Encoding.UTF8, "application/json"))).Status);
        Assert.Equal("extension refusée par la procédure", (await host.Stranger.UploadAsync("workflows/limites", "a.exe", [1])).Text);
        Assert.Equal("reçu", (await host.Stranger.UploadAsync("workflows/limites", "a.pdf", [1])).Text);
    }

    [Fact]
    public async Task A_flow_that_calls_an_internal_address_stops_at_an_incident()
    {
        await PublishAsync("http-interne", Flowchart(
            [
                Endpoint("e", "interne", ["GET"]),
                Activity("s", "Elsa.FlowSendHttpRequest", ("url", Literal(host.Address + "health/live"))),
                Activity("w", "Elsa.WriteHttpResponse", ("content", Literal("jamais"))),
            ],
            "e>s", "s>w"));

        Assert.Equal(HttpStatusCode.InternalServerError, (await host.Stranger.GetAsync("workflows/interne")).Status);
    }

    [Fact]
    public async Task A_call_gives_status_headers_and_content_or_says_why_it_failed()
    {
        var here = host.Address.Host;
        using var open = new SendHttpHandler(new HttpActivityOptions { AllowedInternalHosts = [here, "localhost"] });
        using var guarded = new SendHttpHandler(new HttpActivityOptions());

        var done = await SendAsync(open, host.Address + "api/nothing-here");
        Assert.Equal(404, done["statusCode"]!.GetValue<int>());
        Assert.Equal("not-found", done["content"]!["code"]!.GetValue<string>());
        Assert.Equal("refused", (await SendAsync(guarded, host.Address + "health/live"))["failure"]!.GetValue<string>());
        Assert.Equal("refused", (await SendAsync(guarded, $"http://localhost:{host.Address.Port}/health/live"))["failure"]!.GetValue<string>());
        Assert.Equal("refused", (await SendAsync(guarded, $"http://[::ffff:127.0.0.1]:{host.Address.Port}/health/live"))["failure"]!.GetValue<string>());
        Assert.Equal("connect", (await SendAsync(open, $"http://{here}:1/"))["failure"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_stranger_attaches_no_instance_to_a_case()
    {
        await PublishAsync("http-rattachement", Flowchart([Endpoint("e", "rattachement", ["GET"])]));
        const string Attached = "select count(*) from workflow_instances where correlation_id = 'dossier-visé'";

        (await host.Stranger.GetAsync("workflows/rattachement?correlationId=dossier-vis%C3%A9")).Ok();
        Assert.Equal(0, await host.CountAsync(Attached));
        (await (await host.AsAsync("agent1")).GetAsync("workflows/rattachement?correlationId=dossier-vis%C3%A9")).Ok();
        Assert.Equal(1, await host.CountAsync(Attached));
    }

    [Theory]
    [InlineData("page.html", "<script>alert(1)</script>", "text/plain")]
    [InlineData("image.svg", "\u0001\u0002", "application/octet-stream")]
    public async Task A_file_handed_to_a_flow_is_what_its_content_says(string name, string content, string expected)
    {
        await PublishAsync("http-fichiers", Flowchart([Endpoint("e", "fichiers", ["POST"])]));
        var file = new StringContent(content);
        file.Headers.ContentType = new("text/html");

        (await host.Stranger.SendAsync(HttpMethod.Post, "workflows/fichiers", new MultipartFormDataContent { { file, "file", name } })).Ok();

        Assert.Equal(1, await host.CountAsync($"select count(*) from files where name = '{name}' and media_type = '{expected}'"));
    }

    [Theory]
    [InlineData("Content-Type: text/plain; charset=klingon-8", "bonjour")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1", "bonjour")]
    [InlineData("Content-Type: text/plain", "bonjour")]
    [InlineData("Content-Encoding: gzip", null)]
    public async Task An_answer_that_came_is_never_asked_for_again(string header, string? expected)
    {
        using var other = new OtherSystem(header, "bonjour");
        using var handler = new SendHttpHandler(new HttpActivityOptions { AllowedInternalHosts = ["127.0.0.1"] });

        var done = await SendAsync(handler, other.Url, ("resilient", true));

        Assert.Equal(expected, done["content"]?.GetValue<string>());
        Assert.Equal(expected is null, done.ContainsKey("failure"));
        Assert.Equal(1, other.Requests);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_sent_is_not_repeated()
    {
        using var handler = new SendHttpHandler(new HttpActivityOptions());

        var done = await SendAsync(handler, "http://system.example/", ("authorization", "Clé s3cr3t"), ("validateAuthorization", true));

        Assert.Equal("refused", done["failure"]!.GetValue<string>());
        Assert.DoesNotContain("s3cr3t", done.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2a00:1450:4007::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_of_this_network_are_told_from_public_ones(string address, bool expected) =>
        Assert.Equal(expected, OutgoingAddresses.IsPublic(IPAddress.Parse(address)));

    private static async Task<JsonObject> SendAsync(SendHttpHandler handler, string url, params (string Name, JsonNode Value)[] more)
    {
        var payload = new JsonObject { ["url"] = url, ["method"] = "GET" };
        foreach (var (name, value) in more)
        {
            payload[name] = value;
        }

        var result = await handler.HandleAsync(new Effect("1", handler.Kind, "key", payload, null, null, null, 1, default), CancellationToken.None);
        return Assert.IsType<EffectResult.Done>(result).Output!;
    }

    private static JsonObject Endpoint(string id, string path, string[] methods, params (string, JsonNode?)[] more) => Endpoint(id, path, methods, true, more);

    private static JsonObject Endpoint(string id, string path, string[] methods, bool start, params (string, JsonNode?)[] more) =>
        Activity(
            id, "Elsa.HttpEndpoint",
            [
                ("path", Literal(path)), ("supportedMethods", Input("Object", new JsonArray([.. methods.Select(method => (JsonNode?)method)]).ToJsonString())),
                ("customProperties", new JsonObject { ["canStartWorkflow"] = start }), .. more,
            ]);

    private static JsonNode Bound(string variable) => new JsonObject { ["memoryReference"] = new JsonObject { ["id"] = "var-" + variable } };

    private static JsonObject Variable(string name) => Input("Variable", $$"""{"id":"var-{{name}}","name":"{{name}}"}""");

    private async Task PublishAsync(string definitionId, JsonObject root)
    {
        var model = Definition(root, FlowJson.Variable("r", "Object")).With("definitionId", definitionId);
        (await (await host.AsAsync("proprietaire")).PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true })).Ok();
    }
}
