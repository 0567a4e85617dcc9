using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cleiss.TestKit.Workflows;
using Microsoft.AspNetCore.Routing;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>Whatever is sent to a route of Elsa's API, the server does not stumble: at worst it says that the request is not readable.</summary>
[Collection(HostCollection.Name)]
public sealed class OddInputTests(HostFixture host)
{
    private static readonly string[] Bodies =
    [
        "",
        "null",
        "[]",
        "\"texte\"",
        "17",
        "{",
        "{}",
        """{"ids":"un texte","definitionIds":{},"model":[],"filter":7,"alterations":{}}""",
        """{"ids":[null],"definitionIds":[null],"workflowInstanceIds":[null],"activityNodeIds":[null],"variables":[null],"alterations":[null]}""",
        """{"ids":["a\u0000b"],"definitionIds":["a\u0000b"],"model":{"name":"a\u0000b"},"searchTerm":"\u0000"}""",
        """{"name":"\ud800","model":{"name":"\udc00"},"searchTerm":"\ud800"}""",
        """{"a":1,"a":2,"model":{"name":"x","name":"y"}}""",
        """{"page":-1,"pageSize":-5,"take":-1}""",
        """{"page":2147483647,"pageSize":2147483647}""",
        """{"page":99999999999999999999}""",
        """{"status":"Inconnu","statuses":["Inconnu"],"subStatus":12345,"orderBy":"; drop table","orderDirection":"?"}""",
        """{"timestampFilters":[{"column":"x","operator":"y","timestamp":"pas une date"}]}""",
        """{"timestampFilters":[null]}""",
        """{"model":{"name":5}}""",
        """{"model":{"root":{"id":1,"type":2,"version":"x"}},"publish":true}""",
        """{"model":{"definitionId":"odd-1","root":{"id":"r","type":"Elsa.Flowchart","version":1,"activities":[null,3,{}],"connections":[null,{"source":5,"target":[]},{"source":{"activity":{}}}]}},"publish":true}""",
        """{"model":{"definitionId":"odd-2","variables":[null,1,{"id":{},"name":[]}],"inputs":["x"],"outputs":[3],"outcomes":[{}],"root":{"id":"r","type":"Elsa.WriteLine","version":1,"text":{"expression":{"type":{},"value":[]}}}},"publish":true}""",
        """{"model":{"definitionId":"odd-3","options":{"incidentStrategyType":5,"activationStrategyType":{}},"customProperties":{"effectiveFrom":5},"root":{"id":"r","type":"Elsa.NotFoundActivity","version":1,"originalActivityJson":"{"}},"publish":true}""",
        """{"model":{"definitionId":"odd-4","root":{"id":"r","type":"Elsa.Switch","version":1,"cases":{"a":1},"mode":[]}},"publish":true}""",
        """{"model":{"definitionId":"odd-5","root":{"id":"r","type":"Elsa.StateMachine","version":1,"states":[5],"transitions":[null]}},"publish":true}""",
        """{"workflowInstanceId":"x","filter":{"activityIds":[null],"eventNames":"x"}}""",
        """{"count":-1}""",
        """{"versionOptions":"??","input":[1]}""",
        """{"workflowDefinitionHandle":{"definitionVersionId":"x"},"activityHandle":{"activityNodeId":"y"}}""",
    ];

    private static readonly string[] Queries =
    [
        "?Page=-1&PageSize=-1&skip=-5&take=-5",
        "?Page=2147483647&PageSize=2147483647&skip=2147483647&take=2147483647",
        "?Page=99999999999999999999",
        "?versionOptions=nonsense&OrderBy=%27;--&OrderDirection=x&version=abc",
        "?SearchTerm=%00&name=%00&id=%00&WorkflowInstanceId=%00&ActivityNodeId=%00&definitionIds=%00&ids=%00&parentNodeId=%00&childNodeId=%00&versionOptions=%00",
        "?SearchTerm=%FF%FE&name=%ED%A0%80&IsSystem=peut-etre",
    ];

    [Fact]
    public async Task No_body_makes_a_route_stumble()
    {
        var owner = await host.AsAsync("proprietaire");
        var stumbles = new List<string>();
        foreach (var (method, path) in Routes().Where(route => route.Method is "POST" or "PUT"))
        {
            foreach (var body in Bodies)
            {
                var answer = await owner.SendAsync(new HttpMethod(method), path, new StringContent(body, Encoding.UTF8, "application/json"));
                if ((int)answer.Status >= 500)
                {
                    stumbles.Add($"{method} /{path} {body} → {(int)answer.Status}");
                }
            }
        }

        Assert.True(stumbles.Count == 0, string.Join('\n', stumbles));
    }

    [Fact]
    public async Task No_query_makes_a_route_stumble()
    {
        var owner = await host.AsAsync("proprietaire");
        var stumbles = new List<string>();
        foreach (var (method, path) in Routes().Where(route => route.Method is "GET" or "DELETE"))
        {
            foreach (var query in Queries)
            {
                var answer = await owner.SendAsync(new HttpMethod(method), path + query);
                if ((int)answer.Status >= 500)
                {
                    stumbles.Add($"{method} /{path}{query} → {(int)answer.Status}");
                }
            }
        }

        Assert.True(stumbles.Count == 0, string.Join('\n', stumbles));
    }

    [Theory]
    [InlineData("""{"model":{"name":"a\u0000b","root":{"id":"r","type":"Elsa.Sequence","version":1}}}""", "U+0000")]
    [InlineData("""{"model":{"name":"\ud800","root":{"id":"r","type":"Elsa.Sequence","version":1}}}""", "moitié")]
    public async Task A_text_that_cannot_be_kept_is_refused_with_a_sentence(string body, string expected)
    {
        var refused = await (await host.AsAsync("proprietaire")).SendAsync(
            HttpMethod.Post, "elsa/api/workflow-definitions", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(expected, refused.Body!["errors"]!.AsObject().Single().Value![0]!.GetValue<string>(), StringComparison.Ordinal);
        // The same characters, written as a text of six letters, are a text like any other.
        var model = Definition(Sequence(Line("l", "\\u0000"))).With("definitionId", "texte-barre-oblique");
        (await (await host.AsAsync("proprietaire")).PostAsync("elsa/api/workflow-definitions", new JsonObject { ["model"] = model })).Ok();
    }

    [Fact]
    public async Task A_zip_is_measured_by_what_it_holds_not_by_what_it_says()
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("bombe.json", CompressionLevel.SmallestSize).Open();
            var blanks = new byte[1024 * 1024];
            Array.Fill(blanks, (byte)' ');
            for (var i = 0; i < 30; i++)
            {
                entry.Write(blanks);
            }
        }

        var refused = await UploadAsync("bombe.zip", Lying(content.ToArray()));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync("faux.zip", "PK pas un zip"u8.ToArray())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync("double.json", """{"root":{"id":"a","id":"b"}}"""u8.ToArray())).Status);
    }

    /// <summary>Makes the zip's directory declare a few bytes for what is thirty megabytes.</summary>
    private static byte[] Lying(byte[] zip)
    {
        var size = BitConverter.GetBytes(30 * 1024 * 1024);
        for (var at = zip.AsSpan().IndexOf(size); at >= 0; at = zip.AsSpan().IndexOf(size))
        {
            BitConverter.GetBytes(100).CopyTo(zip, at);
        }

        return zip;
    }

    private async Task<Answer> UploadAsync(string name, byte[] content)
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { part, "files", name } };
        return await (await host.AsAsync("proprietaire")).SendAsync(HttpMethod.Post, "elsa/api/workflow-definitions/import-files", form);
    }

    private IEnumerable<(string Method, string Path)> Routes() =>
        from endpoint in host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = Regex.Replace(endpoint.RoutePattern.RawText ?? "", "{[^}]*}", "0", RegexOptions.None, TimeSpan.FromSeconds(1)).TrimStart('/')
        where path.StartsWith("elsa/api/", StringComparison.Ordinal) && !path.Contains("identity", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        select (method, path);
}
