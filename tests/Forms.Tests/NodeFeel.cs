using System.Text.Json.Nodes;
using Cleiss.Scripting.Feel;

namespace Cleiss.Forms.Tests;

/// <summary>The real FEEL library in one Node process. Conditions are judged here as in the product.</summary>
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

    private readonly NodeLines _node = new("--input-type=module", "-e", Script);

    public async Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> EvaluateAsync(IReadOnlyList<FeelJob> jobs, CancellationToken cancellationToken)
    {
        var answer = await _node.AskAsync(
            new JsonArray([.. jobs.Select(job => new JsonObject
            {
                ["expressions"] = new JsonArray([.. job.Expressions.Select(e => JsonValue.Create(e))]),
                ["context"] = job.Context.DeepClone(),
            })]),
            cancellationToken);
        return [.. answer.AsArray().Select(job => (IReadOnlyList<JsonNode?>)[.. job!.AsArray().Select(value => value?.DeepClone())])];
    }

    public void Dispose() => _node.Dispose();
}
