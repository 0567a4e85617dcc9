using Cleiss.Engine.Activities;

namespace Cleiss.Activities.PartnerLinks;

/// <summary>Hands files over through a link that a mail brings; the flow goes on at once.</summary>
[Activity("Cleiss", "Cleiss", "Remet des fichiers par un lien envoyé par courriel.", DisplayName = "Remettre par un lien", Kind = ActivityKind.Task)]
public sealed class OfferFiles : PartnerStep
{
    [Input(DisplayName = "Jours d'ouverture", DefaultValue = 30, Description = "Jours pendant lesquels le lien s'ouvre.", Order = 8)]
    public Input<int>? Days { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Send(context, null, null, [], context.Now.AddDays(Math.Clamp(context.Get(Days, 30), 1, 366)));
        return context.CompleteActivityAsync();
    }
}
