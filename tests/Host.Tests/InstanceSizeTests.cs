using Xunit;

namespace Cleiss.Host.Tests;

/// <summary>A waiting instance of the main process costs one small row and nothing in memory.</summary>
[Collection(HostCollection.Name)]
public sealed class InstanceSizeTests(HostFixture host)
{
    [Fact]
    public async Task A_waiting_case_keeps_at_most_two_kibibytes_in_its_instance_row()
    {
        var (opened, _) = await LiaisonCase.OpenFilledAsync(host);

        var bytes = await host.CountAsync($"select pg_column_size(i.*)::bigint from workflow_instances i where correlation_id = '{opened.Id}' and sub_status = 'Suspended'");

        Assert.InRange(bytes, 200, 2048);
    }
}
