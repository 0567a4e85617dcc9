using System.Net;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Host.Tests.ElsaApi;

/// <summary>How the files of Elsa Studio travel.</summary>
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
}
