using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Tests.Builtins;
using Cleiss.TestKit.Workflows;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Engine.Tests.Alterations;

/// <summary>
/// Random flowcharts, random states, random edits: an instance that may move still reaches the end in the new version and runs nothing twice;
/// one that may not is told why and stays as it was.
/// </summary>
public sealed class MigrationPropertyTests
{
    private const int Seeds = 300;

    [Fact]
    public async Task What_the_plan_allows_finishes_and_what_it_refuses_is_untouched()
    {
        var (moved, refused) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            if (await TryAsync(seed))
            {
                moved++;
            }
            else
            {
                refused++;
            }
        }

        // Both answers must occur often, or the test would say nothing about one of them.
        Assert.True(moved > Seeds / 4 && refused > Seeds / 20, $"{moved} moved, {refused} refused");
    }

    private static async Task<bool> TryAsync(int seed)
    {
        var random = new Random(seed);
        var graph = Graph.Random(random);
        await using var host = new WorkflowTestHost();
        var instance = await host.StartAsync(Definition(graph.ToJson()));
        for (var events = random.Next(4); events > 0 && host.Store.Bookmarks(instance.Id) is { Count: > 0 } waits; events--)
        {
            await host.SendEventAsync(waits[random.Next(waits.Count)].Payload!["eventName"]!.GetValue<string>());
        }

        if (host.Instance(instance.Id).Status == WorkflowStatus.Finished)
        {
            return true;
        }

        var edited = graph.Edit(random);
        var context = $"seed {seed}: {graph} → {edited}";
        await host.PublishAsync(Definition(edited.ToJson()));
        var before = host.Instance(instance.Id);
        var bookmarks = host.Store.Bookmarks(instance.Id);

        var result = await host.Runtime.AlterAsync(new AlterWorkflow(instance.Id, [new Migrate(2)]), CancellationToken.None);

        if (!result.Applied)
        {
            Assert.True(result.Refusals.All(reason => reason.Length > 20), context);
            Assert.Equal(before, host.Instance(instance.Id));
            Assert.Equal(bookmarks, host.Store.Bookmarks(instance.Id));
            return false;
        }

        Assert.True(bookmarks.Select(b => (b.Id, b.Hash, b.DueAt)).SequenceEqual(host.Store.Bookmarks(instance.Id).Select(b => (b.Id, b.Hash, b.DueAt))), context);
        while (host.Store.Bookmarks(instance.Id) is [var wait, ..])
        {
            await host.SendEventAsync(wait.Payload!["eventName"]!.GetValue<string>());
        }

        var lines = host.Lines(instance.Id);
        var end = host.Instance(instance.Id);
        Assert.True((end.SubStatus, end.IncidentCount) == (WorkflowSubStatus.Finished, 0), $"{context}\n{host.PrintJournal(instance.Id)}");
        Assert.True(lines.Distinct().Count() == lines.Count, $"{context}: {string.Join(' ', lines)}");
        Assert.True(lines[^1] == "z", $"{context}: the end was not reached: {string.Join(' ', lines)}");
        return true;
    }

    /// <summary>Nodes in order, edges only forward, every node on a way from s to z.</summary>
    private sealed class Graph(List<string> nodes, HashSet<(string From, string To)> edges, IReadOnlyDictionary<string, string> ids)
    {
        public static Graph Random(Random random)
        {
            var nodes = new List<string> { "s" };
            for (var i = random.Next(3, 8); i > 0; i--)
            {
                nodes.Add((random.Next(3) == 0 ? "n" : "e") + i);
            }

            nodes.Add("z");
            var edges = new HashSet<(string, string)>();
            for (var i = 1; i < nodes.Count; i++)
            {
                edges.Add((nodes[random.Next(i)], nodes[i]));
                edges.Add((nodes[i - 1 - random.Next(Math.Min(i, 2))], nodes[i]));
            }

            return new Graph(nodes, edges, new Dictionary<string, string>()).Closed();
        }

        public Graph Edit(Random random)
        {
            var (changed, links, renamed) = (nodes.ToList(), edges.ToHashSet(), new Dictionary<string, string>());
            var place = random.Next(1, changed.Count - 1);
            switch (random.Next(5))
            {
                case 0:
                    var cut = links.ElementAt(random.Next(links.Count));
                    links.Remove(cut);
                    changed.Insert(changed.IndexOf(cut.From) + 1, "nouveau");
                    links.UnionWith([(cut.From, "nouveau"), ("nouveau", cut.To)]);
                    break;
                case 1:
                    var from = random.Next(changed.Count - 1);
                    links.Add((changed[from], changed[random.Next(from + 1, changed.Count)]));
                    break;
                case 2:
                    var gone = changed[place];
                    links.UnionWith(edges.Where(e => e.To == gone).SelectMany(e => edges.Where(f => f.From == gone).Select(f => (e.From, f.To))).ToList());
                    links.RemoveWhere(e => e.From == gone || e.To == gone);
                    changed.Remove(gone);
                    break;
                case 3:
                    changed.Insert(place, "e99");
                    links.UnionWith([(changed[random.Next(place)], "e99"), ("e99", "z")]);
                    break;
                default:
                    renamed[changed[place]] = changed[place] + "-bis";
                    break;
            }

            return new Graph(changed, links, renamed).Closed();
        }

        public JsonObject ToJson()
        {
            var chart = Chart.Of(string.Join(' ', edges.OrderBy(e => nodes.IndexOf(e.From)).ThenBy(e => nodes.IndexOf(e.To)).Select(e => $"{e.From}>{e.To}")));
            foreach (var activity in chart["activities"]!.AsArray().Where(activity => ids.ContainsKey(activity!["id"]!.GetValue<string>())))
            {
                activity!["id"] = ids[activity["id"]!.GetValue<string>()];
            }

            foreach (var end in chart["connections"]!.AsArray().SelectMany(connection => new[] { connection!["source"]!, connection["target"]! })
                .Where(end => ids.ContainsKey(end["activity"]!.GetValue<string>())))
            {
                end["activity"] = ids[end["activity"]!.GetValue<string>()];
            }

            return chart;
        }

        public override string ToString() => string.Join(' ', edges.Select(e => $"{e.From}>{e.To}")) + string.Concat(ids.Select(pair => $" ({pair.Key}={pair.Value})"));

        /// <summary>A node from which nothing leads on leads to the end.</summary>
        private Graph Closed()
        {
            edges.UnionWith(nodes.Where(node => node != "z" && !edges.Any(e => e.From == node)).Select(node => (node, "z")).ToList());
            return this;
        }
    }
}
