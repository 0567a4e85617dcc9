using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;
using Cleiss.Scripting.Workers;

namespace Cleiss.Scripting.JavaScript;

/// <summary>JavaScript in the sandbox, Liquid in its own worker; a change one expression makes is seen by those after it.</summary>
public sealed class ScriptEvaluator(ScriptHost host) : IScriptEvaluator, IScriptChecker
{
    public async Task<ScriptBatchResult> EvaluateAsync(ScriptBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var run = new Run(batch);
        var expressions = batch.Expressions;
        for (var first = 0; first < expressions.Count;)
        {
            var isLiquid = IsLiquid(expressions[first]);
            var count = expressions.Skip(first).TakeWhile(expression => IsLiquid(expression) == isLiquid).Count();
            var request = isLiquid ? LiquidRequest(run, first, count) : JavaScriptRequest(run, first, count);
            try
            {
                var answer = await CallAsync(isLiquid ? host.Texts : host.Expressions, request, cancellationToken);
                run.Take(answer, isLiquid);
            }
            catch (ScriptException failure) when (failure.Index is { } index && first > 0)
            {
                throw new ScriptException(failure.Message, first + index, failure.Line, failure.Cause!, failure);
            }

            first += count;
        }

        return new ScriptBatchResult(run.Values, run.Changed, run.CorrelationId, run.Name, run.Outcomes);
    }

    public async Task<IReadOnlyList<ScriptMistake?>> CheckAsync(IReadOnlyList<ScriptExpression> expressions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(expressions);
        var mistakes = new ScriptMistake?[expressions.Count];
        foreach (var language in Enumerable.Range(0, expressions.Count).GroupBy(index => IsLiquid(expressions[index])))
        {
            var request = new JsonObject
            {
                ["operation"] = "check",
                ["now"] = 0,
                ["sources"] = new JsonArray([.. language.Select(index => JsonValue.Create(expressions[index].Source))]),
            };
            var found = await CallAsync(language.Key ? host.Texts : host.Expressions, JsonSerializer.SerializeToUtf8Bytes(request), cancellationToken);
            foreach (var (index, mistake) in language.Zip(found.AsArray()))
            {
                mistakes[index] = mistake is null ? null : new ScriptMistake(mistake["message"]!.GetValue<string>(), mistake["line"]?.GetValue<int>());
            }
        }

        return mistakes;
    }

    /// <summary>The sources for the worker, and after a line end the data, which goes into the sandbox as it is.</summary>
    private static ReadOnlyMemory<byte> JavaScriptRequest(Run run, int first, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("sources");
        for (var i = first; i < first + count; i++)
        {
            json.WriteStringValue(run.Batch.Expressions[i].Source);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        json.Reset(buffer);
        run.WriteModel(json);
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static byte[] LiquidRequest(Run run, int first, int count)
    {
        var batch = run.Batch;
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["operation"] = "render",
            ["now"] = batch.Now.ToUnixTimeMilliseconds(),
            ["templates"] = new JsonArray([.. batch.Expressions.Skip(first).Take(count).Select(expression => JsonValue.Create(expression.Source))]),
            ["model"] = new JsonObject
            {
                ["Variables"] = run.Variables().DeepClone(),
                ["Input"] = batch.Input.DeepClone(),
                ["CorrelationId"] = run.CorrelationId ?? batch.CorrelationId,
                ["WorkflowDefinitionId"] = batch.WorkflowDefinitionId,
                ["WorkflowDefinitionVersionId"] = batch.WorkflowDefinitionVersionId,
                ["WorkflowDefinitionVersion"] = batch.WorkflowDefinitionVersion,
                ["WorkflowInstanceId"] = batch.WorkflowInstanceId,
                ["WorkflowInstanceName"] = run.Name ?? batch.WorkflowInstanceName,
            },
        });
    }

    internal static async Task<JsonNode> CallAsync(WorkerPool pool, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            return (await pool.CallAsync(request, cancellationToken))!;
        }
        catch (WorkerException failure) when (failure.Fault == WorkerFault.Author)
        {
            var details = failure.Details;
            throw new ScriptException(
                failure.Message, details?["index"]?.GetValue<int>(), details?["line"]?.GetValue<int>(),
                details?["cause"]?.GetValue<string>() ?? failure.Message, failure);
        }
        catch (WorkerException failure)
        {
            throw new ScriptException($"The evaluation was stopped: {failure.Message}.", failure);
        }
    }

    internal static Task<JsonNode> CallAsync(WorkerPool pool, JsonObject request, CancellationToken cancellationToken) =>
        CallAsync(pool, JsonSerializer.SerializeToUtf8Bytes(request), cancellationToken);

    private static bool IsLiquid(ScriptExpression expression) =>
        expression.Language.Equals("Liquid", StringComparison.OrdinalIgnoreCase)
        || (expression.Language.Equals("JavaScript", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new ScriptException($"An expression is in the language '{expression.Language}'; known are JavaScript and Liquid."));

    private sealed class Run(ScriptBatch batch)
    {
        private JsonObject? _variables;

        public ScriptBatch Batch => batch;

        public List<JsonNode?> Values { get; } = new(batch.Expressions.Count);

        public JsonObject Changed { get; } = [];

        public string? CorrelationId { get; private set; }

        public string? Name { get; private set; }

        public IReadOnlyList<string>? Outcomes { get; private set; }

        /// <summary>The batch's variables with what earlier expressions changed.</summary>
        public JsonObject Variables()
        {
            if (Changed.Count == 0)
            {
                return batch.Variables;
            }

            _variables ??= batch.Variables.DeepClone().AsObject();
            foreach (var (name, value) in Changed)
            {
                _variables[name] = value?.DeepClone();
            }

            return _variables;
        }

        public void WriteModel(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteNumber("now", batch.Now.ToUnixTimeMilliseconds());
            Write(json, "variables", Variables());
            Write(json, "input", batch.Input);
            Write(json, "outputs", batch.ActivityOutputs);
            Write(json, "lastResult", batch.LastResult);
            if (batch.Arguments is not null)
            {
                Write(json, "arguments", batch.Arguments);
            }

            json.WriteString("instanceId", batch.WorkflowInstanceId);
            json.WriteString("definitionId", batch.WorkflowDefinitionId);
            json.WriteNumber("definitionVersion", batch.WorkflowDefinitionVersion);
            json.WriteString("definitionVersionId", batch.WorkflowDefinitionVersionId);
            json.WriteString("instanceName", Name ?? batch.WorkflowInstanceName);
            json.WriteString("correlationId", CorrelationId ?? batch.CorrelationId);
            json.WriteEndObject();
        }

        public void Take(JsonNode answer, bool isLiquid)
        {
            var values = (isLiquid ? answer : answer["values"]!).AsArray();
            // Detached, not copied: the answer is used by nobody else.
            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i];
                values[i] = null;
                Values.Add(value);
            }

            if (isLiquid)
            {
                return;
            }

            foreach (var (name, value) in answer["changed"]!.AsObject())
            {
                Changed[name] = value?.DeepClone();
            }

            CorrelationId = answer["correlationId"]?.GetValue<string>() ?? CorrelationId;
            Name = answer["name"]?.GetValue<string>() ?? Name;
            Outcomes = answer["outcomes"]?.AsArray().Select(outcome => outcome!.GetValue<string>()).ToArray() ?? Outcomes;
        }

        private static void Write(Utf8JsonWriter json, string name, JsonNode? value)
        {
            json.WritePropertyName(name);
            if (value is null)
            {
                json.WriteNullValue();
            }
            else
            {
                value.WriteTo(json);
            }
        }
    }
}
