using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Storage;

namespace Cleiss.Engine.Execution;

/// <summary>A running instance in memory: its scopes, its executions, what is scheduled next and what the burst will write.</summary>
public sealed partial class WorkflowExecutionContext
{
    private readonly Queue<WorkItem> _scheduled = [];
    private readonly List<ActivityExecutionContext> _active = [];
    private JsonObject? _input;
    private JsonObject? _output;
    private JsonObject? _properties;

    internal WorkflowExecutionContext(CompiledWorkflow workflow, string id, Burst burst)
    {
        Workflow = workflow;
        Id = id;
        Burst = burst;
        CreatedAt = burst.Now;
    }

    public string Id { get; }

    public CompiledWorkflow Workflow { get; }

    public string? CorrelationId { get; set; }

    /// <summary>The instance's display name, set by <c>SetName</c>.</summary>
    public string? Name { get; set; }

    public string? ParentInstanceId { get; internal set; }

    public WorkflowStatus Status { get; internal set; }

    public WorkflowSubStatus SubStatus { get; internal set; }

    public DateTimeOffset Now => Burst.Now;

    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>Inputs by name.</summary>
    [AllowNull]
    public JsonObject Input
    {
        get => _input ??= [];
        internal set => _input = value;
    }

    /// <summary>Workflow outputs by name.</summary>
    [AllowNull]
    public JsonObject Output
    {
        get => _output ??= [];
        internal set => _output = value;
    }

    /// <summary>Elsa's properties bag of the instance.</summary>
    [AllowNull]
    public JsonObject Properties
    {
        get => _properties ??= [];
        internal set => _properties = value;
    }

    public Burst Burst { get; }

    /// <summary>The host's services, for <see cref="ActivityServices"/>; null outside a burst.</summary>
    internal IServiceProvider? Services { get; set; }

    public List<Incident> Incidents { get; } = [];

    /// <summary>Result of the activity that completed last, for <c>getLastResult()</c>.</summary>
    public object? LastResult { get; internal set; }

    /// <summary>Workflow variables by name.</summary>
    internal Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Outputs of completed activities: activity id → output name → value.</summary>
    internal Dictionary<string, Dictionary<string, object?>> ActivityOutputs { get; } = new(StringComparer.Ordinal);

    internal IReadOnlyList<ActivityExecutionContext> Active => _active;

    /// <summary>What started the instance, in its first burst; null later, and when nothing but a caller did.</summary>
    internal Triggers.TriggerOfWorkflow? Trigger { get; set; }

    /// <summary>The activity that started the instance, in its first burst.</summary>
    public string? TriggerActivityId => Trigger?.ActivityId;

    internal int LastNumber { get; set; }

    internal int JournalSequence { get; set; }

    internal int NewIncidents { get; private set; }

    /// <summary>Ends the running burst without a commit, whatever the code that sees it thinks of it.</summary>
    internal CancellationToken Aborted { get; set; }

    internal ActivityExecutionContext CreateContext(Activity activity, ActivityExecutionContext? parent)
    {
        var context = new ActivityExecutionContext(this, ++LastNumber, activity, parent);
        Adopt(context);
        return context;
    }

    internal void Adopt(ActivityExecutionContext context)
    {
        _active.Add(context);
        Count(context, 1);
    }

    private static void Count(ActivityExecutionContext context, int by)
    {
        if (context.Parent is not { } parent)
        {
            return;
        }

        parent.ActiveChildren += by;
        if (context.Undone is { Completion: not null })
        {
            parent.HeldChildren += by;
        }
    }

    internal ActivityExecutionContext Schedule(ActivityExecutionContext owner, Activity? child, ActivityCompletionCallback? callback, string? tag)
    {
        if (child is null)
        {
            throw new ArgumentNullException(nameof(child), $"Activity {owner.Activity.Id} scheduled a child that does not exist.");
        }

        if (callback?.Target is { } target && !ReferenceEquals(target, owner.Activity))
        {
            throw new ArgumentException("The callback must be a method of the activity that schedules: its name is stored.", nameof(callback));
        }

        var context = CreateContext(child, owner);
        context.CompletionCallback = callback;
        context.Tag = tag;
        _scheduled.Enqueue(new WorkItem(context, null));
        return context;
    }

    /// <summary>The executions an owner scheduled that have not ended, or whose end it has not heard of; oldest first.</summary>
    internal List<ActivityExecutionContext> ChildrenOf(ActivityExecutionContext owner) =>
        owner.HasScheduledChildren ? _active.FindAll(child => child.Parent == owner) : [];

    /// <summary>How the running burst evaluates expressions outside of an activity's beginning.</summary>
    internal Func<ActivityExecutionContext, CompiledInput, JsonObject?, ValueTask<object?>>? Evaluator { get; set; }

    internal ValueTask<object?> EvaluateAsync(ActivityExecutionContext context, CompiledInput input, JsonObject? arguments = null) =>
        Evaluator is { } evaluator ? evaluator(context, input, arguments) : throw new InvalidOperationException("Expressions can only be evaluated while a burst runs.");

    internal void Enqueue(ActivityExecutionContext context, string? callback) => _scheduled.Enqueue(new WorkItem(context, callback));

    /// <summary>Schedules in this instance's form of another version what alterations have scheduled here.</summary>
    internal void ScheduleIn(WorkflowExecutionContext moved)
    {
        foreach (var item in _scheduled)
        {
            if (moved.Find(item.Context.Number) is { } context)
            {
                moved.Enqueue(context, item.Callback);
            }
        }
    }

    internal bool TryTakeNext(out WorkItem item) => _scheduled.TryDequeue(out item);

    internal Bookmark CreateBookmark(ActivityExecutionContext context, CreateBookmarkArgs args)
    {
        var bookmark = new Bookmark(
            Ids.New(), Id, CorrelationId, args.Name,
            args.Stimulus is null ? null : StimulusHasher.Hash(args.Name, args.Stimulus),
            context.Activity.Id, context.Number, args.Callback?.Method.Name,
            args.Metadata is null ? args.Stimulus : args.Metadata, Now, args.DueAt, args.AutoBurn);
        Burst.NewBookmarks.Add(bookmark);
        OpenBookmarks.Add(bookmark);
        context.OpenBookmarks++;
        return bookmark;
    }

    /// <summary>Bookmarks the instance waits at, those created in this burst included.</summary>
    internal List<Bookmark> OpenBookmarks { get; } = [];

    internal void Burn(ActivityExecutionContext context, Bookmark bookmark)
    {
        if (!Remove(OpenBookmarks, bookmark))
        {
            return;
        }

        context.OpenBookmarks--;
        if (!Remove(Burst.NewBookmarks, bookmark))
        {
            Burst.BurnedBookmarkIds.Add(bookmark.Id);
        }
    }

    /// <summary>By identity and from the end, where the newest are: comparing records would compare all their fields.</summary>
    private static bool Remove(List<Bookmark> bookmarks, Bookmark bookmark)
    {
        var place = bookmarks.FindLastIndex(other => ReferenceEquals(other, bookmark));
        if (place >= 0)
        {
            bookmarks.RemoveAt(place);
        }

        return place >= 0;
    }

    internal void BurnAll(ActivityExecutionContext context)
    {
        for (var i = OpenBookmarks.Count - 1; i >= 0 && context.OpenBookmarks > 0; i--)
        {
            if (OpenBookmarks[i].ActivityNumber == context.Number)
            {
                Burn(context, OpenBookmarks[i]);
            }
        }
    }

    internal void AddEffect(ActivityExecutionContext context, string kind, JsonObject payload, Bookmark? resume, string? idempotencyKey)
    {
        var id = Ids.New();
        Burst.Effects.Add(new EffectRequest(id, kind, idempotencyKey ?? $"{Id}-{context.Number}-{id}", payload, resume?.Id));
    }

    internal async ValueTask CompleteAsync(ActivityExecutionContext context, IReadOnlyList<string> outcomes)
    {
        if (context.Status != ActivityStatus.Running)
        {
            return;
        }

        await CancelChildrenAsync(context);
        context.Status = ActivityStatus.Completed;
        Retire(context);
        Burst.Journal.AddCompleted(++JournalSequence, context, outcomes);
        if (context.Parent is not { Status: ActivityStatus.Running or ActivityStatus.Faulted } owner || CompletionCallback(owner, context) is not { } callback)
        {
            return;
        }

        if (owner.Status == ActivityStatus.Faulted || owner.HeldChildren > 0)
        {
            HoldCompletion(context, outcomes);
            return;
        }

        await ReportAsync(owner, context, outcomes, callback);
    }

    /// <summary>Tells an owner that a child has completed. When the owner fails at it the child stays as it is, for the owner's next attempt.</summary>
    private async ValueTask<bool> ReportAsync(
        ActivityExecutionContext owner, ActivityExecutionContext child, IReadOnlyList<string> outcomes, ActivityCompletionCallback callback)
    {
        var before = Here;
        try
        {
            await callback(new ActivityCompletedContext(owner, child, outcomes));
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !Aborted.IsCancellationRequested)
        {
            TakeBack(owner, before);
            HoldCompletion(child, outcomes);
            Fail(owner, WorkItem.Undone, e);
            return false;
        }
    }

    private static ActivityCompletionCallback? CompletionCallback(ActivityExecutionContext owner, ActivityExecutionContext child) =>
        child.CompletionCallback
        ?? (child.CompletionCallbackName is { } stored ? ActivityCallbacks.Completion(owner.Activity, stored) : null);

    internal ValueTask CancelChildrenAsync(ActivityExecutionContext context) =>
        context.HasScheduledChildren ? CancelAsync(_active.FindAll(child => child.Parent == context)) : ValueTask.CompletedTask;

    internal ValueTask CancelAsync(ActivityExecutionContext context) => CancelAsync([context]);

    /// <summary>Cancels executions with all that is nested in them, and takes them out together: there may be ten thousand.</summary>
    private async ValueTask CancelAsync(List<ActivityExecutionContext> contexts)
    {
        var children = _active.ToLookup(active => active.Parent);
        var ended = new HashSet<int>();
        try
        {
            foreach (var context in contexts)
            {
                await CancelAsync(context, children, ended);
            }
        }
        finally
        {
            Retire(ended);
        }
    }

    private async ValueTask CancelAsync(
        ActivityExecutionContext context, ILookup<ActivityExecutionContext?, ActivityExecutionContext> children, HashSet<int> ended)
    {
        // A completed one may be kept for an owner that has yet to hear of its completion.
        if (context.Status is not (ActivityStatus.Completed or ActivityStatus.Canceled))
        {
            foreach (var child in children[context])
            {
                await CancelAsync(child, children, ended);
            }

            var started = context.Status != ActivityStatus.Pending;
            await CloseAsync(context);
            context.Status = ActivityStatus.Canceled;
            if (started)
            {
                Log(context, "Canceled");
            }
        }

        ended.Add(context.Number);
    }

    /// <summary>Closes what an execution has opened outside, when it came so far.</summary>
    internal ValueTask CloseAsync(ActivityExecutionContext context) =>
        context.HasBegun ? context.Activity.CancelAsync(context) : ValueTask.CompletedTask;

    /// <summary>Cancels one execution and tells its owner, which goes on without it.</summary>
    internal async ValueTask CancelAloneAsync(ActivityExecutionContext context)
    {
        await CancelAsync(context);
        if (context.Parent is { Status: ActivityStatus.Running } owner)
        {
            await owner.Activity.OnChildCanceledAsync(owner, context);
        }
    }

    private List<ActivityExecutionContext> Roots => _active.FindAll(active => active.Parent is null);

    /// <summary>Ends the whole workflow now: what still runs or waits is cancelled.</summary>
    internal async ValueTask FinishAsync(ActivityExecutionContext by)
    {
        await CompleteChainAsync(by, top: null);
        await CancelAsync(Roots);
        Status = WorkflowStatus.Finished;
        SubStatus = WorkflowSubStatus.Finished;
    }

    internal async ValueTask CompleteCompositeAsync(ActivityExecutionContext by, IReadOnlyList<string> outcomes)
    {
        var composite = by.Parent;
        while (composite is not null && composite.Activity is not Composite)
        {
            composite = composite.Parent;
        }

        if (composite is null)
        {
            await FinishAsync(by);
            return;
        }

        await CompleteChainAsync(by, composite);
        await CompleteAsync(composite, outcomes);
    }

    /// <summary>Completes an execution and all it is nested in, below <paramref name="top"/>, without asking the owners what comes next.</summary>
    private async ValueTask CompleteChainAsync(ActivityExecutionContext by, ActivityExecutionContext? top)
    {
        for (var context = by; context is not null && context != top; context = context.Parent)
        {
            await CancelChildrenAsync(context);
            context.Status = ActivityStatus.Completed;
            Retire(context);
            Log(context, "Completed", payload: new JsonObject { ["Outcomes"] = Values.ToJson(Outcomes.Done) });
        }
    }

    /// <summary>The execution of this number, unless it has ended.</summary>
    internal ActivityExecutionContext? Find(int number) => PlaceOf(number) is var place and >= 0 ? _active[place] : null;

    /// <summary>
    /// Executions lie in the order of their numbers, in memory and in the stored state: among ten thousand branches one is found at once. What
    /// is not there has the complement of the place it would take.
    /// </summary>
    private int PlaceOf(int number)
    {
        var (low, high) = (0, _active.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_active[middle].Number == number)
            {
                return middle;
            }

            (low, high) = _active[middle].Number < number ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    private void Retire(ActivityExecutionContext context)
    {
        BurnAll(context);
        var place = PlaceOf(context.Number);
        if (place < 0)
        {
            return;
        }

        _active.RemoveAt(place);
        Count(context, -1);
    }

    private void Retire(HashSet<int> numbers)
    {
        var fresh = Burst.NewBookmarks.Where(bookmark => numbers.Contains(bookmark.ActivityNumber)).Select(bookmark => bookmark.Id).ToHashSet(StringComparer.Ordinal);
        Burst.NewBookmarks.RemoveAll(bookmark => numbers.Contains(bookmark.ActivityNumber));
        Burst.BurnedBookmarkIds.AddRange(
            OpenBookmarks.Where(bookmark => numbers.Contains(bookmark.ActivityNumber) && !fresh.Contains(bookmark.Id)).Select(bookmark => bookmark.Id));
        OpenBookmarks.RemoveAll(bookmark => numbers.Contains(bookmark.ActivityNumber));
        _active.RemoveAll(active =>
        {
            if (!numbers.Contains(active.Number))
            {
                return false;
            }

            active.OpenBookmarks = 0;
            Count(active, -1);
            return true;
        });
    }

    /// <summary>The first line of a burst tells who or what caused it, unless it has something to tell itself.</summary>
    internal void Log(
        ActivityExecutionContext context, string eventName, string? message = null, JsonObject? payload = null, bool withInputs = false) =>
        Burst.Journal.Add(++JournalSequence, eventName, context, message ?? (Burst.Journal.Count == 0 ? Burst.Cause : null), payload, withInputs);

    internal object? GetVariable(ActivityExecutionContext? from, string name)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
        {
            if (scope.Variables is { } own && own.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return Variables.GetValueOrDefault(name);
    }

    internal void SetVariable(ActivityExecutionContext? from, string name, object? value)
    {
        for (var scope = from; scope is not null; scope = scope.Parent)
        {
            if (scope.Variables is { } own && own.ContainsKey(name))
            {
                own[name] = value;
                return;
            }
        }

        Variables[name] = value;
    }

    internal void SetOutput(ActivityExecutionContext context, Output output, object? value)
    {
        if (!ActivityOutputs.TryGetValue(context.Activity.Id, out var outputs))
        {
            ActivityOutputs[context.Activity.Id] = outputs = new(StringComparer.Ordinal);
        }

        outputs[output.Name] = value;
        if (output.Name == "Result")
        {
            LastResult = value;
        }

        if (output.MemoryReference is not { Length: > 0 } reference)
        {
            return;
        }

        if (Workflow.VariableNames.TryGetValue(reference, out var variable))
        {
            // A composite's own variables are inside; what its output is bound to is around it.
            SetVariable(context.Activity is Composite ? context.Parent : context, variable, value);
        }
        else
        {
            SetWorkflowOutput(context, reference, value);
        }
    }

    /// <summary>Gives the definition that an activity belongs to one of its outputs.</summary>
    internal void SetWorkflowOutput(ActivityExecutionContext context, string name, object? value)
    {
        for (var owner = context.Parent; owner is not null; owner = owner.Parent)
        {
            if (owner.Activity is Composite composite && composite.TrySetOutput(owner, name, value))
            {
                return;
            }
        }

        Output[name] = Values.ToJson(value);
    }
}

/// <param name="Callback">Method to call on resume; null executes the activity from its beginning.</param>
internal readonly record struct WorkItem(ActivityExecutionContext Context, string? Callback)
{
    /// <summary>In place of a callback: does the oldest thing a failure left undone.</summary>
    public const string Undone = "(undone)";
}

/// <summary>Something went wrong in one activity; kept with the instance until it is retried or the instance is gone.</summary>
public sealed record Incident(
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    int ActivityNumber,
    string Message,
    string ExceptionType,
    string? StackTrace,
    DateTimeOffset At);

/// <summary>A fault raised on purpose, by the <c>Fault</c> activity or by an activity whose outside work failed for good.</summary>
public sealed class FaultException : Exception
{
    public FaultException()
    {
    }

    public FaultException(string message)
        : base(message)
    {
    }

    public FaultException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
