using Cleiss.Host.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Cleiss.Host.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Read_AllIsWell_GivesTheSettings()
    {
        var settings = Read(production: false, ("PublicUrl", "https://liaison.example/"), ("Demo:Enabled", "true"));

        Assert.Equal("https://liaison.example", settings.PublicUrl);
        Assert.True(settings.Demo);
        Assert.False(settings.MovableClock);
        Assert.Null(settings.ConnectionString);
        Assert.True(Path.IsPathRooted(settings.DataPath));
    }

    [Fact]
    public void Read_NoPublicUrl_TakesTheAddressItListensOnOutsideProductionOnly()
    {
        Assert.Equal("http://localhost:5080", Read(production: false).PublicUrl);
        Assert.Contains("PublicUrl", Refused(production: true), StringComparison.Ordinal);
        Assert.Contains("https://", Refused(production: true, ("PublicUrl", "http://liaison.example")), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyMistakes_NamesThemAllAtOnceWithTheirMend()
    {
        var message = Refused(
            production: true,
            ("Urls", "nowhere"),
            ("PublicUrl", "liaison"),
            ("ConnectionStrings:Cleiss", "Host=;Password=geheim;Zzz=1"),
            ("Data:Path", ""),
            ("Demo:Enabled", "true"),
            ("Clock:Movable", "true"),
            ("Mail:Smtp:Host", "smtp.example"),
            ("Mail:Smtp:Port", "99999"),
            ("Mail:From", "nobody"),
            ("Mail:Smtp:StartTls", "peut-être"),
            ("Mail:Smtp:User", "liaison"),
            ("Mail:Smtp:Password", "changeme"),
            ("Scheduling:TimeZone", "Europe/Pariss"));

        string[] keys =
        [
            "Urls", "PublicUrl", "ConnectionStrings:Cleiss", "Data:Path", "Demo:Enabled", "Clock:Movable",
            "Mail:Smtp:Port", "Mail:From", "Mail:Smtp:StartTls", "Mail:Smtp:Password", "Scheduling:TimeZone",
        ];
        Assert.All(keys, key => Assert.Contains($"  - {key} ", message, StringComparison.Ordinal));
        Assert.StartsWith($"La configuration comporte {keys.Length} erreur(s)", message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Proxies_TakesAddressesAndNetworksAndRefusesTheRest()
    {
        Assert.Equal(["10.0.0.5/32", "10.1.0.0/16", "::1/128"], Read(production: false, ("Proxies:0", "10.0.0.5"), ("Proxies:1", "10.1.0.0/16"), ("Proxies:2", "::1")).Proxies.Select(proxy => proxy.ToString()));
        Assert.Contains("Proxies contient « proxy.example »", Refused(production: true, ("PublicUrl", "https://liaison.example"), ("Proxies:0", "proxy.example")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Demo:Enabled")]
    [InlineData("Clock:Movable")]
    public void Read_WhatTestsNeed_IsRefusedInProduction(string key)
    {
        Assert.Contains($"{key} vaut true", Refused(production: true, ("PublicUrl", "https://liaison.example"), (key, "true")), StringComparison.Ordinal);
        Read(production: false, (key, "true"));
    }

    private static HostSettings Read(bool production, params (string Key, string Value)[] changes)
    {
        var values = new Dictionary<string, string?> { ["Urls"] = "http://localhost:5080", ["Data:Path"] = "data" };
        foreach (var (key, value) in changes)
        {
            values[key] = value;
        }

        return HostSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), production);
    }

    private static string Refused(bool production, params (string Key, string Value)[] changes) =>
        Assert.Throws<HostSettingsException>(() => Read(production, changes)).Message;
}

[Collection(HostCollection.Name)]
public sealed class ProductionStartTests(HostFixture host)
{
    [Fact]
    public async Task A_production_host_does_not_start_on_a_database_with_demo_accounts()
    {
        var refused = await Assert.ThrowsAsync<HostSettingsException>(
            () => HostApplication.StartAsync(HostFixture.Settings("Production", host.ConnectionString, demo: false), _ => { }));

        Assert.Contains("comptes de démonstration", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_production_host_does_not_start_in_demo_mode()
    {
        var refused = await Assert.ThrowsAsync<HostSettingsException>(
            () => HostApplication.StartAsync(HostFixture.Settings("Production", host.ConnectionString, demo: true), _ => { }));

        Assert.Contains("Demo:Enabled", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Clock:Movable", refused.Message, StringComparison.Ordinal);
    }
}
