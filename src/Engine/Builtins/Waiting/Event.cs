using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>Waits for a named event of this correlation id, or of none; as a start, begins an instance with each such event.</summary>
[Activity("Elsa", "Primitives", "Attend un événement nommé.", DisplayName = "Événement", Kind = ActivityKind.Trigger)]
public sealed class Event : Activity, ITrigger
{
    public const string BookmarkName = "Elsa.Event";

    public Event()
    {
    }

    public Event(string eventName) => EventName = new(eventName);

    [Input(DisplayName = "Nom de l'événement", IsRequired = true)]
    public Input<string>? EventName { get; set; }

    [Output(DisplayName = "Résultat", Description = "Ce que l'événement apporte.")]
    public Output<object?>? Result { get; set; }

    public static JsonObject Stimulus(string eventName) => new() { ["eventName"] = eventName };

    /// <summary>What the sender of an event gives along.</summary>
    public static JsonObject Input(JsonNode? payload) => new() { ["payload"] = payload?.DeepClone() };

    IEnumerable<TriggerStimulus> ITrigger.DescribeTriggers(TriggerIndexingContext context) =>
        context.Activity.Get(EventName) is { Length: > 0 } name
            ? [new TriggerStimulus(BookmarkName, Stimulus(name))]
            : throw new FormatException("the name of the event is empty.");

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            return OnEventAsync(context);
        }

        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Stimulus(context.Get(EventName) ?? ""), OnEventAsync));
        return ValueTask.CompletedTask;
    }

    private ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.Set(Result, Values.Unwrap(context.ResumeInput["payload"]?.DeepClone()));
        return context.CompleteActivityAsync();
    }
}
