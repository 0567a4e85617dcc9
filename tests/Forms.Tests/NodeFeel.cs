using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.Scripting.Feel;
using Cleiss.TestKit;

namespace Cleiss.Forms.Tests;

/// <summary>The real FEEL library in one Node process: a line in, a line out. Conditions are judged here as in the product.</summary>
internal sealed class NodeFeel : IFeelEvaluator, IDisposable
{
    private const string Script =
        """
        import { createInterface } from "node:readline";
        import { evaluate } from "feelin";
        const value = (source, context) => { try { const r = evaluate(source, context); return (r && "value" in r ? r.value : r) ?? null; } catch { return null; } };
        createInterface({ input: process.stdin }).on("line", (line) =>
          console.log(JSON.stringify(JSON.parse(line).map((job) => job.expressions.map((e) => value(e, job.context))))));
        """;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Process _node;

    public NodeFeel()
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = RepositoryFolder.Path };
        start.ArgumentList.Add("--input-type=module");
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(Script);
        _node = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
    }

    public int Calls { get; private set; }

    public async Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> EvaluateAsync(IReadOnlyList<FeelJob> jobs, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Calls++;
            var line = new JsonArray([.. jobs.Select(job => new JsonObject
            {
                ["expressions"] = new JsonArray([.. job.Expressions.Select(e => JsonValue.Create(e))]),
                ["context"] = job.Context.DeepClone(),
            })]);
            await _node.StandardInput.WriteLineAsync(line.ToJsonString());
            await _node.StandardInput.FlushAsync(cancellationToken);
            var answer = await _node.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new InvalidOperationException("The FEEL process ended; run npm ci.");
            return [.. JsonNode.Parse(answer)!.AsArray().Select(job => (IReadOnlyList<JsonNode?>)[.. job!.AsArray().Select(value => value?.DeepClone())])];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        if (!_node.WaitForExit(5000))
        {
            _node.Kill();
        }

        _node.Dispose();
        _turn.Dispose();
    }
}
