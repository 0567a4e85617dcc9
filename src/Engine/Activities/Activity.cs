using System.Text.Json.Nodes;
using Cleiss.Engine.Alterations;
using Cleiss.Engine.Composition;
using Cleiss.Engine.Incidents;

namespace Cleiss.Engine.Activities;

/// <summary>
/// One step of a workflow. The object belongs to the compiled definition and is shared by all running instances: it holds inputs as
/// expressions, never values; what an execution knows lives in its <see cref="ActivityExecutionContext"/>.
/// </summary>
public abstract class Activity
{
    /// <summary>Unique within the definition.</summary>
    public string Id { get; set; } = "";

    /// <summary>The id as its own definition knows it: without the activities that stand for the definitions around it.</summary>
    internal string LocalId => _localId ?? Id;

    private string? _localId;

    /// <summary>Makes the id unique in the definition that uses the activity's own as an activity.</summary>
    internal virtual void MoveInto(string prefix)
    {
        _localId ??= Id;
        Id = prefix + Id;
    }

    /// <summary>The activity that stands for the definition this one belongs to; null when that is the workflow itself.</summary>
    internal WorkflowDefinitionActivity? Enclosing
    {
        get
        {
            var owner = Parent;
            while (owner is not null and not WorkflowDefinitionActivity)
            {
                owner = owner.Parent;
            }

            return (WorkflowDefinitionActivity?)owner;
        }
    }

    /// <summary>Unique by convention; scripts reach outputs by it.</summary>
    public string? Name { get; set; }

    /// <summary>Registered type name, e.g. <c>Elsa.Sequence</c>.</summary>
    public string Type { get; internal set; } = "";

    public int Version { get; internal set; } = 1;

    /// <summary>Colon path from the workflow root, as Studio and the journal use it.</summary>
    public string NodeId { get; internal set; } = "";

    /// <summary>The activity this one is nested in; null for the root.</summary>
    public Activity? Parent { get; internal set; }

    /// <summary>Elsa's <c>customProperties</c> of the activity.</summary>
    public JsonObject CustomProperties { get; internal set; } = [];

    /// <summary>Elsa's <c>metadata</c>: designer position, display text.</summary>
    public JsonObject Metadata { get; internal set; } = [];

    /// <summary>Text shown to people: the owner's display text, else the name, else the id.</summary>
    public string DisplayText =>
        Metadata["displayText"]?.GetValue<string>() is { Length: > 0 } text ? text : Name is { Length: > 0 } name ? name : Id;

    /// <summary>True for an activity that ends the container it runs in (End, Complete, Break).</summary>
    public bool IsTerminal { get; internal set; }

    /// <summary>True for a trigger whose stimulus starts a new instance (Elsa's <c>canStartWorkflow</c>).</summary>
    public bool CanStartWorkflow => IsTrue(CustomProperties["canStartWorkflow"]);

    /// <summary>What happens before a failure becomes an incident; null: nothing.</summary>
    internal RetryStrategy? Retry { get; set; }

    internal CompiledInputs Inputs { get; set; } = CompiledInputs.None;

    /// <summary>Runs the activity. It ends by completing, by creating bookmarks (then it waits) or by scheduling children.</summary>
    protected internal virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Execute(context);
        return ValueTask.CompletedTask;
    }

    protected virtual void Execute(ActivityExecutionContext context)
    {
    }

    /// <summary>
    /// Called when the activity is cancelled, skipped or begun anew after its <see cref="ExecuteAsync"/> had run to its end, whether it waits or
    /// has failed since: leave companions that close what it opened outside. It may have failed halfway, so nothing outside need be there.
    /// </summary>
    protected internal virtual ValueTask CancelAsync(ActivityExecutionContext context) => ValueTask.CompletedTask;

    /// <summary>Why nobody may pass over this activity, or cancel it alone, by hand; null when that is allowed. French, with what to do instead.</summary>
    protected internal virtual string? WhyNotPassedOver(ActivityExecutionContext context) => null;

    /// <summary>Called when a child was cancelled on its own, by a join or by a person: the owner goes on without it, or ends.</summary>
    protected internal virtual ValueTask OnChildCanceledAsync(ActivityExecutionContext context, ActivityExecutionContext child) => ValueTask.CompletedTask;

    /// <summary>Variables the activity gives to what it nests without declaring them: a loop's current value.</summary>
    internal virtual IReadOnlyList<string> ScopeVariables => [];

    /// <summary>Carries what an execution keeps in its properties over from another version of the definition.</summary>
    /// <param name="moved">The execution as it will be, with the old one's properties; all executions of the instance have their new place.</param>
    /// <param name="from">The activity it belonged to.</param>
    /// <returns>Reasons why the execution could not go on, in French; none when it can.</returns>
    internal virtual IEnumerable<string> MoveState(ActivityExecutionContext moved, Activity from, MigrationPlan plan) => [];

    /// <summary>What a <c>Break</c> below this activity does to it.</summary>
    internal virtual BreakEffect OnBreak => BreakEffect.None;

    /// <summary>Outcomes the activity can end with, as far as its definition tells; null when they are only known at run time.</summary>
    protected internal virtual IReadOnlyCollection<string>? GetPossibleOutcomes() => DeclaredOutcomes;

    /// <summary>For activities whose author lists the outcomes in an input, as Studio's « dynamic-outcomes » editor does.</summary>
    /// <param name="input">Name of the property that holds the list.</param>
    /// <returns>The list, empty when the input is not set; null when an expression gives it at run time.</returns>
    protected IReadOnlyCollection<string>? ListedOutcomes(string input) => Inputs.All.FirstOrDefault(given => given.Name == input) switch
    {
        null => [],
        { Source: InputSource.Constant } given => given.Constant as string[] ?? [],
        _ => null,
    };

    internal IReadOnlyCollection<string> DeclaredOutcomes { get; set; } = Outcomes.Done;

    private static bool IsTrue(JsonNode? value) => value is JsonValue flag && bool.TryParse(flag.ToString(), out var isTrue) && isTrue;
}

/// <summary>What a <c>Break</c> does to an activity it is nested in.</summary>
internal enum BreakEffect
{
    /// <summary>Nothing; the activity ends as usual.</summary>
    None,

    /// <summary>It runs nothing further, and the break goes on upwards.</summary>
    Stops,

    /// <summary>It is the loop that ends.</summary>
    Ends,
}

/// <summary>An activity that completes by itself when its code has run, unless it created a bookmark.</summary>
public abstract class CodeActivity : Activity
{
    internal static bool CompletesByItself(ActivityExecutionContext context) =>
        context is { Status: ActivityStatus.Running, IsWaiting: false, HasScheduledChildren: false };
}

/// <summary>A <see cref="CodeActivity"/> with one result.</summary>
public abstract class CodeActivity<T> : CodeActivity
{
    [Output(DisplayName = "Résultat")]
    public Output<T>? Result { get; set; }
}

/// <summary>
/// Called on the owner when a child it scheduled has completed. When it throws, a retry calls it again with the same child; what it had scheduled
/// or asked for is taken back, but not what it wrote to the owner's properties or variables.
/// </summary>
public delegate ValueTask ActivityCompletionCallback(ActivityCompletedContext context);

/// <summary>Called on the activity when one of its bookmarks is resumed. When it throws, a retry calls it again with the same <c>ResumeInput</c>.</summary>
public delegate ValueTask ExecuteActivityDelegate(ActivityExecutionContext context);

/// <param name="TargetContext">The owner.</param>
/// <param name="ChildContext">The completed child.</param>
/// <param name="Outcomes">Outcomes of the child; <c>Done</c> when it named none.</param>
public sealed record ActivityCompletedContext(
    ActivityExecutionContext TargetContext,
    ActivityExecutionContext ChildContext,
    IReadOnlyList<string> Outcomes);
