using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.JavaScript;

/// <summary>JavaScript in the sandbox, Liquid in its own worker; a change one expression makes is seen by those after it.</summary>
public sealed class ScriptEvaluator(ScriptHost host) : IScriptEvaluator
{
    public async Task<ScriptBatchResult> EvaluateAsync(ScriptBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var run = new Run(batch);
        var expressions = batch.Expressions;
        for (var first = 0; first < expressions.Count;)
        {
            var language = expressions[first].Language;
            var sources = expressions.Skip(first).TakeWhile(expression => Same(expression.Language, language)).Select(e => e.Source).ToArray();
            await (Same(language, "JavaScript") ? JavaScriptAsync(run, sources, cancellationToken)
                : Same(language, "Liquid") ? LiquidAsync(run, sources, cancellationToken)
                : throw new ScriptException($"Expression {first + 1} is in the language '{language}'; known are JavaScript and Liquid."));
            first += sources.Length;
        }

        return new ScriptBatchResult(run.Values, run.Changed, run.CorrelationId, run.Name, run.Outcomes);
    }

    private async Task JavaScriptAsync(Run run, string[] sources, CancellationToken cancellationToken)
    {
        var batch = run.Batch;
        var request = run.Model();
        request["sources"] = new JsonArray([.. sources.Select(source => JsonValue.Create(source))]);
        request["outputs"] = batch.ActivityOutputs.DeepClone();
        request["lastResult"] = batch.LastResult?.DeepClone();
        var answer = await CallAsync(host.Expressions, request, cancellationToken);
        run.Values.AddRange(answer["values"]!.AsArray().Select(value => value?.DeepClone()));
        foreach (var (name, value) in answer["changed"]!.AsObject())
        {
            run.Changed[name] = value?.DeepClone();
            run.Variables[name] = value?.DeepClone();
        }

        run.CorrelationId = answer["correlationId"]?.GetValue<string>() ?? run.CorrelationId;
        run.Name = answer["name"]?.GetValue<string>() ?? run.Name;
        run.Outcomes = answer["outcomes"]?.AsArray().Select(outcome => outcome!.GetValue<string>()).ToArray() ?? run.Outcomes;
    }

    private async Task LiquidAsync(Run run, string[] sources, CancellationToken cancellationToken)
    {
        var data = run.Model();
        var model = new JsonObject
        {
            ["Variables"] = data["variables"]!.DeepClone(),
            ["Input"] = data["input"]!.DeepClone(),
            ["CorrelationId"] = data["correlationId"]?.DeepClone(),
            ["WorkflowDefinitionId"] = data["definitionId"]?.DeepClone(),
            ["WorkflowDefinitionVersionId"] = data["definitionVersionId"]?.DeepClone(),
            ["WorkflowDefinitionVersion"] = data["definitionVersion"]?.DeepClone(),
            ["WorkflowInstanceId"] = data["instanceId"]?.DeepClone(),
        };
        var request = new JsonObject
        {
            ["operation"] = "render",
            ["now"] = data["now"]!.DeepClone(),
            ["templates"] = new JsonArray([.. sources.Select(source => JsonValue.Create(source))]),
            ["model"] = model,
        };
        var answer = await CallAsync(host.Texts, request, cancellationToken);
        run.Values.AddRange(answer.AsArray().Select(value => value?.DeepClone()));
    }

    internal static async Task<JsonNode> CallAsync(WorkerPool pool, JsonObject request, CancellationToken cancellationToken)
    {
        try
        {
            return (await pool.CallAsync(request, cancellationToken))!;
        }
        catch (WorkerException failure) when (failure.Fault == WorkerFault.Author)
        {
            throw new ScriptException(failure.Message, failure);
        }
        catch (WorkerException failure)
        {
            throw new ScriptException($"The evaluation was stopped: {failure.Message}.", failure);
        }
    }

    private static bool Same(string language, string other) => language.Equals(other, StringComparison.OrdinalIgnoreCase);

    private sealed class Run(ScriptBatch batch)
    {
        public ScriptBatch Batch => batch;

        public List<JsonNode?> Values { get; } = [];

        public JsonObject Variables { get; } = batch.Variables.DeepClone().AsObject();

        public JsonObject Changed { get; } = [];

        public string? CorrelationId { get; set; }

        public string? Name { get; set; }

        public IReadOnlyList<string>? Outcomes { get; set; }

        public JsonObject Model() => new()
        {
            ["now"] = batch.Now.ToUnixTimeMilliseconds(),
            ["variables"] = Variables.DeepClone(),
            ["input"] = batch.Input.DeepClone(),
            ["instanceId"] = batch.WorkflowInstanceId,
            ["definitionId"] = batch.WorkflowDefinitionId,
            ["definitionVersion"] = batch.WorkflowDefinitionVersion,
            ["definitionVersionId"] = batch.WorkflowDefinitionVersionId,
            ["instanceName"] = Name ?? batch.WorkflowInstanceName,
            ["correlationId"] = CorrelationId ?? batch.CorrelationId,
        };
    }
}
