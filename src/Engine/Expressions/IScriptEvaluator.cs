using System.Text.Json.Nodes;

namespace Cleiss.Engine.Expressions;

/// <summary>
/// Port to the sandbox that evaluates JavaScript and Liquid expressions. One call evaluates all script expressions of one activity:
/// a call crosses a process border, so callers batch.
/// </summary>
public interface IScriptEvaluator
{
    /// <summary>Evaluates <see cref="ScriptBatch.Expressions"/> in order, in one sandbox context that is thrown away afterwards.</summary>
    /// <exception cref="ScriptException">An expression did not parse, threw, or exceeded its time or memory.</exception>
    Task<ScriptBatchResult> EvaluateAsync(ScriptBatch batch, CancellationToken cancellationToken);
}

/// <param name="Language"><c>JavaScript</c> or <c>Liquid</c>, as in Elsa's expression type.</param>
/// <param name="Source">For JavaScript either one expression or statements with <c>return</c>; for Liquid a template.</param>
public sealed record ScriptExpression(string Language, string Source);

/// <summary>What scripts of one activity may see. Nothing else reaches the sandbox.</summary>
/// <param name="Variables">By name, those the expressions may mention; JavaScript may assign them (<c>setVariable</c>, <c>variables.X = …</c>).</param>
/// <param name="Input">Workflow inputs by name.</param>
/// <param name="ActivityOutputs">Activity id or name → output name → value, for <c>getOutputFrom</c> and <c>getXFromY</c>.</param>
/// <param name="LastResult">Result of the activity that completed last, for <c>getLastResult()</c>.</param>
/// <param name="Now">The engine's time; <c>new Date()</c> without arguments and <c>Date.now()</c> answer it.</param>
/// <param name="Arguments">Values of this evaluation only, e.g. the item of a bulk dispatch: <c>args.Item</c> and <c>getItem()</c>.</param>
public sealed record ScriptBatch(
    IReadOnlyList<ScriptExpression> Expressions,
    JsonObject Variables,
    JsonObject Input,
    JsonObject ActivityOutputs,
    JsonNode? LastResult,
    string WorkflowInstanceId,
    string WorkflowDefinitionId,
    int WorkflowDefinitionVersion,
    string? WorkflowInstanceName,
    string? CorrelationId,
    DateTimeOffset Now,
    string? WorkflowDefinitionVersionId = null,
    JsonObject? Arguments = null);

/// <param name="Values">One per expression; <c>undefined</c> becomes null.</param>
/// <param name="ChangedVariables">Only the variables a script assigned, with their new values.</param>
/// <param name="CorrelationId">Set when a script called <c>setCorrelationId</c>; otherwise null.</param>
/// <param name="WorkflowInstanceName">Set when a script called <c>setWorkflowInstanceName</c>; otherwise null.</param>
/// <param name="Outcomes">Set when a script called <c>setOutcome</c> or <c>setOutcomes</c>; otherwise null.</param>
public sealed record ScriptBatchResult(
    IReadOnlyList<JsonNode?> Values,
    JsonObject ChangedVariables,
    string? CorrelationId = null,
    string? WorkflowInstanceName = null,
    IReadOnlyList<string>? Outcomes = null);

/// <summary>Port that reads scripts without running them, so that mistakes are found before publishing.</summary>
public interface IScriptChecker
{
    /// <summary>What cannot be read in each expression, in the same order; null where there is nothing to say.</summary>
    Task<IReadOnlyList<ScriptMistake?>> CheckAsync(IReadOnlyList<ScriptExpression> expressions, CancellationToken cancellationToken);
}

/// <param name="Line">Line in the source, from 1; null when unknown.</param>
public sealed record ScriptMistake(string Message, int? Line);

/// <summary>A script failed; the message names the expression, the line and the cause, in words its author can act on.</summary>
public sealed class ScriptException : Exception
{
    public ScriptException()
    {
    }

    public ScriptException(string message)
        : base(message)
    {
    }

    public ScriptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="index">Which of the expressions of the call.</param>
    /// <param name="line">Line in its source, from 1; null when unknown.</param>
    /// <param name="cause">What happened, without saying where.</param>
    public ScriptException(string message, int? index, int? line, string cause, Exception innerException)
        : base(message, innerException)
    {
        Index = index;
        Line = line;
        Cause = cause;
    }

    public int? Index { get; }

    public int? Line { get; }

    public string? Cause { get; }
}
