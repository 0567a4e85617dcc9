using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Effects;
using Cleiss.Engine.Execution;
using Cleiss.Forms.Answers;
using Cleiss.Persistence.People;
using Cleiss.Workflows.FormulaireDeLiaison;

namespace Cleiss.Workflows.FormulaireRecu;

/// <summary>
/// Opens the case of the form that answers a received one, in the name of whoever decided it, once. What is known of the person comes from the
/// forms of this case and never enters the flow.
/// </summary>
[Activity("Cleiss", "Cleiss", "Ouvre le dossier du formulaire qui répond à celui qu'on a reçu.", DisplayName = "Répondre par un formulaire", Kind = ActivityKind.Task)]
[FlowNode("Done", FollowingCaseStep.Refused)]
public sealed class AnswerByForm : FollowingCaseStep
{
    [Input(DisplayName = "Décision", Description = "Résultat de la tâche où le formulaire de réponse est choisi, dans le champ « formulaireReponse ».", IsRequired = true, Order = 1)]
    public Input<JsonObject>? Decision { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var decision = context.Get(Decision) ?? throw new FaultException("La décision de répondre n'est pas renseignée.");
        Open(context, AnswerByFormHandler.EffectKind, decision);
    }
}

/// <summary>Effect <c>case.answer-by-form</c>. Its idempotency key is the opening's operation: repeated, it finds the case it has opened.</summary>
internal sealed class AnswerByFormHandler(CaseService cases, FollowingCases following, AnswerStore answers, PeopleStore people) : IEffectHandler
{
    public const string EffectKind = "case.answer-by-form";

    private static readonly FollowingWords Words = new(
        "case.answered-by-form",
        reference => $"La réponse se prépare dans le dossier {reference}.",
        reference => $"Ce dossier répond à un formulaire reçu, dossier {reference}.",
        reason => $"Le dossier de réponse n'a pas pu être ouvert : {reason}");

    public string Kind => EffectKind;

    public async Task<EffectResult> HandleAsync(Effect effect, CancellationToken cancellationToken)
    {
        var caseId = effect.Payload["caseId"]!.GetValue<string>();
        var by = effect.Payload["by"]?.GetValue<string>() ?? "";
        if (await people.FindActorAsync(by, cancellationToken) is not { } actor)
        {
            return new EffectResult.Park($"Le compte « {by} » est bloqué ou n'existe plus : débloquez-le, ou ouvrez le dossier de réponse à la main.");
        }

        var given = await answers.ListByCaseAsync(caseId, cancellationToken);
        var decision = given.FirstOrDefault(answer => answer.Id == effect.Payload["answerId"]?.GetValue<string>());
        var opening = given[0].Data;
        var input = new JsonObject { ["accord"] = opening["accord"]?.DeepClone(), ["formulaire"] = decision?.Data["formulaireReponse"]?.DeepClone() };
        foreach (var field in new[] { "nomNaissance", "prenoms", "dateNaissance" })
        {
            input[field] = opening[field]?.DeepClone();
        }

        var request = new OpenCase(
            FormulaireDeLiaisonProcess.ProcessKey, input, Test: effect.Payload["test"]!.GetValue<bool>(), OperationId: effect.IdempotencyKey);
        return await following.OpenAsync(request, (await cases.FindAsync(caseId, cancellationToken))!, actor, Words, cancellationToken);
    }
}
