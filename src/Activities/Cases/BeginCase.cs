using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Persistence.People;

namespace Cleiss.Activities.Cases;

/// <summary>
/// Opens a case of another process with an answer given in this one, once and as if it had been typed into the start form; the answer itself
/// never enters the flow. Received is the day of the answer, or the date of receipt of this case where that is before the day it was opened.
/// </summary>
[Activity("Cleiss", "Cleiss", "Ouvre un dossier d'un autre processus avec une réponse donnée dans celui-ci.", DisplayName = "Ouvrir un autre dossier", Kind = ActivityKind.Task)]
[FlowNode("Done", FollowingCaseStep.Refused)]
public sealed class BeginCase : FollowingCaseStep
{
    [Input(DisplayName = "Processus", Description = "Clé du processus, p. ex. « maintien-derogatoire » ; la réponse remplit son formulaire d'ouverture.", IsRequired = true, Order = 1)]
    public Input<string>? Process { get; set; }

    [Input(DisplayName = "Réponse", Description = "Résultat de l'étape où une personne ou un partenaire a rempli le formulaire d'ouverture.", IsRequired = true, Order = 2)]
    public Input<JsonObject>? Answer { get; set; }

    [Input(DisplayName = "Au nom de", Description = "Nom d'utilisateur à qui revient le dossier quand c'est un partenaire qui a rempli le formulaire.", IsRequired = true, Order = 3)]
    public Input<string>? InNameOf { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var answer = context.Get(Answer) ?? throw new FaultException($"« {DisplayText} » n'a pas de réponse avec laquelle ouvrir un dossier.");
        Open(context, BeginCaseHandler.EffectKind, answer, new("process", context.Get(Process)), new("inNameOf", context.Get(InNameOf)));
    }
}

/// <summary>Effect <c>case.begin</c>. Its idempotency key is the opening's operation.</summary>
internal sealed class BeginCaseHandler(CaseService cases, FollowingCases following, AnswerStore answers, PeopleStore people) : IEffectHandler
{
    public const string EffectKind = "case.begin";

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var caseId = effect.Payload["caseId"]!.GetValue<string>();
        var from = await cases.FindAsync(caseId, cancellationToken) ?? throw new KeyNotFoundException($"Effect {effect.Id} belongs to case {caseId}, which does not exist.");
        var answer = (await answers.ListByCaseAsync(caseId, cancellationToken)).FirstOrDefault(given => given.Id == effect.Payload["answerId"]?.GetValue<string>())
            ?? throw new KeyNotFoundException($"Effect {effect.Id} names no answer of case {caseId}.");
        var byPartner = effect.Payload["by"]?.GetValue<string>() == Actor.PartnerId;
        var words = new FollowingWords(
            "case.begun",
            reference => $"La suite se trouve dans le dossier {reference}, ouvert avec le formulaire rempli ici.",
            reference => $"Ce dossier est ouvert avec le formulaire {(byPartner ? "que le partenaire a rempli par son lien" : "rempli")} dans le dossier {reference}.",
            reason => $"Aucun dossier n'a pu être ouvert avec le formulaire rempli : {reason}");
        var inNameOf = effect.Payload[byPartner ? "inNameOf" : "by"]?.GetValue<string>() ?? "";
        if (await people.FindActorAsync(inNameOf, cancellationToken) is not { } actor)
        {
            return FollowingCases.Refuse(from, words, $"le compte « {inNameOf} » est bloqué ou n'existe plus.");
        }

        var receivedOn = from.ReceivedOn < ParisDate.Of(from.OpenedAt) ? from.ReceivedOn : ParisDate.Of(answer.CreatedAt);
        var request = new OpenCase(
            effect.Payload["process"]?.GetValue<string>() ?? "", answer.Data, receivedOn, effect.Payload["test"]!.GetValue<bool>(), effect.IdempotencyKey);
        return await following.OpenAsync(request, from, actor, words, cancellationToken);
    }
}
