using Cleiss.Engine.Activities;
using Cleiss.Engine.Triggers;

namespace Cleiss.Engine.Builtins.Waiting;

/// <summary>
/// Sends a named event. It leaves with the commit of this burst, reaches everyone who waits for it then (see <see cref="StimulusSender"/>) exactly
/// once, and starts the workflows that begin with it. The flow goes on without waiting for that.
/// </summary>
[Activity("Elsa", "Primitives", "Publie un événement nommé.", DisplayName = "Publier un événement")]
public sealed class PublishEvent : CodeActivity
{
    [Input(DisplayName = "Nom de l'événement", IsRequired = true, Order = 0)]
    public Input<string>? EventName { get; set; }

    [Input(DisplayName = "Clé de corrélation", Description = "Seules les instances de cette clé reçoivent l'événement. Vide : toutes.", Order = 1)]
    public Input<string?>? CorrelationId { get; set; }

    [Input(DisplayName = "Événement local", Description = "L'événement ne parvient qu'à cette instance.", UIHint = "checkbox", Order = 2)]
    public Input<bool>? IsLocalEvent { get; set; }

    [Input(DisplayName = "Contenu", Description = "Ce que l'événement apporte à ceux qui l'attendent.", UIHint = "multiline", Order = 3)]
    public Input<object?>? Payload { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        if (context.Get(EventName) is not { Length: > 0 } name)
        {
            throw new Execution.FaultException("The name of the event to publish is empty.");
        }

        var correlationId = context.Get(CorrelationId) is { } id && !string.IsNullOrWhiteSpace(id) ? id : null;
        var stimulus = new Stimulus(
            Event.BookmarkName, Event.Stimulus(name), Event.Input(Values.ToJson(context.Get(Payload))), correlationId,
            context.Get(IsLocalEvent) ? context.WorkflowExecutionContext.Id : null);
        context.AddEffect(PublishEventHandler.EffectKind, StimulusSender.Write(stimulus));
    }
}
