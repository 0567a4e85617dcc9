using System.Net;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>How the page that hosts Elsa Studio and the files of Studio itself travel.</summary>
[Collection(HostCollection.Name)]
public sealed class StudioFileTests(HostFixture host)
{
    private static readonly string Package = Path.Combine(RepositoryFolder.Path, "node_modules", "@elsa-workflows", "elsa-studio-wasm");

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("identity", null)]
    public async Task Large_files_go_out_as_they_were_compressed_and_are_kept_for_ever(string accepted, string? sent)
    {
        var file = Directory.EnumerateFiles(Path.Combine(Package, "_framework"), "dotnet.native.*.wasm").Single();
        var address = $"studio/_framework/{Path.GetFileName(file)}";

        var answer = await host.Stranger.SendAsync(HttpMethod.Get, address, null, ("Accept-Encoding", accepted));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/wasm", answer.MediaType);
        Assert.Equal(sent, answer.Headers.GetValueOrDefault("Content-Encoding"));
        Assert.Equal(new FileInfo(file + sent switch { "br" => ".br", "gzip" => ".gz", _ => "" }).Length, answer.Bytes.Length);
        Assert.Equal("Accept-Encoding", answer.Headers["Vary"]);
        Assert.Contains("max-age=31536000", answer.Headers["Cache-Control"], StringComparison.Ordinal);
        Assert.Contains("immutable", answer.Headers["Cache-Control"], StringComparison.Ordinal);

        var again = await host.Stranger.SendAsync(HttpMethod.Get, address, null, ("Accept-Encoding", accepted), ("If-None-Match", answer.Headers["ETag"]));
        Assert.Equal(HttpStatusCode.NotModified, again.Status);
        Assert.Empty(again.Bytes);
    }

    [Fact]
    public async Task A_file_whose_name_stays_the_same_is_asked_for_again()
    {
        var answer = await host.Stranger.GetAsync("studio/_framework/blazor.webassembly.js");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("no-cache", answer.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task The_page_lets_no_foreign_script_in()
    {
        var owner = await host.AsAsync("proprietaire");

        var page = await owner.GetAsync("studio/workflows/definitions");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("no-store, no-cache", page.Headers["Cache-Control"]);
        var policy = page.Headers["Content-Security-Policy"].Split(';', StringSplitOptions.TrimEntries).ToDictionary(rule => rule.Split(' ')[0], rule => rule.Split(' ')[1..]);
        Assert.Equal(["'self'"], policy["default-src"]);
        Assert.All(policy["script-src"], source => Assert.True(source is "'self'" or "'wasm-unsafe-eval'" || source.StartsWith("'sha256-", StringComparison.Ordinal), source));
        Assert.Equal(["'none'"], policy["object-src"]);
        Assert.DoesNotContain(policy.Values.SelectMany(sources => sources), source => source is "*" or "https:" or "http:" or "'unsafe-eval'");
    }
}
