using System.Globalization;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Timers;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>Inside a flow, waits for the interval once. As a start, begins an instance each time it has passed since the publication.</summary>
[Activity("Elsa", "Planification", "Démarre à intervalles réguliers ; dans un flux, attend l'intervalle.", DisplayName = "Minuterie", Kind = ActivityKind.Trigger)]
public sealed class Timer : Activity, ITrigger
{
    public const string BookmarkName = "Elsa.Timer";

    [Input(DisplayName = "Intervalle", Description = "jours.heures:minutes:secondes, par exemple 00:01:00 pour une minute.", DefaultValue = "00:01:00")]
    public Input<TimeSpan>? Interval { get; set; }

    IEnumerable<TriggerStimulus> ITrigger.DescribeTriggers(TriggerIndexingContext context)
    {
        var interval = context.Activity.Get(Interval);
        if (interval < TimeSpan.FromSeconds(1))
        {
            throw new FormatException("the interval must be one second or longer.");
        }

        var stimulus = new JsonObject { ["interval"] = interval.ToString("c", CultureInfo.InvariantCulture) };
        return [new TriggerStimulus(BookmarkName, stimulus, DueAt: context.Now + interval, Recurrence: Recurrence.Every(interval))];
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            return context.CompleteActivityAsync();
        }

        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, DueAt: context.Now + context.Get(Interval)));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Inside a flow, waits for the next time a cron expression names. As a start, begins an instance at each of them.</summary>
[Activity("Elsa", "Planification", "Démarre aux moments d'une expression cron ; dans un flux, attend le prochain.", DisplayName = "Calendrier (cron)", Kind = ActivityKind.Trigger)]
public sealed class Cron : Activity, ITrigger, IReadsDefinition
{
    public const string BookmarkName = "Elsa.Cron";

    private TimeZoneInfo? _zone;

    [Input(DisplayName = "Expression cron", Description = "Six champs : seconde, minute, heure, jour, mois, jour de la semaine. Par exemple « 0 0 9 * * MON-FRI » : chaque jour ouvré à 9 h, heure de Paris.", IsRequired = true)]
    public Input<string>? CronExpression { get; set; }

    void IReadsDefinition.Read(JsonObject json, string path, DefinitionReader reader) => _zone = reader.Scheduling.Zone;

    IEnumerable<TriggerStimulus> ITrigger.DescribeTriggers(TriggerIndexingContext context)
    {
        var cron = Timers.CronExpression.Parse(context.Activity.Get(CronExpression) ?? "");
        var first = cron.Next(context.Now, context.Zone) ?? throw new FormatException($"« {cron.Text} » names no moment of the next hundred years.");
        return [new TriggerStimulus(BookmarkName, new JsonObject { ["cronExpression"] = cron.Text }, DueAt: first, Recurrence: Recurrence.Cron(cron.Text))];
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if (context.IsTriggerOfWorkflow())
        {
            return context.CompleteActivityAsync();
        }

        var cron = Timers.CronExpression.Parse(context.Get(CronExpression) ?? "");
        var due = cron.Next(context.Now, _zone ?? new SchedulingOptions().Zone)
            ?? throw new Execution.FaultException($"« {cron.Text} » names no moment of the next hundred years.");
        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, DueAt: due));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Inside a flow, waits until a moment; goes on at once when it has passed. As a start, begins one instance then.</summary>
[Activity("Elsa", "Planification", "Démarre à une date et une heure ; dans un flux, attend ce moment.", DisplayName = "Démarrer à", Kind = ActivityKind.Trigger)]
public sealed class StartAt : Activity, ITrigger
{
    public const string BookmarkName = "Elsa.StartAt";

    [Input(DisplayName = "Date et heure", UIHint = "datetime-picker", IsRequired = true)]
    public Input<DateTimeOffset>? DateTime { get; set; }

    IEnumerable<TriggerStimulus> ITrigger.DescribeTriggers(TriggerIndexingContext context)
    {
        var at = context.Activity.Get(DateTime);
        var stimulus = new JsonObject { ["executeAt"] = at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture) };
        return [new TriggerStimulus(BookmarkName, stimulus, DueAt: at)];
    }

    protected internal override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var at = context.Get(DateTime);
        if (context.IsTriggerOfWorkflow() || at <= context.Now)
        {
            return context.CompleteActivityAsync();
        }

        context.CreateBookmark(new CreateBookmarkArgs(BookmarkName, DueAt: at));
        return ValueTask.CompletedTask;
    }
}
