using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Durability.Tests.Hosts;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Scripting.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.Configuration;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Durability.Tests.Scripts;

/// <summary>
/// Flows on PostgreSQL whose scripts never end, eat all memory, or lose their process in the middle: an incident or a retry, and the neighbours
/// notice nothing.
/// </summary>
public sealed class RunawayScriptTests : IAsyncLifetime
{
    // Longer than the product's second only because the machine that tests may be busy.
    private const string LimitMilliseconds = "8000";

    private TestDatabase _database = null!;
    private InProcessHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _host = InProcessHost.Engine(
            _database.ConnectionString, new ManualTimeProvider(), new Ledger(), services => services.AddScripting(
                new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Scripting:ScriptMilliseconds"] = LimitMilliseconds }).Build()));
        await _host.WorkAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("const all = []; while (true) { all.push(new Array(100000).fill('x')); } ''")]
    [InlineData("(function again() { return again() + again(); })()")]
    public async Task A_script_that_runs_away_is_an_incident_and_its_neighbours_finish(string script)
    {
        var bad = await PublishAsync("fou", script);
        var good = await PublishAsync("sage", "`${1 + 1}`");

        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _host.Runtime.StartAsync(
            new StartWorkflow(i % 4 == 0 ? bad : good, $"i-{i}"), CancellationToken.None))));

        for (var i = 0; i < runs.Length; i++)
        {
            Assert.Equal((i, i % 4 == 0), (i, runs[i].Faulted.Count == 1));
        }

        Assert.Equal(6, await _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written' and message = '2'"));
        Assert.Equal(2, await _database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Faulted' and incident_count = 1"));
        await Sound.AssertAsync(_host);
    }

    [Fact]
    public async Task A_script_host_killed_in_the_middle_costs_at_most_an_incident_of_who_was_in_it()
    {
        var slow = await PublishAsync("lent", "let n = 0; for (let i = 0; i < 3000000; i++) { n += i; } '2'");
        // The workers are there.
        Assert.Empty((await _host.Runtime.StartAsync(new StartWorkflow(slow, "avant"), CancellationToken.None)).Faulted);

        var running = Enumerable.Range(0, 8).Select(i => Task.Run(() => _host.Runtime.StartAsync(new StartWorkflow(slow, $"i-{i}"), CancellationToken.None))).ToArray();
        await Task.WhenAny(running);
        Assert.NotEqual(0, KillScriptWorkers());
        var runs = await Task.WhenAll(running);

        // Whoever was in it has an incident, and is not half done; all others wrote their line.
        var faulted = runs.Count(run => run.Faulted.Count > 0);
        Assert.Equal(8 - faulted + 1, await _database.ScalarAsync<long>("select count(*) from workflow_journal where event_name = 'Written' and message = '2'"));
        Assert.Equal(faulted, await _database.ScalarAsync<long>("select count(*) from workflow_instances where sub_status = 'Faulted'"));
        Assert.Empty((await _host.Runtime.StartAsync(new StartWorkflow(slow, "apres"), CancellationToken.None)).Faulted);
        await Sound.AssertAsync(_host);
    }

    private async Task<string> PublishAsync(string id, string script)
    {
        var store = _host.Get<IDefinitionStore>();
        var document = Definition(Sequence(Activity("l", "Elsa.WriteLine", ("text", Input("JavaScript", JsonValue.Create(script), "String")))));
        return (await store.PublishAsync((await store.SaveDraftAsync(id, document, CancellationToken.None)).Id, CancellationToken.None)).Id;
    }

    /// <summary>Kills the Node processes this test's process started.</summary>
    private static int KillScriptWorkers()
    {
        var killed = 0;
        foreach (var process in Process.GetProcessesByName("node").Concat(Process.GetProcessesByName("MainThread")))
        {
            using (process)
            {
                if (ParentOf(process.Id) == Environment.ProcessId)
                {
                    process.Kill();
                    killed++;
                }
            }
        }

        return killed;
    }

    private static int ParentOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
