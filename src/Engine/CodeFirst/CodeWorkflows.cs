using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Engine.Definitions;

namespace Cleiss.Engine.CodeFirst;

/// <summary>
/// The workflows this build has as classes. Their definitions live in the store like all others; lambdas are found here, by definition and place,
/// whatever the version: an instance of an older version runs today's code of the same place.
/// </summary>
public sealed class CodeWorkflows
{
    private readonly Dictionary<string, CodeWorkflow> _workflows = new(StringComparer.Ordinal);

    public CodeWorkflows(IEnumerable<WorkflowBase> workflows, ActivityRegistry registry)
    {
        foreach (var workflow in workflows)
        {
            var built = WorkflowBuilder.Build(workflow, registry);
            if (!_workflows.TryAdd(built.DefinitionId, built))
            {
                throw new InvalidOperationException($"Two workflows written in C# are called « {built.DefinitionId} »; {workflow.GetType().FullName} is the second.");
            }
        }
    }

    internal IReadOnlyCollection<CodeWorkflow> All => _workflows.Values;

    internal CodeWorkflow? Find(string definitionId) => _workflows.GetValueOrDefault(definitionId);
}

/// <summary>Publishes the workflows written in C# that are new or have changed since they were last published.</summary>
public sealed class CodeWorkflowPublisher(CodeWorkflows workflows, IDefinitionStore store, DefinitionPublisher publisher)
{
    private const string HashProperty = "codeHash";

    /// <returns>Versions published now.</returns>
    /// <exception cref="DefinitionException">A workflow has problems; those before it are published.</exception>
    public async Task<IReadOnlyList<WorkflowDefinition>> PublishAsync(CancellationToken cancellationToken)
    {
        var published = new List<WorkflowDefinition>();
        foreach (var workflow in workflows.All)
        {
            var document = workflow.Document.DeepClone().AsObject();
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.ToJsonString())));
            var current = (await store.ListAsync(workflow.DefinitionId, cancellationToken)).FirstOrDefault(version => version.IsPublished);
            if (current?.Document["customProperties"]?[HashProperty]?.GetValue<string>() == hash)
            {
                continue;
            }

            document["customProperties"] = new JsonObject { [HashProperty] = hash };
            published.Add(await publisher.PublishAsync(workflow.DefinitionId, document, cancellationToken));
        }

        return published;
    }
}
