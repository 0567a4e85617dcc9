using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;
using Cleiss.Workflows.Traductions.Market;

namespace Cleiss.Workflows.Traductions.Activities;

/// <summary>
/// Decides who translates: in-house while the language's tray has room, else the first provider by rank who has not been asked yet, within the
/// lot's ceiling. The words are held by the decision itself.
/// </summary>
[Activity("Cleiss", "Traductions", "Choisit l'équipe interne ou un prestataire du lot, selon le rang et le plafond.", DisplayName = "Choisir qui traduit", Kind = ActivityKind.Task)]
[FlowNode(Routing.InHouse, Routing.Provider, Routing.ToCount, Routing.Undecided)]
public sealed class RouteTranslation : Activity
{
    [Input(DisplayName = "Comptage", Description = "Résultat de la tâche qui a compté les mots, quand un programme n'a pas pu.", Order = 1)]
    public Input<JsonObject>? CountedBy { get; set; }

    [Output(DisplayName = "Commande")]
    public Output<string>? OrderId { get; set; }

    [Output(DisplayName = "Prestataire", Description = "Code dans l'annuaire.")]
    public Output<string>? Partner { get; set; }

    [Output(DisplayName = "Bon de commande", Description = "À donner comme réponse au document « bon de commande ».")]
    public Output<string>? OrderData { get; set; }

    [Output(DisplayName = "Motif", Description = "Pourquoi personne n'a pu être choisi, ou ce qui manque.")]
    public Output<string>? Reason { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs("Cleiss.RouteTranslation", Callback: OnRoutedAsync));
        var payload = new JsonObject { ["caseId"] = context.WorkflowExecutionContext.CorrelationId, ["words"] = context.Get(CountedBy)?["data"]?["mots"]?.DeepClone() };
        context.AddEffect(RouteTranslationHandler.EffectKind, payload, bookmark);
    }

    private ValueTask OnRoutedAsync(ActivityExecutionContext context)
    {
        var routing = context.ResumeInput;
        if (routing["orderId"]?.GetValue<string>() is { } order)
        {
            context.Set(OrderId, order);
            context.Set(OrderData, TranslationPrints.OrderPrefix + order);
            context.Set(Partner, TranslationMarket.PartnerOf(routing["provider"]!.GetValue<string>()));
        }

        context.Set(Reason, routing["reason"]?.GetValue<string>() ?? "");
        return context.CompleteActivityWithOutcomesAsync(routing["way"]!.GetValue<string>());
    }
}

/// <summary>Effect <c>translation.route</c>, payload <c>{caseId, words}</c>; its idempotency key is the decision's.</summary>
internal sealed class RouteTranslationHandler(TranslationMarket market) : IEffectHandler
{
    public const string EffectKind = "translation.route";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var words = effect.Payload["words"] is JsonValue value && decimal.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var counted) ? (int?)counted : null;
        var routing = await market.RouteAsync(effect.Payload["caseId"]!.GetValue<string>(), effect.IdempotencyKey, words, cancellationToken);
        return new EffectResult.Done(new JsonObject
        {
            ["way"] = routing.Way,
            ["orderId"] = routing.OrderId,
            ["provider"] = routing.ProviderCode,
            ["reason"] = routing.Reason,
        });
    }
}
