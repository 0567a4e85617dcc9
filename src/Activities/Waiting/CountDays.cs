using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;

namespace Cleiss.Activities.Waiting;

/// <summary>
/// Counts calendar days beside the rest of the flow and runs its alert on each of the given ones, each exactly once even after a long stop. It
/// completes after the last; end the flow with « Terminer » to stop it earlier.
/// </summary>
[Activity("Cleiss", "Cleiss", "Compte les jours calendaires et alerte à ceux qu'on lui donne.", DisplayName = "Compter les jours", Kind = ActivityKind.Task)]
public sealed class CountDays : Activity
{
    private const string DaysProperty = "days";
    private const string SinceProperty = "since";
    private const string StepProperty = "step";

    [Input(DisplayName = "Alertes (jours)", Description = "Nombre de jours après le début, p. ex. [14, 20, 21].", DefaultValue = "[14,20,21]", Order = 1)]
    public Input<int[]>? Days { get; set; }

    /// <summary>When the count begins, e.g. the date of receipt; null: now. Days that have passed by then alert at once.</summary>
    [Input(DisplayName = "Compter depuis", Description = "Date de départ ; vide : maintenant.", Order = 2)]
    public Input<DateTimeOffset?>? Since { get; set; }

    /// <summary>Run on each of the days.</summary>
    [Port(DisplayName = "Alerte")]
    public Activity? Alert { get; set; }

    /// <summary>The last day counted; bind it to a variable to use it in the alert.</summary>
    [Output(DisplayName = "Jour")]
    public Output<int>? Day { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        // Kept as they are now: inputs are not known when the alert comes back.
        context.Properties[DaysProperty] = new JsonArray([.. (context.Get(Days) ?? []).Where(day => day >= 0).Distinct().Order().Select(day => JsonValue.Create(day))]);
        context.Properties[SinceProperty] = context.Get(Since) ?? context.Now;
        return ScheduleNextAsync(context, 0);
    }

    private ValueTask OnDayAsync(ActivityExecutionContext context)
    {
        var step = context.Properties[StepProperty]!.GetValue<int>();
        var day = DayOf(context, step);
        context.Set(Day, day);
        if (context.WorkflowExecutionContext.CorrelationId is { } caseId)
        {
            context.AddCompanion(new TrailEntry(
                TrailIds.Case(caseId), Actor.System, "case.day", string.Create(CultureInfo.InvariantCulture, $"a compté {day} jours depuis le début"), new JsonObject { ["day"] = day }));
        }

        context.Properties[StepProperty] = step + 1;
        if (Alert is null)
        {
            return ScheduleNextAsync(context, step + 1);
        }

        context.ScheduleActivity(Alert, OnAlertCompletedAsync);
        return ValueTask.CompletedTask;
    }

    /// <summary>One day after the other, so that each alert reads its own number.</summary>
    private ValueTask OnAlertCompletedAsync(ActivityCompletedContext completed) =>
        ScheduleNextAsync(completed.TargetContext, completed.TargetContext.Properties[StepProperty]!.GetValue<int>());

    private ValueTask ScheduleNextAsync(ActivityExecutionContext context, int step)
    {
        context.Properties[StepProperty] = step;
        if (step >= context.Properties[DaysProperty]!.AsArray().Count)
        {
            return context.CompleteActivityAsync();
        }

        var dueAt = context.Properties[SinceProperty]!.GetValue<DateTimeOffset>().AddDays(DayOf(context, step));
        context.CreateBookmark(new CreateBookmarkArgs("CountDays", Callback: OnDayAsync, DueAt: dueAt));
        return ValueTask.CompletedTask;
    }

    private static int DayOf(ActivityExecutionContext context, int step) => context.Properties[DaysProperty]!.AsArray()[step]!.GetValue<int>();
}
