using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>What Studio reads before it shows anything.</summary>
[Collection(HostCollection.Name)]
public sealed class DescriptorContractTests(HostFixture host)
{
    private const string Activities = "elsa/api/descriptors/activities";

    [Theory]
    [InlineData("descriptors/activities?Refresh=True", "typeName,version,name,displayName,category,kind,isBrowsable,isContainer,isStart,isTerminal,ports,inputs,outputs,customProperties,constructionProperties")]
    [InlineData("descriptors/expression-descriptors", "type,displayName,isSerializable,isBrowsable,properties")]
    [InlineData("descriptors/variables", "typeName,displayName,category,description")]
    [InlineData("descriptors/storage-drivers", "typeName,displayName,priority,deprecated")]
    [InlineData("descriptors/workflow-activation-strategies", "typeName,displayName,description")]
    [InlineData("descriptors/incident-strategies", "typeName,displayName,description")]
    [InlineData("descriptors/log-persistence-strategies", "typeName,displayName,description")]
    [InlineData("descriptors/commit-strategies/workflows", "")]
    [InlineData("descriptors/commit-strategies/activities", "")]
    [InlineData("descriptors/output-converters?sourceType=Object&destinationType=String", "")]
    [InlineData("features/installed", "name,namespace,fullName,displayName,description")]
    [InlineData("resilience/strategies?category=HTTP", "id,displayName")]
    public async Task A_list_has_the_members_Studio_reads(string path, string members)
    {
        foreach (var user in new[] { "proprietaire", "admin" })
        {
            var list = (await (await host.AsAsync(user)).GetAsync("elsa/api/" + path)).Ok();
            var items = list["items"]!.AsArray();
            Assert.Equal(items.Count, list["count"]!.GetValue<int>());
            Assert.True(members.Length == 0 || items.Count > 0, $"{path} is empty.");
            foreach (var item in items)
            {
                Assert.All(members.Split(',', StringSplitOptions.RemoveEmptyEntries), member => Assert.True(item!.AsObject().ContainsKey(member), $"{path}: no {member} in {item}"));
            }
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.AsAsync("agent1")).GetAsync("elsa/api/" + path)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.GetAsync("elsa/api/" + path)).Status);
    }

    [Fact]
    public async Task The_activities_are_not_sent_again_when_unchanged()
    {
        var owner = await host.AsAsync("proprietaire");
        using var http = new HttpClient { BaseAddress = host.Address };
        using var first = new HttpRequestMessage(HttpMethod.Get, new Uri(Activities, UriKind.Relative));
        var token = (await owner.PostAsync("elsa/api/identity/login", new JsonObject { ["username"] = "proprietaire", ["password"] = "cleiss-demo" })).Ok()["accessToken"]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var answer = await http.SendAsync(first);
        http.DefaultRequestHeaders.IfNoneMatch.Add(answer.Headers.ETag!);
        using var second = await http.GetAsync(new Uri(Activities, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task One_activity_and_one_feature_are_found_by_name()
    {
        var owner = await host.AsAsync("proprietaire");
        Assert.Equal("Elsa.UserTask", (await owner.GetAsync(Activities + "/Elsa.UserTask?version=1")).Ok()["typeName"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync(Activities + "/Elsa.UserTask?version=9")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync(Activities + "/Elsa.Inconnue")).Status);
        (await owner.GetAsync("elsa/api/features/installed/Elsa.Resilience")).Ok();
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("elsa/api/features/installed/Elsa.Secrets")).Status);
        Assert.Matches(@"^\d+\.\d+\.\d+\.\d+$", (await owner.GetAsync("elsa/api/package/version")).Ok()["packageVersion"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("Elsa.UserTask", "form", "dropdown", "selectList", "se-151-01")]
    [InlineData("Elsa.UserTask", "candidateGroups", "checklist", "checkList", "agent")]
    [InlineData("Elsa.UserTask", "candidateUsers", "checklist", "checkList", "juriste")]
    [InlineData("Cleiss.RenderDocument", "template", "dropdown", "selectList", "formulaire-de-liaison/formulaire-bilingue")]
    [InlineData("Cleiss.SendMail", "partner", "dropdown", "selectList", "MD")]
    public async Task The_pickers_list_what_the_server_holds_and_keep_what_it_no_longer_holds(string type, string input, string key, string list, string expected)
    {
        var owner = await host.AsAsync("proprietaire");
        var descriptor = (await owner.GetAsync($"{Activities}/{type}")).Ok();
        var declared = descriptor["inputs"]!.AsArray().Single(one => string.Equals(one!["name"]!.GetValue<string>(), input, StringComparison.OrdinalIgnoreCase))!;
        Assert.True(declared["uiSpecifications"]!["Refresh"]!.GetValue<bool>());

        var stored = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "disparu" } };
        var answer = (await owner.PostAsync($"{Activities}/{type}/options/{input}", new JsonObject { ["context"] = new JsonObject { [input] = stored } })).Ok();

        var values = answer["items"]![key]![list]!["items"]!.AsArray().Select(item => item!["value"]!.GetValue<string>()).ToList();
        Assert.Contains(expected, values);
        Assert.Contains("disparu", values);
    }

    [Fact]
    public async Task An_input_nobody_knows_has_no_choices()
    {
        var owner = await host.AsAsync("proprietaire");
        Assert.Equal(HttpStatusCode.NotFound, (await owner.PostAsync(Activities + "/Elsa.UserTask/options/inventée", new JsonObject())).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Stranger.PostAsync(Activities + "/Elsa.UserTask/options/form", new JsonObject())).Status);
    }
}
