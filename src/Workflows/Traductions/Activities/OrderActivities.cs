using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Execution;

namespace Cleiss.Workflows.Traductions.Activities;

/// <summary>Notes what became of an order: one that is declined, lapsed or cancelled gives its words back; a delivered one is charged, once.</summary>
[Activity("Cleiss", "Traductions", "Note ce que devient la commande ; livrée, elle est comptée en dépense.", DisplayName = "Noter la commande")]
public sealed class NoteOrder : CodeActivity
{
    private static readonly Dictionary<string, string> States = new(StringComparer.Ordinal)
    {
        ["Acceptée"] = OrderState.Accepted,
        ["Livrée"] = OrderState.Delivered,
        ["Déclinée"] = OrderState.Declined,
        ["Sans réponse"] = OrderState.Lapsed,
        ["Annulée"] = OrderState.Cancelled,
    };

    [Input(DisplayName = "Commande", IsRequired = true, Order = 1)]
    public Input<string>? OrderId { get; set; }

    [Input(DisplayName = "État", Description = "Acceptée, Livrée, Déclinée, Sans réponse ou Annulée.", IsRequired = true, Order = 2)]
    public Input<string>? State { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var state = context.Get(State) ?? "";
        context.AddCompanion(new MoveOrder(
            context.Get(OrderId) ?? "",
            States.GetValueOrDefault(state) ?? throw new FaultException($"L'état de commande « {state} » n'existe pas. États : {string.Join(", ", States.Keys)}.")));
    }
}

/// <summary>Ends the request: keeps the translation for later duplicates and frees the place in the in-house tray.</summary>
[Activity("Cleiss", "Traductions", "Note la fin de la demande et garde la traduction pour les doublons à venir.", DisplayName = "Noter la fin de la demande")]
public sealed class NoteTranslationEnd : CodeActivity
{
    [Input(DisplayName = "Traduction de", Description = "Résultat de l'étape qui a remis la traduction ; vide quand rien n'est traduit.", Order = 1)]
    public Input<JsonObject>? TranslationOf { get; set; }

    [Input(DisplayName = "Livrée", UIHint = "checkbox", Order = 2)]
    public Input<bool>? Delivered { get; set; }

    /// <summary>The translation's file, as a list ready to be handed over.</summary>
    [Output(DisplayName = "Fichiers")]
    public Output<string[]>? Files { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var result = context.Get(TranslationOf);
        context.AddCompanion(new EndTranslation(context.WorkflowExecutionContext.CorrelationId!, result?["answerId"]?.GetValue<string>(), context.Get(Delivered)));
        context.Set(Files, result?["data"]?["traduction"]?["id"]?.GetValue<string>() is { } file ? [file] : []);
    }
}
