using System.Text.Json.Nodes;
using Cleiss.Scripting.JavaScript;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.Feel;

/// <summary>Dates, times and durations come back as their ISO text.</summary>
public sealed class FeelEvaluator(ScriptHost host, TimeProvider time) : IFeelEvaluator
{
    public async Task<IReadOnlyList<IReadOnlyList<JsonNode?>>> EvaluateAsync(IReadOnlyList<FeelJob> jobs, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["operation"] = "feel",
            ["now"] = time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["jobs"] = new JsonArray([.. jobs.Select(job => new JsonObject
            {
                ["expressions"] = new JsonArray([.. job.Expressions.Select(expression => JsonValue.Create(expression))]),
                ["context"] = job.Context.DeepClone(),
            })]),
        };
        var answer = await ScriptEvaluator.CallAsync(host.Texts, request, cancellationToken);
        return [.. answer.AsArray().Select(IReadOnlyList<JsonNode?> (values) => [.. values!.AsArray().Select(value => value?.DeepClone())])];
    }
}
