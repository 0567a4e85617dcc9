using System.Text.Json.Nodes;
using Cleiss.Engine.Expressions;

namespace Cleiss.Engine.Activities;

/// <summary>An expression as a definition stores it.</summary>
/// <param name="Type"><c>Literal</c>, <c>Object</c>, <c>Variable</c>, <c>Input</c>, <c>JavaScript</c>, <c>Liquid</c> or, in C# only, <c>Delegate</c>.</param>
/// <param name="Value">As Elsa stores it: a scalar, JSON text, script source, or the JSON text of the variable or input definition.</param>
public sealed record Expression(string Type, object? Value)
{
    public static Expression JavaScript(string source) => new("JavaScript", source);

    public static Expression Liquid(string template) => new("Liquid", template);
}

/// <summary>Base of all inputs; the engine fills <see cref="Slot"/> when the definition is compiled.</summary>
public abstract class Input
{
    protected Input(Expression? expression) => Expression = expression;

    public Expression? Expression { get; internal set; }

    public abstract Type ValueType { get; }

    /// <summary>Where the evaluated value lies in the execution context; −1 while not compiled.</summary>
    internal int Slot { get; set; } = -1;

    internal abstract object? ConvertValue(object? value);
}

/// <summary>An input whose value is computed when the activity runs; read it with <see cref="ActivityExecutionContext.Get{T}(Input{T})"/>.</summary>
public sealed class Input<T> : Input
{
    public Input(Expression expression)
        : base(expression)
    {
    }

    public Input(T literal)
        : base(new Expression("Literal", literal))
    {
    }

    public Input(Variable variable)
        : base(new Expression("Variable", variable))
    {
    }

    /// <summary>C# only: the definition stores the place, the class keeps the code.</summary>
    public Input(Func<ActivityExecutionContext, T> compute)
        : base(new Expression("Delegate", (Func<ActivityExecutionContext, object?>)(context => compute(context))))
    {
    }

    public override Type ValueType => typeof(T);

    /// <summary>Elsa's form of <see cref="ActivityExecutionContext.Get{T}(Input{T})"/>.</summary>
    public T? Get(ActivityExecutionContext context) => context.Get(this);

    internal override object? ConvertValue(object? value) => Values.Convert<T>(value);
}

/// <summary>Base of all outputs.</summary>
public abstract class Output
{
    /// <summary>Id of the variable, or name of the workflow output, the value is bound to; null when unbound.</summary>
    public string? MemoryReference { get; set; }

    internal string Name { get; set; } = "";
}

/// <summary>An output, set with <see cref="ActivityExecutionContext.Set{T}(Output{T}?, T)"/>.</summary>
public sealed class Output<T> : Output
{
    public Output()
    {
    }

    public Output(Variable variable) => MemoryReference = variable.Id;

    /// <summary>Elsa's form of <see cref="ActivityExecutionContext.Set{T}(Output{T}?, T)"/>.</summary>
    public void Set(ActivityExecutionContext context, T value) => context.Set(this, value);
}

/// <summary>A variable of a workflow or of a container.</summary>
/// <param name="TypeName">Elsa's short alias, e.g. <c>String</c>, <c>Int32</c>, <c>Object</c>.</param>
/// <param name="Default">Initial value as JSON.</param>
/// <param name="StorageDriver">Elsa's <c>storageDriverTypeName</c>; null stores the value with the instance.</param>
public record Variable(
    string Id, string Name, string TypeName = "Object", JsonNode? Default = null, bool IsArray = false, string? StorageDriver = null)
{
    /// <summary>True when the value is not stored: each burst begins with the initial value (Elsa's MemoryStorageDriver).</summary>
    public bool IsInMemoryOnly => StorageDriver?.Contains("Memory", StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>The evaluation plan of an activity's inputs.</summary>
internal sealed record CompiledInputs(IReadOnlyList<CompiledInput> All, bool HasScripts)
{
    public static readonly CompiledInputs None = new([], false);

    /// <summary>Those that need the sandbox, with what is sent there.</summary>
    public IReadOnlyList<CompiledInput> Scripts { get; } = HasScripts ? [.. All.Where(input => input.Source == InputSource.Script)] : [];

    public IReadOnlyList<ScriptExpression> ScriptExpressions => field ??=
        [.. Scripts.Select(input => new ScriptExpression(input.Input.Expression!.Type, Values.ToText(input.Input.Expression.Value)))];
}

/// <param name="Label">What Studio calls it.</param>
/// <param name="Constant">Value of a Literal or Object expression, converted once.</param>
/// <param name="Reference">Variable id or workflow input name, for expressions of these types.</param>
internal sealed record CompiledInput(string Name, string Label, Input Input, InputSource Source, object? Constant, string? Reference, bool IsSensitive);

internal enum InputSource
{
    Constant,
    Variable,
    WorkflowInput,
    Script,
    Delegate,
}
