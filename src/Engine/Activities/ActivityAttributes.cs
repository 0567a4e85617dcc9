namespace Cleiss.Engine.Activities;

/// <summary>What kind of work an activity does; Elsa Studio shows a Trigger's start flag and a Task's extra tab.</summary>
public enum ActivityKind
{
    Action,
    Trigger,
    Job,
    Task,
}

/// <summary>Marks a class as an activity that process owners can use; found by assembly scan.</summary>
/// <param name="ns">First part of the type name: <c>Elsa</c> for built-ins, <c>Cleiss</c> for ours.</param>
/// <param name="category">Palette group, in French.</param>
/// <param name="description">One French sentence shown under the name.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute(string ns, string category, string description = "") : Attribute
{
    public string Namespace { get; } = ns;

    public string Category { get; } = category;

    public string Description { get; } = description;

    /// <summary>French name in the palette; the class name when unset.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Second part of the type name; the class name when unset.</summary>
    public string? Type { get; set; }

    public int Version { get; set; } = 1;

    public ActivityKind Kind { get; set; } = ActivityKind.Action;

    /// <summary>False hides the activity from the palette.</summary>
    public bool IsBrowsable { get; set; } = true;

    /// <summary>True for an activity that ends its flow: Studio adds no outgoing port.</summary>
    public bool IsTerminal { get; set; }

    /// <summary>True for an activity that begins a flow: Studio adds no incoming port.</summary>
    public bool IsStart { get; set; }

    public bool IsContainer { get; set; }
}

/// <summary>Marks an input: <see cref="Input{T}"/> for a wrapped one (an expression), any other type for a raw JSON value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InputAttribute : Attribute
{
    /// <summary>French label.</summary>
    public string? DisplayName { get; set; }

    public string? Description { get; set; }

    /// <summary>One of Studio's editors: <c>singleline</c>, <c>multiline</c>, <c>dropdown</c>, <c>dynamic-outcomes</c>…</summary>
    public string UIHint { get; set; } = "singleline";

    public object? DefaultValue { get; set; }

    public string? DefaultSyntax { get; set; }

    public string? Category { get; set; }

    /// <summary>Fixed choices of a dropdown, checklist or radio list: <c>value</c> or <c>value=French text</c>.</summary>
    public string[]? Options { get; set; }

    /// <summary>Language of a <c>code-editor</c>, e.g. <c>javascript</c>.</summary>
    public string? Language { get; set; }

    /// <summary>Short alias of the type shown to Studio when it is not the property's own, e.g. <c>Object[]</c>.</summary>
    public string? TypeName { get; set; }

    /// <summary>True makes Studio ask for the choices again each time the panel is built.</summary>
    public bool Refresh { get; set; }

    /// <summary>False hides the input from the panel.</summary>
    public bool IsBrowsable { get; set; } = true;

    public bool IsReadOnly { get; set; }

    /// <summary>True when the activity reads this unwrapped value from the definition itself (<c>IReadsDefinition</c>).</summary>
    public bool IsReadByActivity { get; set; }

    /// <summary>Outcomes that exist beside those the owner types, for <c>dynamic-outcomes</c>.</summary>
    public string[]? FixedOutcomes { get; set; }

    public bool IsRequired { get; set; }

    public bool IsSensitive { get; set; }

    public float Order { get; set; }
}

/// <summary>Marks an output with its French label.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OutputAttribute : Attribute
{
    public string? DisplayName { get; set; }

    public string? Description { get; set; }

    public float Order { get; set; }

    /// <summary>False hides the output from the panel.</summary>
    public bool IsBrowsable { get; set; } = true;
}

/// <summary>Marks a property that holds a nested activity: an embedded port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PortAttribute : Attribute
{
    public string? DisplayName { get; set; }

    /// <summary>False hides the port from the designer.</summary>
    public bool IsBrowsable { get; set; } = true;
}

/// <summary>Names the outgoing ports (outcomes) of an activity; <c>Done</c> when absent.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FlowNodeAttribute(params string[] outcomes) : Attribute
{
    public IReadOnlyList<string> Outcomes { get; } = outcomes;

    /// <summary>French texts of the ports, in the same order; the outcome itself where absent.</summary>
    public string[]? DisplayNames { get; set; }
}
