using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>Waits for a time; the timer is stored with the instance and fires once, late if no host was running.</summary>
[Activity("Elsa", "Planification", "Attend une durée.", DisplayName = "Attendre")]
public sealed class Delay : Activity
{
    [Input(DisplayName = "Durée", Description = "jours.heures:minutes:secondes, par exemple 30.00:00:00.")]
    public Input<TimeSpan>? TimeSpan { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs("Elsa.Delay", DueAt: context.Now + context.Get(TimeSpan)));
}

/// <summary>Waits for a named event of this correlation id, or of none.</summary>
[Activity("Elsa", "Primitives", "Attend un événement nommé.", DisplayName = "Événement", Kind = ActivityKind.Trigger)]
public sealed class Event : Activity
{
    public const string BookmarkName = "Elsa.Event";

    [Input(DisplayName = "Nom de l'événement", IsRequired = true)]
    public Input<string>? EventName { get; set; }

    [Output(DisplayName = "Résultat", Description = "Ce que l'événement apporte.")]
    public Output<object?>? Result { get; set; }

    public static JsonObject Stimulus(string eventName) => new() { ["eventName"] = eventName };

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, Stimulus(context.Get(EventName) ?? ""), OnEventAsync));

    private ValueTask OnEventAsync(ActivityExecutionContext context)
    {
        context.Set(Result, Values.Unwrap(context.ResumeInput["payload"]?.DeepClone()));
        return context.CompleteActivityAsync();
    }
}
