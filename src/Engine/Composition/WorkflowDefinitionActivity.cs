using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Composition;

/// <summary>
/// A whole definition used as one activity of another (Elsa's class of this name): its inputs are variables of the nested flow, its outputs those
/// of the activity, its outcomes those a <c>Complete</c> inside names. Made by the reader; a palette entry per usable definition stands for it.
/// </summary>
[Activity("Elsa", "Composition", "Exécute une autre procédure comme une étape de celle-ci.", DisplayName = "Procédure", IsBrowsable = false)]
public sealed class WorkflowDefinitionActivity : Composite
{
    private readonly Dictionary<string, Input<object>> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Output<object?>> _outputs = new(StringComparer.Ordinal);

    /// <summary>Logical id of the nested definition.</summary>
    public string WorkflowDefinitionId { get; internal set; } = "";

    /// <summary>The version that runs.</summary>
    public string WorkflowDefinitionVersionId { get; internal set; } = "";

    /// <summary>Inputs of the nested definition, declared as variables of its flow.</summary>
    internal IReadOnlyList<string> InputNames { get; set; } = [];

    internal IReadOnlyList<string> OutcomeNames { get; set; } = [];

    internal void Give(string input, Input<object> value) => _given[input] = value;

    internal void Bind(Output<object?> output) => _outputs[output.Name] = output;

    internal IEnumerable<Output> BoundOutputs => _outputs.Values;

    protected internal override IReadOnlyCollection<string> GetPossibleOutcomes() => OutcomeNames.Count > 0 ? OutcomeNames : Outcomes.Done;

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var started = base.ExecuteAsync(context);
        foreach (var (name, input) in _given)
        {
            context.Variables![name] = context.Get(input);
        }

        return started;
    }

    protected internal override bool TrySetOutput(ActivityExecutionContext context, string name, object? value)
    {
        if (!_outputs.TryGetValue(name, out var output))
        {
            return false;
        }

        context.Set(output, value);
        return true;
    }
}
