using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.ElsaJson;

namespace Cleiss.Engine.CodeFirst;

/// <summary>Turns a workflow written in C# into Elsa's definition JSON; the code of its lambdas stays here, under the name of its place.</summary>
internal sealed class WorkflowBuilder : IWorkflowBuilder
{
    /// <summary>Elsa's word for definitions that are built from code.</summary>
    public const string Materializer = "CLR";

    private readonly List<Variable> _variables = [];
    private readonly JsonArray _inputs = [];
    private readonly JsonArray _outputs = [];

    private WorkflowBuilder(Type type) => DefinitionId = Name = type.Name;

    public string DefinitionId { get; set; }

    public string Name { get; set; }

    public string? Description { get; set; }

    public Activity? Root { get; set; }

    /// <exception cref="InvalidOperationException">The class sets no root, or uses an activity that is not registered.</exception>
    public static CodeWorkflow Build(WorkflowBase workflow, ActivityRegistry registry)
    {
        var builder = new WorkflowBuilder(workflow.GetType());
        workflow.BuildInto(builder);
        var writer = new DefinitionWriter(registry);
        var root = writer.Write(builder.Root ?? throw new InvalidOperationException($"The workflow {workflow.GetType().FullName} has no root: set builder.Root."));
        return new CodeWorkflow(
            builder.DefinitionId,
            new JsonObject
            {
                ["definitionId"] = builder.DefinitionId,
                ["name"] = builder.Name,
                ["description"] = builder.Description,
                ["materializerName"] = Materializer,
                ["isReadonly"] = true,
                ["variables"] = DefinitionWriter.Write(builder._variables),
                ["inputs"] = builder._inputs,
                ["outputs"] = builder._outputs,
                ["root"] = root,
            },
            writer.Delegates);
    }

    public Variable<T> WithVariable<T>(string name, T? value = default)
    {
        var isArray = typeof(T).IsArray;
        var alias = TypeAliases.Of(isArray ? typeof(T).GetElementType()! : typeof(T));
        var variable = new Variable<T>(name, name, alias, Values.ToJson(value), isArray);
        _variables.Add(variable);
        return variable;
    }

    public IWorkflowBuilder WithInput<T>(string name, string? description = null)
    {
        _inputs.Add(Argument<T>(name, description));
        return this;
    }

    public IWorkflowBuilder WithOutput<T>(string name, string? description = null)
    {
        _outputs.Add(Argument<T>(name, description));
        return this;
    }

    private static JsonObject Argument<T>(string name, string? description) =>
        new() { ["type"] = TypeAliases.Of(typeof(T)), ["name"] = name, ["displayName"] = name, ["description"] = description };
}

/// <param name="Delegates">Code of lambda inputs by the place the document names.</param>
internal sealed record CodeWorkflow(string DefinitionId, JsonObject Document, IReadOnlyDictionary<string, Func<ActivityExecutionContext, object?>> Delegates);
