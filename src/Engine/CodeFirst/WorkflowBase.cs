using Cleiss.Engine.Activities;

namespace Cleiss.Engine.CodeFirst;

/// <summary>
/// A workflow written in C#, as Elsa's class of this name. It is published like any other definition and shown in Studio, where it cannot be
/// changed: the class is the truth. Register it with <c>AddWorkflow</c>.
/// </summary>
public abstract class WorkflowBase
{
    /// <summary>Called once for each server start, and for each version that is compiled: it must build the same every time.</summary>
    protected abstract void Build(IWorkflowBuilder builder);

    internal void BuildInto(IWorkflowBuilder builder) => Build(builder);
}

/// <summary>What a <see cref="WorkflowBase"/> says of itself.</summary>
public interface IWorkflowBuilder
{
    /// <summary>Logical id; the class's name when not set.</summary>
    string DefinitionId { get; set; }

    /// <summary>French name shown to process owners; the class's name when not set.</summary>
    string Name { get; set; }

    string? Description { get; set; }

    /// <summary>What the workflow does.</summary>
    Activity? Root { get; set; }

    /// <param name="name">Unique in the workflow; also the variable's id, so that a renamed variable is another one.</param>
    Variable<T> WithVariable<T>(string name, T? value = default);

    IWorkflowBuilder WithInput<T>(string name, string? description = null);

    IWorkflowBuilder WithOutput<T>(string name, string? description = null);
}

/// <summary>A variable with its type, for workflows written in C#.</summary>
public sealed record Variable<T>(string Id, string Name, string TypeName, System.Text.Json.Nodes.JsonNode? Default = null, bool IsArray = false)
    : Variable(Id, Name, TypeName, Default, IsArray)
{
    public T? Get(ActivityExecutionContext context) => Values.Convert<T>(context.GetVariable(Name));

    public void Set(ActivityExecutionContext context, T? value) => context.SetVariable(Name, value);
}
