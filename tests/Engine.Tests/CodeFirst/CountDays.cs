using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Tests.CodeFirst;

/// <summary>Counts the days a partner took to reply: the example of docs/activities.md, whole in one file.</summary>
[Activity("Cleiss", "Délais", "Compte les jours entre deux dates.", DisplayName = "Compter les jours")]
public sealed class CountDays : CodeActivity<int>
{
    [Input(DisplayName = "Du", Order = 0)]
    public Input<DateTimeOffset>? From { get; set; }

    [Input(DisplayName = "Au", Order = 1)]
    public Input<DateTimeOffset>? To { get; set; }

    protected override void Execute(ActivityExecutionContext context) =>
        context.Set(Result, (context.Get(To) - context.Get(From)).Days);
}
