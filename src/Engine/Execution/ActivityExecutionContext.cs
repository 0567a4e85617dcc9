using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Activities;

public enum ActivityStatus
{
    Pending,
    Running,
    Completed,
    Canceled,
    Faulted,
}

/// <summary>One execution of one activity in one instance: its evaluated inputs, its own variables and properties, its bookmarks.</summary>
public sealed class ActivityExecutionContext
{
    private const string BreakingProperty = "IsBreaking";

    private Dictionary<string, object?>? _variables;
    private JsonObject? _properties;
    private JsonObject? _resumeInput;

    internal ActivityExecutionContext(WorkflowExecutionContext workflow, int number, Activity activity, ActivityExecutionContext? parent)
    {
        WorkflowExecutionContext = workflow;
        Number = number;
        Activity = activity;
        Parent = parent;
    }

    public WorkflowExecutionContext WorkflowExecutionContext { get; }

    public Activity Activity { get; }

    /// <summary>
    /// The id under which an activity named in this one's definition runs here: inside a workflow used as an activity, ids carry the place of
    /// that activity. An id that the own definition does not have is taken as it is.
    /// </summary>
    public string IdOf(string activityId)
    {
        var beside = Activity.Id[..^Activity.LocalId.Length] + activityId;
        return WorkflowExecutionContext.Workflow.Activities.ContainsKey(beside) ? beside : activityId;
    }

    /// <summary>The execution that scheduled this one; null for the root.</summary>
    public ActivityExecutionContext? Parent { get; }

    /// <summary>Unique among all instances; the journal's <c>activityInstanceId</c>.</summary>
    public string Id => WorkflowExecutionContext.Id + "-" + Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Position among the instance's executions; what the stored state uses.</summary>
    internal int Number { get; }

    public ActivityStatus Status { get; internal set; } = ActivityStatus.Pending;

    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>The owner's method to call when this execution completes.</summary>
    internal ActivityCompletionCallback? CompletionCallback { get; set; }

    /// <summary>Its name, as the stored state holds it.</summary>
    internal string? CompletionCallbackName
    {
        get => field ?? CompletionCallback?.Method.Name;
        set;
    }

    /// <summary>What the owner attached when scheduling (e.g. the index of a branch).</summary>
    public string? Tag { get; internal set; }

    internal object?[]? InputValues { get; set; }

    /// <summary>What a failure left undone here; null as long as nothing has failed.</summary>
    internal Undone? Undone { get; set; }

    /// <summary>Whether something is to be called that failed, or that arrived behind a failure.</summary>
    internal bool HasUndone => HeldChildren > 0 || Undone is { Resumes.Count: > 0 };

    /// <summary>Whether the activity's <c>ExecuteAsync</c> has run, so that something of it may be open outside.</summary>
    internal bool HasBegun => Status != ActivityStatus.Pending && Undone is not { NotBegun: true };

    internal int ActiveChildren { get; set; }

    /// <summary>How many children have completed without this execution having gone on from there.</summary>
    internal int HeldChildren { get; set; }

    internal int OpenBookmarks { get; set; }

    public bool IsWaiting => OpenBookmarks > 0;

    public bool HasScheduledChildren => ActiveChildren > 0;

    /// <summary>Input given with the start or with the stimulus that resumed a bookmark of this execution; empty otherwise.</summary>
    public JsonObject ResumeInput
    {
        get => _resumeInput ??= [];
        internal set => _resumeInput = value;
    }

    /// <summary>The workflow's inputs.</summary>
    public JsonObject WorkflowInput => WorkflowExecutionContext.Input;

    /// <summary>State of this execution that survives until it completes; keep it small, it is stored with the instance.</summary>
    [AllowNull]
    public JsonObject Properties
    {
        get => _properties ??= [];
        internal set => _properties = value;
    }

    internal bool HasProperties => _properties is { Count: > 0 };

    /// <summary>Variables declared on this execution's container.</summary>
    internal Dictionary<string, object?>? Variables
    {
        get => _variables;
        set => _variables = value;
    }

    /// <summary>The engine's time of this burst.</summary>
    public DateTimeOffset Now => WorkflowExecutionContext.Now;

    /// <summary>Value of an input; the type's default when the input is absent.</summary>
    public T? Get<T>(Input<T>? input) => input is null || InputValues is null ? default : (T?)InputValues[input.Slot];

    /// <summary>Value of an input, or <paramref name="fallback"/> when it is absent or null.</summary>
    public T Get<T>(Input<T>? input, T fallback) => input is null || InputValues?[input.Slot] is not T value ? fallback : value;

    /// <summary>Sets an output: kept for expressions of later activities and written to the variable it is bound to.</summary>
    public void Set<T>(Output<T>? output, T value)
    {
        if (output is not null)
        {
            WorkflowExecutionContext.SetOutput(this, output, value);
        }
    }

    /// <summary>Opens this execution's own scope with a container's variables at their initial values.</summary>
    internal void DeclareVariables(IReadOnlyList<Variable> variables)
    {
        if (variables.Count == 0)
        {
            return;
        }

        // A loop may have opened the scope already, with the current value.
        _variables ??= new(StringComparer.Ordinal);
        foreach (var variable in variables)
        {
            _variables[variable.Name] = Values.Unwrap(variable.Default?.DeepClone());
        }
    }

    public object? GetVariable(string name) => WorkflowExecutionContext.GetVariable(this, name);

    public void SetVariable(string name, object? value) => WorkflowExecutionContext.SetVariable(this, name, value);

    /// <summary>Makes this execution wait until the bookmark is resumed; the callback must be a method of the activity.</summary>
    public Bookmark CreateBookmark(CreateBookmarkArgs args) => WorkflowExecutionContext.CreateBookmark(this, args);

    /// <summary>Schedules a nested activity; <paramref name="callback"/> must be a method of this activity.</summary>
    public void ScheduleActivity(Activity? child, ActivityCompletionCallback? callback = null, string? tag = null) =>
        WorkflowExecutionContext.Schedule(this, child, callback, tag);

    /// <summary>Schedules a nested activity in a scope of its own that holds these variables: a loop's current value.</summary>
    internal void ScheduleInScope(Activity child, ActivityCompletionCallback callback, Dictionary<string, object?> variables) =>
        WorkflowExecutionContext.Schedule(this, child, callback, null).Variables = variables;

    /// <summary>Evaluates one input now, whatever it was when the activity began: a loop's condition.</summary>
    internal ValueTask<T?> EvaluateAsync<T>(Input<T>? input) =>
        input is null ? ValueTask.FromResult(default(T)) : EvaluateAsync<T>(Activity.Inputs.All[input.Slot]);

    /// <summary>Evaluates an expression that is no input of the activity: a transition's condition.</summary>
    internal async ValueTask<T?> EvaluateAsync<T>(CompiledInput input) => (T?)await WorkflowExecutionContext.EvaluateAsync(this, input);

    /// <summary>Whether a <c>Break</c> below this execution asked it to run nothing further.</summary>
    internal bool IsBreaking
    {
        get => HasProperties && Properties.ContainsKey(BreakingProperty);
        set => Properties[BreakingProperty] = value;
    }

    /// <summary>Elsa's form of <see cref="ScheduleActivity"/>.</summary>
    public ValueTask ScheduleActivityAsync(Activity? child, ActivityCompletionCallback? callback = null)
    {
        ScheduleActivity(child, callback);
        return ValueTask.CompletedTask;
    }

    /// <summary>Completes with outcome <c>Done</c>.</summary>
    public ValueTask CompleteActivityAsync() => WorkflowExecutionContext.CompleteAsync(this, Outcomes.Done);

    /// <summary>Completes with these outcomes: the flow goes on from the ports of these names.</summary>
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes) => WorkflowExecutionContext.CompleteAsync(this, outcomes);

    /// <summary>
    /// Completes, with these outcomes, the nearest composite this execution is nested in, or the whole workflow when there is none; what
    /// runs or waits beside it is cancelled.
    /// </summary>
    public ValueTask CompleteCompositeAsync(params string[] outcomes) => WorkflowExecutionContext.CompleteCompositeAsync(this, outcomes);

    /// <summary>Cancels the running children of this execution, bookmarks included.</summary>
    public ValueTask CancelChildrenAsync() => WorkflowExecutionContext.CancelChildrenAsync(this);

    /// <summary>Asks for outside work, to be done after this burst has committed.</summary>
    /// <param name="kind">Matches an <see cref="IEffectHandler"/>.</param>
    /// <param name="payload">Ids only, never personal data.</param>
    /// <param name="resume">Bookmark the result resumes; null when the flow does not wait.</param>
    /// <param name="idempotencyKey">Unique for ever; null makes one of instance, execution and effect.</param>
    public void AddEffect(string kind, JsonObject payload, Bookmark? resume = null, string? idempotencyKey = null) =>
        WorkflowExecutionContext.AddEffect(this, kind, payload, resume, idempotencyKey);

    /// <summary>Leaves a record that a burst participant writes in the same commit (user task, number, timeline entry…).</summary>
    public void AddCompanion(object companion) => WorkflowExecutionContext.Burst.Companions.Add(companion);

    /// <summary>Adds a line to the journal under this activity.</summary>
    public void AddJournalEntry(string eventName, string? message = null, JsonObject? payload = null) =>
        WorkflowExecutionContext.Log(this, eventName, message, payload);
}

/// <summary>What to wait for.</summary>
/// <param name="Name">Bookmark name; by convention the activity's type name, or Elsa's (<c>UserTask</c>).</param>
/// <param name="Stimulus">What a sender must present; hashed together with the name. Null when resumed by id only.</param>
/// <param name="Callback">Method of the activity to call on resume; null completes the activity.</param>
/// <param name="DueAt">When set, the engine itself resumes the bookmark at that time, once, late if it must.</param>
/// <param name="AutoBurn">False keeps the bookmark after a resume, so that it can be resumed again.</param>
public sealed record CreateBookmarkArgs(
    string Name,
    JsonObject? Stimulus = null,
    ExecuteActivityDelegate? Callback = null,
    DateTimeOffset? DueAt = null,
    bool AutoBurn = true,
    JsonObject? Metadata = null);

/// <summary>Names of outcomes the engine itself uses.</summary>
public static class Outcomes
{
    public static readonly IReadOnlyList<string> Done = ["Done"];
}
