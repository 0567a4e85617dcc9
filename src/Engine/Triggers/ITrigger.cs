using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Triggers;

/// <summary>
/// An activity that can start its workflow. Marked with <c>canStartWorkflow</c>, it is entered into the index when its definition is published;
/// when the stimulus comes, a new instance starts at the activity, which then finds <see cref="TriggerExtensions.IsTriggerOfWorkflow"/> true.
/// </summary>
public interface ITrigger
{
    /// <summary>What the activity listens for. Its inputs are evaluated with the variables' initial values and no workflow input.</summary>
    /// <exception cref="FormatException">An input cannot be used; the publisher reports it.</exception>
    IEnumerable<TriggerStimulus> DescribeTriggers(TriggerIndexingContext context);
}

/// <param name="Activity">The activity's execution, as far as its inputs go.</param>
/// <param name="Now">When the version comes into force.</param>
/// <param name="Zone">Zone of times of day.</param>
public sealed record TriggerIndexingContext(ActivityExecutionContext Activity, DateTimeOffset Now, TimeZoneInfo Zone);

/// <param name="Name">As of a bookmark: by convention the activity's type name.</param>
/// <param name="Stimulus">What a sender must present.</param>
/// <param name="Payload">What the receiver of the stimulus needs to know beside it (limits, who may send).</param>
/// <param name="DueAt">For timers, the first time.</param>
/// <param name="Recurrence">See <see cref="Timers.Recurrence"/>; null fires once.</param>
public sealed record TriggerStimulus(
    string Name, JsonObject Stimulus, JsonObject? Payload = null, DateTimeOffset? DueAt = null, string? Recurrence = null);

/// <summary>Which activity started an instance, and with what; known during the first burst only.</summary>
internal sealed class TriggerOfWorkflow(string activityId, JsonObject input)
{
    public string ActivityId { get; } = activityId;

    public JsonObject Input { get; } = input;

    /// <summary>The execution that took the stimulus: a loop that comes round to the activity again waits like any other.</summary>
    public ActivityExecutionContext? TakenBy { get; set; }
}

public static class TriggerExtensions
{
    /// <summary>True while the stimulus that started the instance is this execution's: it need not wait, <c>ResumeInput</c> holds what was brought.</summary>
    public static bool IsTriggerOfWorkflow(this ActivityExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var trigger = context.WorkflowExecutionContext.Trigger;
        if (trigger is null || trigger.ActivityId != context.Activity.Id || trigger.TakenBy is { } taken && taken != context)
        {
            return false;
        }

        trigger.TakenBy = context;
        context.ResumeInput = trigger.Input;
        return true;
    }
}
