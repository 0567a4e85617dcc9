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
    /// <summary>An input without a value or with a wrong one leaves the drawing as it is: what else is wrong in it is told at once.</summary>
    private static readonly HashSet<string> OfInputs = new(StringComparer.Ordinal) { "CLS-1004", "CLS-1007", "CLS-1008" };

    private readonly IDefinitionRule[] _rules = [.. rules];
    private readonly IWorkflowRule[] _wholeRules = [.. wholeRules];

    /// <summary>
    /// All problems of a document, those of the modules' rules included; it may be published when there are none but warnings. What cannot be read
    /// does not keep the rest from being checked.
    /// </summary>
    public async Task<IReadOnlyList<DefinitionProblem>> CheckAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        var (compiled, unreadable) = Read(definitionId, document, await NestedDefinitions.LoadAsync(store, document, cancellationToken));
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

        var isWhole = unreadable.All(problem => OfInputs.Contains(problem.Code));
        foreach (var rule in _wholeRules.Where(rule => isWhole || !rule.NeedsWhole))
        {
            await foreach (var problem in rule.CheckAsync(view, cancellationToken))
            {
                problems.Add(problem);
            }
        }

        return problems;
    }

    /// <summary>What no drawing program writes, a text where a list belongs say, is a problem of the document like any other.</summary>
    private (CompiledWorkflow? Compiled, IReadOnlyList<DefinitionProblem> Problems) Read(string definitionId, JsonObject document, NestedDefinitions nested)
    {
        try
        {
            return compiler.Read(WorkflowCompiler.Unstored(definitionId, document, time), nested);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or InvalidCastException or NullReferenceException)
        {
            return (null, [new DefinitionProblem("CLS-1000", "$", "La définition n'a pas la forme attendue : un membre n'est pas du genre que Studio y écrit (un texte à la place d'une liste, par exemple). Exportez-la de nouveau, ou corrigez le fichier.")]);
        }
    }

    /// <summary>Saves the document as the definition's latest version and publishes it.</summary>
    /// <exception cref="DefinitionException">With all problems; then nothing was saved.</exception>
    public async Task<WorkflowDefinition> PublishAsync(string definitionId, JsonObject document, CancellationToken cancellationToken) =>
        (await PublishWithWarningsAsync(definitionId, document, cancellationToken)).Definition;

    /// <summary>As <see cref="PublishAsync(string, JsonObject, CancellationToken)"/>, with all that came of it.</summary>
    /// <inheritdoc cref="PublishAsync(string, JsonObject, CancellationToken)"/>
    public async Task<Publication> PublishWithWarningsAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        var warnings = await CheckedAsync(definitionId, document, cancellationToken);
        await PinAsync(document, cancellationToken);
        return await PublishAsync(await store.SaveDraftAsync(definitionId, document, cancellationToken), warnings, cancellationToken);
    }

    /// <summary>Publishes a version as it is stored; only when it uses other definitions without saying which version, the answer is written into it.</summary>
    /// <inheritdoc cref="PublishAsync(string, JsonObject, CancellationToken)"/>
    public async Task<Publication> PublishVersionAsync(WorkflowDefinition version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        var document = version.Document.DeepClone().AsObject();
        var warnings = await CheckedAsync(version.DefinitionId, document, cancellationToken);
        await PinAsync(document, cancellationToken);
        var pinned = JsonNode.DeepEquals(document, version.Document) ? version : await store.SaveDraftAsync(version.DefinitionId, document, cancellationToken);
        return await PublishAsync(pinned, warnings, cancellationToken);
    }

    /// <summary>
    /// Definitions that use this one go on with its published version: published ones as a version of their own, drafts where they are.
    /// </summary>
    /// <returns>Those that changed.</returns>
    public async Task<IReadOnlyList<string>> UpdateConsumersAsync(WorkflowDefinition published, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(published);
        var updated = new List<string>();
        foreach (var consumer in (await store.ListAsync(null, cancellationToken)).Where(version => version.IsLatest && version.DefinitionId != published.DefinitionId))
        {
            var document = consumer.Document.DeepClone().AsObject();
            NestedDefinitions.Uses(document["root"]).Where(use => use["workflowDefinitionId"]!.GetValue<string>() == published.DefinitionId).ToList()
                .ForEach(use => Use(use, published));
            if (!JsonNode.DeepEquals(document, consumer.Document))
            {
                updated.Add(consumer.DefinitionId);
                await UpdateAsync(consumer, document, cancellationToken);
            }
        }

        return updated;
    }

    private async Task UpdateAsync(WorkflowDefinition consumer, JsonObject document, CancellationToken cancellationToken)
    {
        if (consumer.IsPublished)
        {
            try
            {
                await PublishWithWarningsAsync(consumer.DefinitionId, document, cancellationToken);
                return;
            }
            catch (DefinitionException)
            {
                // It does not fit the new version: its owner finds the draft with its problems, and the published one goes on as it was.
            }
        }

        await store.SaveDraftAsync(consumer.DefinitionId, document, cancellationToken);
    }

    private async Task<IReadOnlyList<DefinitionProblem>> CheckedAsync(string definitionId, JsonObject document, CancellationToken cancellationToken)
    {
        var problems = await CheckAsync(definitionId, document, cancellationToken);
        return problems.Any(problem => problem.Severity == ProblemSeverity.Error)
            ? throw new DefinitionException($"workflow « {definitionId} »", problems)
            : problems;
    }

    private async Task<Publication> PublishAsync(WorkflowDefinition draft, IReadOnlyList<DefinitionProblem> warnings, CancellationToken cancellationToken)
    {
        var published = await store.PublishAsync(draft.Id, cancellationToken);
        var options = published.Document["options"];
        return new Publication(
            published, warnings,
            IsTrue(options?["usableAsActivity"]) && IsTrue(options?["autoUpdateConsumingWorkflows"]) ? await UpdateConsumersAsync(published, cancellationToken) : []);
    }

    /// <summary>Which version of a definition is used is part of the version that uses it; one drawn without gets the published one.</summary>
    private async Task PinAsync(JsonObject document, CancellationToken cancellationToken)
    {
        var nested = await NestedDefinitions.LoadAsync(store, document, cancellationToken);
        foreach (var use in NestedDefinitions.Uses(document["root"]).ToList())
        {
            if (nested.Find(use) is { } definition)
            {
                Use(use, definition);
            }
        }
    }

    private static void Use(JsonObject activity, WorkflowDefinition definition)
    {
        activity["workflowDefinitionVersionId"] = definition.Id;
        activity["latestAvailablePublishedVersion"] = definition.Version;
        activity["latestAvailablePublishedVersionId"] = definition.Id;
        activity["version"] = definition.Version;
    }

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
}

/// <param name="Warnings">What its owner should look at all the same.</param>
/// <param name="UpdatedConsumers">Definitions that now use the new version.</param>
public sealed record Publication(WorkflowDefinition Definition, IReadOnlyList<DefinitionProblem> Warnings, IReadOnlyList<string> UpdatedConsumers);
