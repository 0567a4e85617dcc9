using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>Waits for a time; the timer is stored with the instance and fires once, late if no host was running.</summary>
[Activity("Elsa", "Planification", "Attend une durée.", DisplayName = "Attendre")]
public sealed class Delay : Activity
{
    public Delay()
    {
    }

    public Delay(TimeSpan time) => TimeSpan = new(time);

    [Input(DisplayName = "Durée", Description = "jours.heures:minutes:secondes, par exemple 30.00:00:00.")]
    public Input<TimeSpan>? TimeSpan { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.CreateBookmark(new CreateBookmarkArgs("Elsa.Delay", DueAt: context.Now + context.Get(TimeSpan)));
}
