using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions.Checks;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Definitions;

/// <summary>Checks a definition as a whole and publishes it, or says everything that is wrong with it and publishes nothing.</summary>
public sealed class DefinitionPublisher(
    IDefinitionStore store,
    WorkflowCompiler compiler,
    IEnumerable<IDefinitionRule> rules,
    IEnumerable<IWorkflowRule> wholeRules,
    TriggerIndexer triggers,
    TimeProvider time)
{
    private readonly IDefinitionRule[] _rules = [.. rules];
    private readonly IWorkflowRule[] _wholeRules = [.. wholeRules];

    /// <summary>
    /// All problems of a document, those of the modules' rules included; it may be published when there are none but warnings. What cannot be read
    /// does not keep the rest from being checked.
    /// </summary>
    public async Task<IReadOnlyList<DefinitionProblem>> CheckAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        var (compiled, unreadable) = compiler.Read(WorkflowCompiler.Unstored(definitionId, document, time));
        if (compiled is null)
        {
            return unreadable;
        }

        var problems = new List<DefinitionProblem>(unreadable);
        if (unreadable.Count == 0)
        {
            problems.AddRange(await triggers.CheckAsync(compiled, cancellationToken));
        }

        var view = new DefinitionView(compiled, document);
        foreach (var activity in view.Activities)
        {
            foreach (var rule in _rules)
            {
                await foreach (var problem in rule.CheckAsync(activity, view.PathOf(activity), cancellationToken))
                {
                    problems.Add(problem);
                }
            }
        }

        foreach (var rule in _wholeRules.Where(rule => unreadable.Count == 0 || !rule.NeedsWhole))
        {
            await foreach (var problem in rule.CheckAsync(view, cancellationToken))
            {
                problems.Add(problem);
            }
        }

        return problems;
    }

    /// <summary>Saves the document as the definition's latest version and publishes it.</summary>
    /// <exception cref="DefinitionException">With all problems; then nothing was saved.</exception>
    public async Task<WorkflowDefinition> PublishAsync(string definitionId, JsonObject document, CancellationToken cancellationToken) =>
        (await PublishWithWarningsAsync(definitionId, document, cancellationToken)).Definition;

    /// <summary>As <see cref="PublishAsync"/>, with what its owner should look at all the same.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public async Task<(WorkflowDefinition Definition, IReadOnlyList<DefinitionProblem> Warnings)> PublishWithWarningsAsync(
        string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        var problems = await CheckAsync(definitionId, document, cancellationToken);
        if (problems.Any(problem => problem.Severity == ProblemSeverity.Error))
        {
            throw new DefinitionException($"workflow « {definitionId} »", problems);
        }

        var draft = await store.SaveDraftAsync(definitionId, document, cancellationToken);
        return (await store.PublishAsync(draft.Id, cancellationToken), problems);
    }
}
