using System.Net;
using System.Text.RegularExpressions;
using Cleiss.Persistence.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Cleiss.Host.Tests;

[Collection(HostCollection.Name)]
public sealed class EndpointRuleTests(HostFixture host)
{
    // Mapped by the framework with the pages, out of reach of their rules; we never send anybody there. Without a rule it answers nobody.
    private const string Unused = "/_framework/opaque-redirect";

    [Fact]
    public void Every_endpoint_and_page_says_who_may_use_it()
    {
        var offenders = Endpoints().Where(endpoint => !HasRule(endpoint) && endpoint.RoutePattern.RawText != Unused).Select(Describe).ToList();

        Assert.True(offenders.Count == 0, $"Without a rule:\n{string.Join('\n', offenders)}");
        Assert.Contains(Endpoints(), endpoint => endpoint.RoutePattern.RawText == "/dossiers/{Id}");
        Assert.Contains(Endpoints(), endpoint => endpoint.RoutePattern.RawText?.EndsWith("user-tasks/{id}/complete", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void What_is_open_to_everyone_says_why()
    {
        var silent = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<OpenToEveryoneAttribute>() is { Reason.Length: < 10 }).Select(Describe);

        Assert.Empty(silent);
    }

    [Fact]
    public async Task A_stranger_gets_nowhere_unless_the_route_is_open()
    {
        var leaks = new List<string>();
        foreach (var endpoint in Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<OpenToEveryoneAttribute>() is null))
        {
            var path = Regex.Replace(endpoint.RoutePattern.RawText ?? "", "{[^}]*}", "0", RegexOptions.None, TimeSpan.FromSeconds(1)).TrimStart('/');
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                var answer = await host.Stranger.SendAsync(new HttpMethod(method), path);
                var program = path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("elsa/", StringComparison.Ordinal) || path == "metrics";
                var refused = program
                    ? answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    : answer.Status == HttpStatusCode.Redirect && answer.Location!.Contains("/connexion", StringComparison.Ordinal);
                if (!refused)
                {
                    leaks.Add($"{method} /{path} → {(int)answer.Status} {answer.Location}");
                }
            }
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
    }

    [Fact]
    public async Task An_endpoint_without_a_rule_answers_nobody()
    {
        Assert.Contains(Endpoints(), endpoint => endpoint.RoutePattern.RawText == Unused);

        var answer = await (await host.AsAsync("admin")).GetAsync(Unused.TrimStart('/'));

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Fact]
    public async Task An_address_without_endpoint_tells_a_stranger_nothing()
    {
        (await host.Stranger.GetAsync("api/nothing-here")).IsProblem(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(HttpStatusCode.NotFound, (await host.Stranger.GetAsync("elsa/api/nothing-here")).Status);
    }

    private List<RouteEndpoint> Endpoints() => [.. host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static bool HasRule(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<RequirePermissionAttribute>() is { AnyOf.Count: > 0 }
        || endpoint.Metadata.GetMetadata<OpenToSignedInAttribute>() is not null
        || endpoint.Metadata.GetMetadata<OpenToEveryoneAttribute>() is not null;

    private static string Describe(RouteEndpoint endpoint) =>
        $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} {endpoint.RoutePattern.RawText} ({endpoint.DisplayName})";
}
