using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Composition;

namespace Cleiss.Engine.Definitions;

/// <summary>One version of a workflow definition as stored: columns for lists, the whole document as Elsa's JSON.</summary>
/// <param name="Id">Of this version.</param>
/// <param name="DefinitionId">Logical id, the same for all versions; for our processes the process key.</param>
/// <param name="IsPublished">In force today; a version published for a later date is not, until that date.</param>
/// <param name="PublishedAt">When it was first published; from then on it never changes, though a newer version may replace it. Null for a draft.</param>
/// <param name="EffectiveFrom">First date of receipt this version is for; null when it always was.</param>
/// <param name="Document">The Elsa 3 definition: <c>root</c>, <c>variables</c>, <c>inputs</c>, <c>outputs</c>, <c>options</c>, <c>customProperties</c>…</param>
public sealed record WorkflowDefinition(
    string Id,
    string DefinitionId,
    int Version,
    string Name,
    string? Description,
    bool IsLatest,
    bool IsPublished,
    DateOnly? EffectiveFrom,
    DateTimeOffset? PublishedAt,
    DateTimeOffset CreatedAt,
    JsonObject Document);

/// <summary>A definition ready to run: shared by all its instances, immutable.</summary>
public sealed record CompiledWorkflow(
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string Name,
    Activity Root,
    IReadOnlyList<Variable> Variables,
    IReadOnlyDictionary<string, Activity> Activities,
    IReadOnlyDictionary<string, string> VariableNames,
    IReadOnlyList<string> OutputNames,
    bool ContinuesWithIncidents)
{
    /// <summary>Inputs the definition declares.</summary>
    public IReadOnlyList<string> InputNames { get; init; } = [];

    /// <summary>Whether another instance may start while one runs.</summary>
    public ActivationStrategy Activation { get; init; }
}

/// <summary>One thing wrong with a definition.</summary>
/// <param name="Code">Stable, e.g. <c>CLS-1042</c>; explained in docs/reference/errors.md.</param>
/// <param name="Path">JSON path in the document.</param>
/// <param name="Message">What is wrong and how to mend it, in French: process owners read it in Studio.</param>
/// <param name="Severity">A warning is told, but the definition may be published.</param>
public sealed record DefinitionProblem(string Code, string Path, string Message, ProblemSeverity Severity = ProblemSeverity.Error);

public enum ProblemSeverity
{
    Error,
    Warning,
}

/// <summary>A definition (form, template) cannot be used; carries all problems at once.</summary>
public sealed class DefinitionException : Exception
{
    public DefinitionException()
    {
    }

    public DefinitionException(string message)
        : base(message)
    {
    }

    public DefinitionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public DefinitionException(string subject, IReadOnlyList<DefinitionProblem> problems)
        : base($"{subject}: {string.Join(" ", problems.Select(p => $"{p.Code}: {p.Message} ({p.Path})"))}") => Problems = problems;

    public IReadOnlyList<DefinitionProblem> Problems { get; } = [];
}

/// <summary>Lets a module check activities of a definition against what it knows (forms, templates, roles) before publishing.</summary>
public interface IDefinitionRule
{
    /// <summary>Problems of one activity; <paramref name="path"/> is its JSON path.</summary>
    IAsyncEnumerable<DefinitionProblem> CheckAsync(Activity activity, string path, CancellationToken cancellationToken);
}
